"""The exceptions of the package; each carries issues where the cause is an input."""

from __future__ import annotations

from lumbarkg.issues import Issue


class LumbarkgError(Exception):
    """Base of all errors raised on purpose."""


class InvalidInputError(LumbarkgError):
    """An input that cannot be read or must not be used; ``issues`` says why, all at once."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("; ".join(str(issue) for issue in issues))
        self.issues = issues


class OntologyError(LumbarkgError):
    """An ontology that cannot be read, lies outside the supported profile or fails a check."""


class ResourceError(LumbarkgError):
    """A file that the package ships (release, queries, shapes) is missing."""


class QueryError(LumbarkgError):
    """A SPARQL query that cannot be parsed, is refused or runs past its deadline."""
