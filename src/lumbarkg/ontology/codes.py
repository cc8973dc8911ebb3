"""Codes of other vocabularies as names of our terms, as far as the mappings say that a code means the term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lumbarkg.identifiers import Iri
from lumbarkg.ontology.sssom import Mapping

_CLOSENESS = ("skos:exactMatch", "skos:closeMatch", "skos:narrowMatch", "skos:broadMatch", "skos:relatedMatch")
_SOUND = _CLOSENESS[:3]
"""Whoever has what the code says has our term: the same, about the same, or something narrower than ours."""


class CodeIndex:
    """Code → terms. A code is written with the prefix of its vocabulary, the name of its table, or as IRI."""

    def __init__(self, mappings: Iterable[Mapping]) -> None:
        self._terms: dict[str, dict[str, set[Iri]]] = defaultdict(lambda: defaultdict(set))
        for mapping in mappings:
            local = mapping.object.partition(":")[2] or mapping.object
            names = [mapping.object, f"{mapping.target}:{local}", mapping.object_iri or mapping.object]
            for name in names:
                self._terms[name.casefold()][mapping.predicate].add(mapping.subject)

    def find(self, code: str) -> frozenset[Iri]:
        """The terms that the code stands for most closely; empty where no mapping has it."""
        return self._closest(code, _CLOSENESS)

    def find_implied(self, code: str) -> frozenset[Iri]:
        """The terms that follow from the code: exact, close and narrower matches, the closest of them alone."""
        return self._closest(code, _SOUND)

    def _closest(self, code: str, predicates: tuple[str, ...]) -> frozenset[Iri]:
        matches = self._terms.get(code.strip().casefold())
        if matches is None:
            return frozenset()
        return next((frozenset(matches[p]) for p in predicates if p in matches), frozenset())
