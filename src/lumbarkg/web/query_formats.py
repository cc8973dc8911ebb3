"""Which format the answer of a named query comes in: by ``format=``, which suits a browser, else by Accept."""

from __future__ import annotations

from werkzeug.datastructures import MIMEAccept

from lumbarkg.issues import Issue, error
from lumbarkg.rdf.formats import MEDIA_TYPE_ALIASES
from lumbarkg.rdf.formats import content_type as content_type
from lumbarkg.sparql.library import QueryForm

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


def chosen_media_type(
    form: QueryForm, short_name: str | None, accepted: MIMEAccept, issues: list[Issue]
) -> str | None:
    """The media type of the answer; None where none is acceptable, or where ``format`` is no format (an issue then)."""
    formats = _formats(form)
    if short_name is not None:
        if short_name not in formats:
            remedy = f"Use {', '.join(formats)}."
            issues.append(error("no-format", "/format", f"'{short_name}' is no format of a {form.value}.", remedy))
        return formats.get(short_name)
    if not accepted.provided:
        return next(iter(formats.values()))
    names = {media_type: media_type for media_type in formats.values()}
    for alias, meant in MEDIA_TYPE_ALIASES.items():
        fitting = [m for m in meant if m in names]
        if fitting:
            names.setdefault(alias, fitting[0])
    best = accepted.best_match(list(names))
    return None if best is None else names[best]


def _formats(form: QueryForm) -> dict[str, str]:
    return _GRAPHS if form.gives_graph else _TABLES
