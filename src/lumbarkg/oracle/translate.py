"""Cases as RDF individuals, and the query classes that make HermiT say what types alone do not tell.

A denied finding is no individual: its case gets the generated types DeniedY for every Y that it denies, or, in the
form that editors write, the complement of having it. Which named findings it denies is itself compared: each denied
expression becomes a class, and HermiT says what lies under it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Finding
from lumbarkg.rdf.terms import BNode, Subject, Triple, decimal_literal
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import denied_types

_BASE = "urn:lumbarkg:oracle:"
_SPOKEN = {v.SUGGESTS: "suggests", v.ARGUES_AGAINST: "arguesAgainst"}


@dataclass(frozen=True)
class CaseNodes:
    """The individuals of one case, and the class of each denied expression."""

    root: Iri
    findings: tuple[Iri, ...]
    exposures: tuple[Iri, ...]
    denials: tuple[Iri, ...]

    @property
    def individuals(self) -> tuple[Iri, ...]:
        """Those whose types are compared."""
        return (self.root, *self.findings, *self.exposures)


def is_of_the_oracle(iri: Iri) -> bool:
    """Whether a name was made here and is not the ontology's."""
    return iri.startswith(_BASE)


def query_class(prop: Iri, condition: Iri) -> Iri:
    """The name of ∃prop.condition."""
    return Iri(f"{_BASE}{_SPOKEN[prop]}:{condition}")


def query_triples(conditions: Iterable[Iri]) -> list[Triple]:
    """For each condition X the definitions of ∃suggests.X and ∃arguesAgainst.X; owlready2 returns no restrictions."""
    found: list[Triple] = []
    for condition in sorted(conditions):
        for prop in _SPOKEN:
            name = query_class(prop, condition)
            restriction, triples = _some(f"q{_SPOKEN[prop]}{condition.local_name}", prop, condition)
            found += [
                Triple(name, v.RDF_TYPE, v.OWL_CLASS),
                *triples,
                Triple(name, v.OWL_EQUIVALENT_CLASS, restriction),
            ]
    return found


def case_triples(case: Case, number: int, knowledge: Knowledge) -> tuple[CaseNodes, list[Triple]]:
    """The individuals of a case and everything that it states; ``number`` keeps the cases of one run apart."""
    nodes, triples = _stated_case(case, number)
    for absent in case.absent:
        triples += [Triple(nodes.root, v.RDF_TYPE, cls) for cls in denied_types(absent, knowledge)]
    return nodes, triples


def complement_triples(case: Case, number: int) -> tuple[CaseNodes, list[Triple]]:
    """The same where the case does not have what it denies: types ``not (hasFinding some …)``."""
    nodes, triples = _stated_case(case, number)
    for denied in nodes.denials:
        label = denied.removeprefix(_BASE).replace(":", "-")
        restriction, added = _some(f"{label}-had", v.HAS_FINDING, denied)
        complement = BNode(f"{label}-not")
        triples += [
            *added,
            Triple(complement, v.RDF_TYPE, v.OWL_CLASS),
            Triple(complement, v.OWL_COMPLEMENT_OF, restriction),
            Triple(nodes.root, v.RDF_TYPE, complement),
        ]
    return nodes, triples


def refutation_triples(individual: Iri, classes: Iterable[Iri]) -> list[Triple]:
    """That the individual is outside one of the classes: a contradiction exactly where it is in all of them."""
    union, triples = BNode("refuted"), []
    members: list[Subject] = []
    for index, cls in enumerate(sorted(classes)):
        members.append(complement := BNode(f"refuted{index}"))
        triples += [
            Triple(complement, v.RDF_TYPE, v.OWL_CLASS),
            Triple(complement, v.OWL_COMPLEMENT_OF, cls),
        ]
    if len(members) == 1:
        return [*triples, Triple(individual, v.RDF_TYPE, members[0])]
    listed = _list("refuted", members)
    triples += [Triple(union, v.RDF_TYPE, v.OWL_CLASS), Triple(union, v.OWL_UNION_OF, listed[0].subject), *listed]
    return [*triples, Triple(individual, v.RDF_TYPE, union)]


def _list(label: str, members: list[Subject]) -> list[Triple]:
    cells = [BNode(f"{label}-cell{i}") for i in range(len(members))]
    triples: list[Triple] = []
    for cell, rest, member in zip(cells, [*cells[1:], None], members, strict=True):
        triples += [Triple(cell, v.RDF_FIRST, member), Triple(cell, v.RDF_REST, rest or v.RDF_NIL)]
    return triples


def _stated_case(case: Case, number: int) -> tuple[CaseNodes, list[Triple]]:
    """All of a case but that it denies what it denies."""
    root = Iri(f"{_BASE}case{number}")
    triples = _individual(root, v.PATIENT_CASE)
    if case.age is not None:
        triples.append(Triple(root, v.AGE_YEARS, decimal_literal(case.age)))
    if case.sex is not None:
        triples += _linked(root, v.HAS_SEX, Iri(f"{root}:sex"), case.sex)
    findings, exposures, denials = [], [], []
    for index, finding in enumerate(case.present):
        findings.append(node := Iri(f"{root}:finding{index}"))
        triples += _linked(root, v.HAS_FINDING, node, finding.term)
        triples += _stated(node, finding.qualifiers, finding.quantities)
    for index, exposure in enumerate(case.exposures):
        exposures.append(node := Iri(f"{root}:exposure{index}"))
        triples += _linked(root, v.HAS_EXPOSURE, node, v.EXPOSURE, *exposure.types)
        triples += _stated(node, exposure.qualifiers, exposure.quantities)
    for index, absent in enumerate(case.absent):
        denials.append(node := Iri(f"{root}:denied{index}"))
        triples += _expression(node, absent)
    return CaseNodes(root, tuple(findings), tuple(exposures), tuple(denials)), triples


def _individual(node: Iri, *types: Iri) -> list[Triple]:
    return [Triple(node, v.RDF_TYPE, cls) for cls in (v.OWL_NAMED_INDIVIDUAL, *types)]


def _linked(subject: Iri, prop: Iri, node: Iri, *types: Iri) -> list[Triple]:
    return [*_individual(node, *types), Triple(subject, prop, node)]


def _stated(
    node: Iri, qualifiers: tuple[tuple[Iri, Iri], ...], quantities: tuple[tuple[Iri, Decimal], ...]
) -> list[Triple]:
    found = [t for i, (prop, cls) in enumerate(qualifiers) for t in _linked(node, prop, Iri(f"{node}:value{i}"), cls)]
    return [*found, *(Triple(node, prop, decimal_literal(number)) for prop, number in quantities)]


def _expression(name: Iri, finding: Finding) -> list[Triple]:
    """``name`` defined as what a denied finding denies: its class with its qualifiers."""
    declared = Triple(name, v.RDF_TYPE, v.OWL_CLASS)
    if not finding.qualifiers:
        return [declared, Triple(name, v.OWL_EQUIVALENT_CLASS, finding.term)]
    label = name.removeprefix(_BASE).replace(":", "-")
    members: list[Subject] = [finding.term]
    triples = [declared]
    for index, (prop, cls) in enumerate(finding.qualifiers):
        restriction, added = _some(f"{label}-{index}", prop, cls)
        members.append(restriction)
        triples += added
    whole, listed = BNode(f"{label}-all"), _list(label, members)
    triples += [
        Triple(whole, v.RDF_TYPE, v.OWL_CLASS),
        Triple(whole, v.OWL_INTERSECTION_OF, listed[0].subject),
        *listed,
    ]
    return [*triples, Triple(name, v.OWL_EQUIVALENT_CLASS, whole)]


def _some(label: str, prop: Iri, filler: Iri) -> tuple[BNode, list[Triple]]:
    node = BNode(label)
    return node, [
        Triple(node, v.RDF_TYPE, v.OWL_RESTRICTION),
        Triple(node, v.OWL_ON_PROPERTY, prop),
        Triple(node, v.OWL_SOME_VALUES_FROM, filler),
    ]
