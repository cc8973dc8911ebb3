"""The triage rules of an ontology as the gate reads them: levels, alternatives and their conjuncts, groups."""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import And, EquivalentClasses, Expression, Facet, Named, Or, Some, conjuncts
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.reasoning.knowledge import Knowledge


@dataclass(frozen=True)
class Level:
    """A level of urgency as the ontology states it."""

    cls: Iri
    name: str
    rank: int
    gated: bool
    action: str


@dataclass(frozen=True)
class FindingConjunct:
    """A finding that an alternative needs, with the numbers and the course that it must have."""

    cls: Iri
    facets: tuple[Facet, ...]
    qualifiers: tuple[tuple[Iri, Iri], ...]


@dataclass(frozen=True)
class CaseConjunct:
    """A number of the case itself, such as age."""

    facet: Facet


@dataclass(frozen=True)
class ExposureConjunct:
    """Something that must have been done."""

    expression: Expression


Conjunct = FindingConjunct | CaseConjunct | ExposureConjunct


@dataclass(frozen=True)
class Alternative:
    """One triage class: conjunctions of choices, each choice one or more conjuncts of which one suffices."""

    cls: Iri
    level: Level
    rule: str
    group: str
    choices: tuple[tuple[Conjunct, ...], ...]


@dataclass(frozen=True)
class RedFlagGroup:
    """A group of findings that is asked about with one question."""

    iri: Iri
    finding: Iri
    question: str
    order: int
    members: tuple[Iri, ...]


def read_levels(graph: Graph) -> tuple[Level, ...]:
    """The levels, most urgent first."""
    levels = [
        Level(
            Iri(t.subject),
            graph.text(t.subject, v.TRIAGE_LEVEL),
            int(graph.text(t.subject, v.TRIAGE_RANK)),
            any(isinstance(o, Literal) and o.is_true for o in graph.objects(t.subject, v.GATED)),
            graph.text(t.subject, v.ACTION),
        )
        for t in graph.with_predicate(v.TRIAGE_LEVEL)
    ]
    return tuple(sorted(levels, key=lambda level: -level.rank))


def read_alternatives(knowledge: Knowledge, levels: tuple[Level, ...]) -> tuple[Alternative, ...]:
    """The alternatives, most urgent first. Raises OntologyError where one has a conjunct that cannot be read."""
    graph, by_class = knowledge.ontology.graph, {level.cls: level for level in levels}
    found = []
    for axiom in knowledge.ontology.axioms:
        if isinstance(axiom, EquivalentClasses) and axiom.named.iri in knowledge.triage_classes:
            iri = axiom.named.iri
            level = by_class[knowledge.triage_classes[iri]]
            choices = tuple(_choice(part, iri) for part in conjuncts(axiom.definition) if part != Named(v.PATIENT_CASE))
            found.append(Alternative(iri, level, graph.text(iri, v.RULE), graph.text(iri, v.RULE_GROUP), choices))
    return tuple(sorted(found, key=lambda a: (-a.level.rank, a.rule, a.cls)))


def _choice(part: Expression, where: Iri) -> tuple[Conjunct, ...]:
    if isinstance(part, Or):
        return tuple(conjunct for operand in part.operands for conjunct in _choice(operand, where))
    if isinstance(part, Facet):
        return (CaseConjunct(part),)
    if isinstance(part, Some) and part.property == v.HAS_EXPOSURE:
        return (ExposureConjunct(part.filler),)
    if isinstance(part, Some) and part.property == v.HAS_FINDING:
        if isinstance(part.filler, Or):
            return tuple(c for o in part.filler.operands for c in _choice(Some(part.property, o), where))
        return (_finding_conjunct(part.filler, where),)
    raise OntologyError(f"The triage class {where} has a conjunct that the gate cannot read: {part}.")


def _finding_conjunct(filler: Expression, where: Iri) -> FindingConjunct:
    parts = filler.operands if isinstance(filler, And) else (filler,)
    named = [p.iri for p in parts if isinstance(p, Named)]
    facets = tuple(p for p in parts if isinstance(p, Facet))
    qualifiers = tuple((p.property, p.filler.iri) for p in parts if isinstance(p, Some) and isinstance(p.filler, Named))
    if len(named) != 1 or len(named) + len(facets) + len(qualifiers) != len(parts):
        raise OntologyError(f"The triage class {where} must name one finding class per conjunct; define one.")
    return FindingConjunct(named[0], facets, qualifiers)


def concerns(alternative: Alternative, member: Iri, knowledge: Knowledge) -> bool:
    """Whether the alternative asks for the finding, or for something above or below it."""
    related = knowledge.superclasses(member) | knowledge.subclasses(member)
    return any(isinstance(c, FindingConjunct) and c.cls in related for choice in alternative.choices for c in choice)


def read_groups(knowledge: Knowledge, not_self_reportable: frozenset[Iri]) -> tuple[RedFlagGroup, ...]:
    """The red-flag groups in the order of asking, each with the members that a person can be asked about."""
    graph = knowledge.ontology.graph
    found = []
    for individual in graph.instances(v.RED_FLAG_GROUP):
        cls, order = Iri(graph.text(individual, v.RED_FLAG_CLASS)), graph.text(individual, v.ORDER)
        found.append(
            RedFlagGroup(
                Iri(individual),
                cls,
                graph.text(individual, v.QUESTION),
                int(order) if order else 0,
                reportable_below(cls, knowledge, not_self_reportable),
            )
        )
    return tuple(sorted(found, key=lambda g: (g.order, g.iri)))


def reportable_below(cls: Iri, knowledge: Knowledge, not_self_reportable: frozenset[Iri]) -> tuple[Iri, ...]:
    """The nearest proper subclasses that a person can report; one that nobody can stands for its own subclasses."""
    found: set[Iri] = set()
    for below in knowledge.direct_subclasses(cls):
        if below in not_self_reportable:
            found.update(reportable_below(below, knowledge, not_self_reportable))
        else:
            found.add(below)
    return tuple(sorted(knowledge.most_general(found)))
