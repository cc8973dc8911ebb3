"""Which format the answer of a named query comes in: by ``format=``, which suits a browser, else by Accept."""

from __future__ import annotations

from lumbarkg.issues import Issue, error
from lumbarkg.sparql.library import QueryForm
from lumbarkg.web.accept import acceptable

_TABLES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_GRAPHS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}


def offered(form: QueryForm) -> tuple[str, ...]:
    """The media types of an answer, the one that a client gets who does not care first."""
    return tuple(_formats(form).values())


def short_names(form: QueryForm) -> tuple[str, ...]:
    """What ``format=`` may say."""
    return tuple(_formats(form))


def chosen_media_type(form: QueryForm, short_name: str | None, accept: str | None, issues: list[Issue]) -> str | None:
    """The media type of the answer; None where none is acceptable, or where ``format`` is no format (an issue then).

    ``accept`` is the Accept header; between equals the order of the header decides, then ours.
    """
    formats = _formats(form)
    if short_name is None:
        return next(iter(acceptable(accept, offered(form))), None)
    if short_name not in formats:
        remedy = f"Use {', '.join(formats)}."
        issues.append(error("no-format", "/format", f"'{short_name}' is no format of a {form.value}.", remedy))
    return formats.get(short_name)


def _formats(form: QueryForm) -> dict[str, str]:
    return _GRAPHS if form.gives_graph else _TABLES
