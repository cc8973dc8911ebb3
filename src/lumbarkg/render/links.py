"""Values as text and links: what a page shows of an IRI or a literal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.terms import Graph, Literal, Term

# How an identifier of a publication becomes an address.
_RESOLVERS = {Iri(v.LKG + "doi"): "https://doi.org/", Iri(v.LKG + "pmid"): "https://pubmed.ncbi.nlm.nih.gov/"}


class Link(NamedTuple):
    """A text, with the name of the page that it leads to, or an address outside; both empty for plain text."""

    text: str
    name: str = ""
    href: str = ""


class Linker:
    """Links to the named things of a graph that have a page."""

    def __init__(self, graph: Graph, terms: Terms, pages: frozenset[Iri]) -> None:
        self._graph, self._terms, self._pages = graph, terms, pages

    def label(self, iri: Iri) -> str:
        """The label of a thing; its name in words where it has none."""
        return self._graph.text(iri, v.RDFS_LABEL) or _words(iri.local_name)

    def link(self, iri: Iri, text: str = "") -> Link:
        """A link that reads as the label, or as ``text``."""
        if iri in self._pages:
            return Link(text or self.label(iri), name=iri.removeprefix(v.LKG))
        if iri.startswith(v.LKG) or self._graph.text(iri, v.RDFS_LABEL) or not iri.startswith(("https://", "http://")):
            return Link(text or self.label(iri))
        return Link(text or self._terms.curie(iri), href=iri)

    def value(self, value: Term, prop: Iri) -> Link:
        """A value of a property."""
        if isinstance(value, Iri):
            return self.link(value)
        if not isinstance(value, Literal):
            return Link("…")
        if prop == v.CLAIM:
            return self.claim(value.value)
        if prop in _RESOLVERS:
            return Link(value.value, href=_RESOLVERS[prop] + value.value)
        if value.datatype == v.XSD_BOOLEAN:
            return Link("yes" if value.is_true else "no")
        return Link(value.value)

    def claim(self, id_: str) -> Link:
        """A claim by its id."""
        iri = Iri(v.CLAIM_CLASS + id_)
        return Link(id_, name=iri.removeprefix(v.LKG)) if iri in self._pages else Link(id_)

    def links(self, iris: Iterable[Iri]) -> list[Link]:
        """Links to several things, sorted by what they read as."""
        return sorted((self.link(iri) for iri in iris), key=lambda link: link.text.casefold())


def _words(name: str) -> str:
    """``notUsedBecause`` → ``not used because``; a name that is no camel case stays as it is."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", name).lower() if name[:1].islower() else name
