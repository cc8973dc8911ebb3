"""Lists in pages: filtered, ordered, and continued by a cursor that says after which thing the next page begins."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field

from lumbarkg import vocabulary as v
from lumbarkg.catalogue.catalogue import Catalogue, Filter
from lumbarkg.catalogue.kinds import Kind
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error

_LITERALS = {"status": v.STATUS, "stance": v.STANCE, "setting": v.SETTING}


@dataclass(frozen=True)
class Cursor:
    """The last thing of the page before: what it is ordered by, and its IRI. It stays valid when things are added."""

    key: str = ""
    iri: str = ""

    @property
    def is_start(self) -> bool:
        """Whether the list begins at its beginning."""
        return not self.iri

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.key, self.iri]).encode()).decode().rstrip("=")

    @staticmethod
    def read(written: str, issues: list[Issue]) -> Cursor:
        """The cursor of a request; an issue where it is none of ours."""
        if not written:
            return Cursor()
        try:
            found = json.loads(base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True))
            if isinstance(found, list) and len(found) == 2 and all(isinstance(part, str) for part in found):
                return Cursor(*found)
        except (ValueError, binascii.Error, RecursionError):
            pass
        issues.append(error("wrong-cursor", "/cursor", "This is no cursor.", "Follow Link, rel=next."))
        return Cursor()


@dataclass(frozen=True)
class ListRequest:
    """Which things, in which order, from where on."""

    search: str = ""
    under: Iri | None = None
    related: Iri | None = None
    literals: dict[str, str] = field(default_factory=dict)
    """status, stance and setting of rows."""
    order: str = "name"
    limit: int = 50
    cursor: Cursor = field(default_factory=Cursor)


@dataclass(frozen=True)
class ListPage:
    """A page of a list."""

    things: tuple[Iri, ...]
    total: int
    """How many there are on all pages."""
    next_cursor: str
    """'' on the last page."""


def page_of(catalogue: Catalogue, kind: Kind, asked: ListRequest) -> ListPage:
    """The page that was asked for."""
    literals = tuple((_LITERALS[name], text) for name, text in sorted(asked.literals.items()))
    found = catalogue.select(kind, Filter(asked.under, asked.related, literals))
    if asked.search:
        fitting = set(catalogue.search(asked.search, len(catalogue.members(kind)), kind))
        found = [iri for iri in found if iri in fitting]

    def key(iri: Iri) -> tuple[str, str]:
        if asked.order.endswith("label"):
            label = catalogue.facts.literal(iri, v.RDFS_LABEL)
            return (label.value.casefold() if label else iri.local_name.casefold(), iri)
        return (iri.local_name, iri)

    is_down = asked.order.startswith("-")
    ordered = sorted(found, key=key, reverse=is_down)
    if not asked.cursor.is_start:
        last = (asked.cursor.key, asked.cursor.iri)
        ordered = [iri for iri in ordered if (key(iri) < last if is_down else key(iri) > last)]
    things = tuple(ordered[: asked.limit])
    has_more = len(ordered) > asked.limit
    return ListPage(things, len(found), str(Cursor(*key(things[-1]))) if has_more else "")
