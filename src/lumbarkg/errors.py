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
    """A SPARQL query or update that cannot be parsed or is refused; ``issues`` says where, as far as it is known."""

    def __init__(self, message: str, issues: tuple[Issue, ...] = ()) -> None:
        super().__init__(message)
        self.issues = issues


class QueryTimeoutError(QueryError):
    """A query that ran past its deadline and was stopped."""


class QueryLimitError(QueryError):
    """A query that needs more rows, bytes or memory than a query may have."""


class NotAcceptableError(QueryError):
    """A result that the client accepts in none of the media types that it can be had in, which are ``offered``."""

    def __init__(self, message: str, offered: tuple[str, ...]) -> None:
        super().__init__(message)
        self.offered = offered


class StoreBusyError(LumbarkgError):
    """The store has no place for another query now; ``retry_after`` says in how many seconds to try again."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreError(LumbarkgError):
    """The store broke off or cannot be reached: neither the query nor whoever asked is to blame."""


class StorageFullError(LumbarkgError):
    """The disk takes no more: nothing of the request was stored, and what was stored before is whole."""


class ForbiddenError(LumbarkgError):
    """A caller who may not do what was asked; ``remedy`` says what may be done instead."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy
