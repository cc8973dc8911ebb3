"""The resources of one release: what there is of each kind, found by any of its names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.catalogue.facts import FactIndex, is_fact
from lumbarkg.catalogue.keys import key_of
from lumbarkg.catalogue.kinds import KINDS, Kind
from lumbarkg.catalogue.represent import SECTIONS, Representer
from lumbarkg.catalogue.typeahead import Name, Typeahead
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.codes import CodeIndex
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.rdf.terms import Literal
from lumbarkg.sparql.term_index import TermIndex

_SYNONYMS = {
    v.EXACT_SYNONYM: 0.95,
    v.LAYPERSON_SYNONYM: 0.95,
    v.NARROW_SYNONYM: 0.8,
    v.BROAD_SYNONYM: 0.8,
    v.RELATED_SYNONYM: 0.8,
}


@dataclass(frozen=True)
class Filter:
    """Which things of a kind: all conditions hold together."""

    under: Iri | None = None
    """A class that they lie under."""
    related: Iri | None = None
    """A thing that some fact of theirs points at."""
    literals: tuple[tuple[Iri, str], ...] = ()
    """Properties that have just this text."""


class Catalogue:
    """All resources of a release. The indexes are made at their first use, so that starting up stays quick."""

    def __init__(self, engine: Engine, index: TermIndex, release: Path) -> None:
        self._engine, self.index, self._release = engine, index, release

    @cached_property
    def mappings(self) -> tuple[Mapping, ...]:
        """The mappings to other vocabularies."""
        return read_mappings(self._release / "mappings", self._engine.terms.prefixes)

    @cached_property
    def codes(self) -> CodeIndex:
        """The terms by the codes of other vocabularies."""
        return CodeIndex(self.mappings)

    @cached_property
    def facts(self) -> FactIndex:
        """The facts of every thing."""
        engine = self._engine
        return FactIndex(engine.knowledge, engine.terms, self.index.graph, self.mappings)

    @cached_property
    def representer(self) -> Representer:
        """What writes the things."""
        return Representer(self.facts, {iri: kind for kind in reversed(KINDS) for iri in self.members(kind)})

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys that things of this release have."""
        prefixes = self._engine.terms.prefixes
        used = {t.predicate for t in self.facts.graph if isinstance(t.object, Literal) and is_fact(t.predicate)}
        return tuple(sorted({*SECTIONS, "links", *(key_of(predicate, prefixes) for predicate in used)}))

    @cached_property
    def _members(self) -> dict[str, tuple[Iri, ...]]:
        classes, curie = self._engine.knowledge.ontology.classes, self._engine.terms.curie
        return {
            kind.name: tuple(
                sorted(
                    (i for i in self.index.members(curie(kind.root)) if (i in classes) is kind.has_classes),
                    key=lambda iri: (iri.local_name, iri),
                )
            )
            for kind in KINDS
        }

    def members(self, kind: Kind) -> tuple[Iri, ...]:
        """The things of a kind, in the order of their names."""
        return self._members[kind.name]

    @cached_property
    def _member_sets(self) -> dict[str, frozenset[Iri]]:
        return {name: frozenset(members) for name, members in self._members.items()}

    def member_set(self, kind: Kind) -> frozenset[Iri]:
        """The things of a kind."""
        return self._member_sets[kind.name]

    def select(self, kind: Kind, wanted: Filter) -> list[Iri]:
        """The things of a kind that a filter lets through, in the order of their names."""
        knowledge = self._engine.knowledge
        under = knowledge.subclasses(wanted.under) if wanted.under is not None else None
        pointing = self._pointing_at(wanted.related) if wanted.related is not None else None
        return [
            iri
            for iri in self.members(kind)
            if (under is None or iri in under)
            and (pointing is None or iri in pointing)
            and all(self._has(iri, predicate, text) for predicate, text in wanted.literals)
        ]

    def resolve(self, written: str, kind: Kind, path: str = "") -> Iri | Issue:
        """The one thing of a kind that a name, CURIE, IRI, label, synonym or mapped code means."""
        allowed = self.member_set(kind)
        found = self.index.find(written) or self.codes.find(written)
        fitting = found & allowed
        if len(fitting) == 1:
            return next(iter(fitting))
        shorten = self._engine.terms.curie
        if fitting:
            several = " or ".join(shorten(iri) for iri in sorted(fitting))
            return error("ambiguous-term", path, f"'{written}' may mean several things.", f"Ask for {several}.")
        message = f"'{written[:200]}' is no {kind.singular}."
        elsewhere = [(other, iri) for iri in sorted(found) for other in KINDS if iri in self.member_set(other)]
        if elsewhere:
            other, iri = elsewhere[0]
            remedy = f"See GET /api/v1/{other.name}/{iri.local_name}."
            return error("wrong-kind", path, message, remedy)
        near = self.search(written, 3, kind) if len(written) <= 200 else ()
        names = [shorten(thing) for thing in near] or [shorten(i) for i in self.index.suggest(written, allowed)]
        remedy = f"Did you mean {' or '.join(names)}?" if names else f"GET /api/v1/{kind.name} lists them."
        return error("unknown-term", path, message, remedy)

    def resolve_any(self, written: str, path: str) -> Iri | Issue:
        """The one thing of whatever kind that a name, CURIE, IRI, label, synonym or mapped code means."""
        found = self.index.find(written) or self.codes.find(written)
        if len(found) == 1:
            return next(iter(found))
        shorten = self._engine.terms.curie
        if found:
            several = " or ".join(shorten(iri) for iri in sorted(found))
            return error("ambiguous-term", path, f"'{written}' may mean several things.", f"Give {several}.")
        near = [shorten(hit.thing) for hit in self.typeahead.find(written[:200], 3)]
        remedy = f"Did you mean {' or '.join(near)}?" if near else "GET /api/v1/search?q=… finds names."
        return error("unknown-term", path, f"'{written[:200]}' is no term.", remedy)

    def search(self, text: str, limit: int, kind: Kind) -> tuple[Iri, ...]:
        """The things of a kind whose names fit what was written, the best first."""
        return tuple(hit.thing for hit in self.typeahead.find(text, limit, self.member_set(kind)))

    @cached_property
    def typeahead(self) -> Typeahead:
        """The search over all names and codes."""
        return Typeahead(self._names())

    def _names(self) -> Iterator[Name]:
        graph = self.facts.graph
        for iri in sorted({iri for kind in KINDS for iri in self.members(kind)}):
            label = self.facts.literal(iri, v.RDFS_LABEL)
            if label is not None:
                yield Name(iri, label.value, "label")
            if label is None or label.value.casefold() != " ".join(iri.local_name.split()).casefold():
                yield Name(iri, iri.local_name, "name", 0.9)
            for predicate, weight in _SYNONYMS.items():
                for synonym in graph.objects(iri, predicate):
                    if isinstance(synonym, Literal):
                        yield Name(iri, synonym.value, "synonym", weight)
            for mapping in self.facts.read_codes(iri):
                yield Name(iri, mapping.object, "code")

    def _pointing_at(self, target: Iri) -> frozenset[Iri]:
        incoming = self.facts.read(target).incoming.values()
        return frozenset(iri for subjects in incoming for iri in subjects)

    def _has(self, iri: Iri, predicate: Iri, text: str) -> bool:
        return any(isinstance(o, Literal) and o.value == text for o in self.facts.graph.objects(iri, predicate))


def kinds_of(catalogue: Catalogue, iri: Iri) -> Iterable[Kind]:
    """The kinds that a thing is of."""
    return (kind for kind in KINDS if iri in catalogue.member_set(kind))
