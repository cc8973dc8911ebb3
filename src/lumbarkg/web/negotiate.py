"""Which representation a client gets: by the extension of the address, else by its Accept header."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Form(Enum):
    """A representation: its extension and its media type."""

    RDF_XML = (".owl", "application/rdf+xml")
    HTML = (".html", "text/html")
    TURTLE = (".ttl", "text/turtle")
    JSON_LD = (".jsonld", "application/ld+json")

    @property
    def extension(self) -> str:
        """The extension that asks for it, with its dot."""
        return self.value[0]

    @property
    def media_type(self) -> str:
        """Its media type."""
        return self.value[1]


# Names by which clients ask for the same representation; an OWL tool that asks for OWL/XML reads RDF/XML too.
_ALIASES = {
    "application/owl+xml": Form.RDF_XML,
    "application/xml": Form.RDF_XML,
    "text/xml": Form.RDF_XML,
    "application/xhtml+xml": Form.HTML,
    "application/json": Form.JSON_LD,
}
_EXACT, _TYPE, _ANY = 2, 1, 0


def split_extension(name: str) -> tuple[str, Form | None]:
    """The name without an extension that asks for a form, and that form."""
    for form in Form:
        if name.endswith(form.extension):
            return name.removesuffix(form.extension), form
    return name, None


def choose(accepted: Iterable[tuple[str, float]]) -> Form | None:
    """The form that a client prefers, None where it accepts none of ours.

    ``accepted`` are the ranges of the Accept header with their qualities (RFC 9110 §12.5.1). Between equal qualities
    an exact name wins over a wildcard, then what is named first; a client that accepts anything, as OWL tools and
    scripts do, gets RDF/XML. Browsers name text/html first.
    """
    ranges = [(name.split(";")[0].strip().lower(), quality) for name, quality in accepted]
    if not ranges:
        return Form.RDF_XML
    best: tuple[float, int, int] = (0.0, 0, 0)
    chosen = None
    for form in Form:
        found = _preference(form, ranges)
        if found is not None and found[0] > 0 and (chosen is None or found > best):
            best, chosen = found, form
    return chosen


def _preference(form: Form, ranges: list[tuple[str, float]]) -> tuple[float, int, int] | None:
    """(quality, exactness, nearness to the front) of the most exact range that a form falls under."""
    fitting = [
        (exactness, quality, -position)
        for position, (name, quality) in enumerate(ranges)
        if (exactness := _exactness(form, name)) is not None
    ]
    if not fitting:
        return None
    exactness, quality, front = max(fitting)
    return quality, exactness, front


def _exactness(form: Form, name: str) -> int | None:
    if name == form.media_type or _ALIASES.get(name) is form:
        return _EXACT
    if name in ("*/*", "*"):
        return _ANY
    return _TYPE if name == f"{form.media_type.split('/')[0]}/*" else None
