"""How much an ontology holds: terms of each kind, evidence rows, mappings, and how complete its terms are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.read import Ontology
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.rdf.terms import Graph, Literal, Subject

# What is counted → its root and the headings below it, which are counted by what they hold, not themselves.
_KINDS: tuple[tuple[str, Iri, tuple[Iri, ...]], ...] = (
    ("anatomical structures", v.ANATOMICAL_STRUCTURE, ()),
    ("body functions", v.BODY_FUNCTION, ()),
    ("findings", v.FINDING, (v.SYMPTOM, v.SIGN, v.TEST_RESULT, v.RISK_FACTOR)),
    ("conditions", v.CONDITION, (v.DISORDER, v.MECHANISM, v.IMAGING_OBSERVATION, v.FLARE)),
    ("exercises", v.EXERCISE, ()),
    ("movements", v.MOVEMENT, ()),
    ("loads", v.LOAD, ()),
    ("muscle actions", v.MUSCLE_ACTION, ()),
    ("technique faults", v.TECHNIQUE_FAULT, ()),
    ("equipment", v.EQUIPMENT, ()),
    ("clinical patterns", v.CLINICAL_PATTERN, ()),
)


class Hierarchy(Protocol):
    """The entailed hierarchy of named classes; each class is among its own."""

    def subclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed subclasses."""

    def superclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed superclasses."""


@dataclass(frozen=True)
class Count:
    """How many there are of one kind, and how many of them fall under each part. Parts may overlap."""

    kind: str
    total: int
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Completeness:
    """How many terms of one kind have what a finished term needs; None where it does not apply."""

    kind: str
    total: int
    label: int
    definition: int | None
    source: int
    parent: int | None = None


@dataclass(frozen=True)
class Stats:
    """All counts of one release; ``roots`` are the classes without a parent."""

    version: str
    counts: tuple[Count, ...]
    completeness: tuple[Completeness, ...]
    roots: tuple[Iri, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as a JSON object."""
        return {
            "ontologyVersion": self.version,
            "counts": {c.kind: {"total": c.total, **({"of": dict(c.parts)} if c.parts else {})} for c in self.counts},
            "completeness": {
                c.kind: {name: number for name, number in vars(c).items() if name != "kind" and number is not None}
                for c in self.completeness
            },
            "roots": [iri.local_name for iri in self.roots],
        }


def count(ontology: Ontology, hierarchy: Hierarchy, evidence: Graph, mappings: Iterable[Mapping]) -> Stats:
    """The counts of a release: its ontology, the RDF of its evidence tables, and its mappings."""
    graph = ontology.graph
    headers = graph.instances(v.OWL_ONTOLOGY)
    return Stats(
        version=graph.text(headers[0], v.OWL_VERSION_INFO) if headers else "",
        counts=(
            Count("classes", len(ontology.classes)),
            *(_kind(kind, root, headings, hierarchy, graph) for kind, root, headings in _KINDS),
            _triage_patterns(graph, hierarchy),
            Count("triage rules", len({t.object for t in graph.with_predicate(v.RULE_GROUP)})),
            Count("generated denials", len({t.subject for t in graph.with_predicate(v.DENIAL_OF)})),
            Count("red-flag groups", len(graph.instances(v.RED_FLAG_GROUP))),
            _by("claims", graph.instances(v.CLAIM_CLASS), v.STANCE, graph),
            *_evidence(evidence, hierarchy),
            _mappings(tuple(mappings)),
        ),
        completeness=_completeness(ontology, hierarchy),
        roots=tuple(sorted(c for c in ontology.classes if hierarchy.superclasses(c) == {c})),
    )


def _kind(kind: str, root: Iri, headings: tuple[Iri, ...], hierarchy: Hierarchy, graph: Graph) -> Count:
    above = {root, *headings}
    return Count(
        kind,
        len(hierarchy.subclasses(root) - above),
        tuple((graph.text(h, v.RDFS_LABEL), len(hierarchy.subclasses(h) - above)) for h in headings),
    )


def _triage_patterns(graph: Graph, hierarchy: Hierarchy) -> Count:
    """The patterns below the levels, by level."""
    ranked = sorted(
        graph.with_predicate(v.TRIAGE_RANK), key=lambda t: graph.text(t.subject, v.TRIAGE_RANK), reverse=True
    )
    levels = [t.subject for t in ranked if isinstance(t.subject, Iri)]
    above = {v.TRIAGE_PATTERN, *levels}
    return Count(
        "triage patterns",
        len(hierarchy.subclasses(v.TRIAGE_PATTERN) - above),
        tuple((graph.text(level, v.TRIAGE_LEVEL), len(hierarchy.subclasses(level) - above)) for level in levels),
    )


def _by(kind: str, subjects: Iterable[Subject], part: Iri, graph: Graph) -> Count:
    """The subjects, counted by the text of one of their properties."""
    found = [graph.text(s, part) for s in subjects]
    return Count(kind, len(found), tuple(sorted(Counter(found).items())))


def _evidence(evidence: Graph, hierarchy: Hierarchy) -> Iterable[Count]:
    kinds = sorted(hierarchy.subclasses(v.EVIDENCE))
    yield _by("evidence rows", [row for kind in kinds for row in evidence.instances(kind)], v.STATUS, evidence)
    yield _by("likelihood ratios", evidence.instances(v.LIKELIHOOD_RATIO), v.STATUS, evidence)
    yield _by("priors", evidence.instances(v.PRIOR), v.SETTING, evidence)
    yield _by("references", evidence.instances(v.REFERENCE), v.STATUS, evidence)


def _mappings(mappings: tuple[Mapping, ...]) -> Count:
    return Count("mappings", len(mappings), tuple(sorted(Counter(m.target for m in mappings).items())))


def _completeness(ontology: Ontology, hierarchy: Hierarchy) -> tuple[Completeness, ...]:
    graph = ontology.graph
    own = [s for s in graph.instances(v.OWL_ANNOTATION_PROPERTY) if s.startswith(v.LKG)]
    kinds: tuple[tuple[str, Iterable[Subject]], ...] = (
        ("classes", ontology.classes),
        ("object properties", ontology.object_properties),
        ("data properties", ontology.data_properties),
        ("annotation properties", own),
        ("individuals", graph.instances(v.OWL_NAMED_INDIVIDUAL)),
    )
    return tuple(_complete(kind, tuple(subjects), graph, hierarchy) for kind, subjects in kinds)


def _complete(kind: str, subjects: tuple[Subject, ...], graph: Graph, hierarchy: Hierarchy) -> Completeness:
    def having(*properties: Iri) -> int:
        return sum(1 for s in subjects if any(_says(graph, s, p) for p in properties))

    is_individual, is_class = kind == "individuals", kind == "classes"
    return Completeness(
        kind,
        len(subjects),
        label=having(v.RDFS_LABEL),
        definition=None if is_individual else having(v.DEFINITION),
        source=having(v.SOURCE, v.DEFINITION_SOURCE) if is_individual else having(v.DEFINITION_SOURCE),
        parent=sum(1 for s in subjects if hierarchy.superclasses(Iri(s)) - {s}) if is_class else None,
    )


def _says(graph: Graph, subject: Subject, prop: Iri) -> bool:
    return any(o.value.strip() if isinstance(o, Literal) else True for o in graph.objects(subject, prop))
