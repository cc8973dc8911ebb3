"""Everything that has a name, be it class, property, individual or row: found by name, CURIE, IRI, label, synonym."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri, Prefixes
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.rdf.terms import BNode, Graph, Literal, Triple
from lumbarkg.reasoning.knowledge import Knowledge

_SUGGESTIONS = 3
_LONGEST_NAME = 120
"""Nothing longer is compared with all names: it would cost much and is near to none."""
_EXACT_MATCH = "skos:exactMatch"
_NAMING = (v.RDFS_LABEL, v.EXACT_SYNONYM, v.LAYPERSON_SYNONYM)


@dataclass(frozen=True)
class Unresolved:
    """Why a name means no term of the wanted kind, and what to do."""

    code: str
    message: str
    remedy: str


class TermIndex:
    """The terms of a release by their names and kinds; ``graph`` is the ontology with the rows beside it."""

    def __init__(
        self, knowledge: Knowledge, rows: Iterable[Triple], prefixes: Prefixes, mappings: Iterable[Mapping] = ()
    ) -> None:
        """``rows`` are the triples beside the ontology: evidence and references.

        A code of another vocabulary names our term where a mapping says that both mean the same (exactMatch).
        """
        self._codes: dict[str, set[Iri]] = defaultdict(set)
        for mapping in mappings:
            if mapping.predicate == _EXACT_MATCH:
                self._codes[mapping.object].add(mapping.subject)
        self._knowledge, self.prefixes = knowledge, prefixes
        self.graph = Graph(itertools.chain(knowledge.ontology.graph, rows))
        self._types: dict[Iri, frozenset[Iri]] = self._read_types()

    def members(self, root: str) -> frozenset[Iri]:
        """The terms under a class, given as CURIE: itself, its subclasses, and what is typed so; '' means all."""
        if not root:
            return frozenset(self._types)
        return self._members[self._root(root)]

    def label(self, iri: Iri) -> str:
        """The label of a term, its local name where it has none."""
        return self.graph.text(iri, v.RDFS_LABEL) or iri.local_name

    def resolve(self, written: str, root: str) -> Iri | Unresolved:
        """The one term under ``root`` that a local name, CURIE, IRI, exact label, synonym or mapped code means."""
        allowed = self.members(root)
        found = self.find(written)
        fitting = found & allowed
        if len(fitting) == 1:
            return next(iter(fitting))
        wanted = self.label(self._root(root)) if root else "term"
        if fitting:
            several = " or ".join(self.prefixes.shorten(iri) for iri in sorted(fitting))
            return Unresolved("ambiguous-term", f"'{written}' may mean several terms.", f"Write {several}.")
        by_name = f"Use the name, CURIE, IRI or exact label of {_with_article(wanted)}."
        if found:
            kind = self._kind(sorted(found)[0])
            return Unresolved("wrong-kind", f"'{written}' is {kind}, not {_with_article(wanted)}.", by_name)
        near = " or ".join(self.prefixes.shorten(iri) for iri in self.suggest(written, allowed))
        remedy = f"Did you mean {near}?" if near else by_name
        return Unresolved("unknown-term", f"'{written}' is not {_with_article(wanted)}.", remedy)

    def find(self, written: str) -> frozenset[Iri]:
        """Every term that a local name, CURIE, IRI, exact label or exact synonym may mean."""
        exact = Iri(written.removeprefix("<").removesuffix(">"))
        if exact in self._types:
            return frozenset({exact})
        expanded = self.prefixes.expand(written)
        if expanded is not None and expanded in self._types:
            return frozenset({expanded})
        for name in (written, written.strip().casefold()):
            if name in self._by_name:
                return self._by_name[name]
        return frozenset(self._codes.get(written.strip(), ()))

    def suggest(self, written: str, allowed: frozenset[Iri]) -> list[Iri]:
        """The terms among those allowed whose names or labels are nearest, nearest first."""
        scored: dict[Iri, float] = {}
        if len(written) > _LONGEST_NAME:
            return []
        for names in ({i: i.local_name for i in sorted(allowed)}, {i: self.label(i) for i in sorted(allowed)}):
            for iri, score in nearest(written, names, _SUGGESTIONS):
                scored[iri] = max(score, scored.get(iri, 0.0))
        return sorted(scored, key=lambda iri: (-scored[iri], iri))[:_SUGGESTIONS]

    def _kind(self, iri: Iri) -> str:
        """What a term is, in words: the topmost class that it lies under."""
        above = set(self._knowledge.superclasses(iri)) if iri in self._knowledge.ontology.classes else set()
        tops = sorted(c for c in above if self._knowledge.superclasses(c) == {c})
        return _with_article(self.label(tops[0] if tops else sorted(self._types[iri])[0]))

    def _root(self, root: str) -> Iri:
        found = self.prefixes.expand(root)
        if found is None:
            raise KeyError(f"The prefix of {root} is not known.")
        return found

    def _read_types(self) -> dict[Iri, frozenset[Iri]]:
        found: dict[Iri, set[Iri]] = defaultdict(set)
        for triple in self.graph.with_predicate(v.RDF_TYPE):
            if not isinstance(triple.subject, BNode) and isinstance(triple.object, Iri):
                found[triple.subject].add(triple.object)
        return {iri: frozenset(types) for iri, types in found.items()}

    @cached_property
    def _members(self) -> dict[Iri, frozenset[Iri]]:
        found: dict[Iri, set[Iri]] = defaultdict(set)
        for iri, types in self._types.items():
            for cls in types:
                found[cls].add(iri)
                if cls in self._knowledge.ontology.classes:
                    for above in self._knowledge.superclasses(cls):
                        found[above].add(iri)
        for cls in self._knowledge.ontology.classes:
            found[cls] |= self._knowledge.subclasses(cls) | {cls}
        return defaultdict(frozenset, {iri: frozenset(members) for iri, members in found.items()})

    @cached_property
    def _by_name(self) -> dict[str, frozenset[Iri]]:
        found: dict[str, set[Iri]] = defaultdict(set)
        for iri in self._types:
            found[iri.local_name].add(iri)
            for prop in _NAMING:
                for name in self.graph.objects(iri, prop):
                    if isinstance(name, Literal):
                        found[name.value.casefold()].add(iri)
        return {name: frozenset(iris) for name, iris in found.items()}


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
