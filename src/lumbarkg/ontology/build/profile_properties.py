"""What the profile asks of properties: their inclusions and chains, and which kind stands where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.owl import (
    Axiom,
    Expression,
    Facet,
    PropertyDomain,
    PropertyRange,
    Some,
    SubPropertyOf,
    expressions_of,
    subexpressions,
)
from lumbarkg.ontology.read import Ontology

_READ_OFF = (v.SUGGESTS, v.ARGUES_AGAINST)
"""Read off a case as they are stated: nothing may be included in them, and no chain may have a part in them."""


def check_properties(ontology: Ontology) -> list[Issue]:
    """Every inclusion, chain and use of a property that the reasoner is not complete for."""
    inclusions = [axiom for axiom in ontology.axioms if isinstance(axiom, SubPropertyOf)]
    return [
        *_read_off(inclusions),
        *_data_inclusions(inclusions, ontology),
        *_irregular_chains(inclusions),
        *_ranges_of_chains(inclusions, ontology),
        *_kinds(ontology),
    ]


def _read_off(inclusions: list[SubPropertyOf]) -> Iterator[Issue]:
    for axiom in inclusions:
        for prop in _READ_OFF:
            if axiom.sup == prop or (len(axiom.chain) > 1 and prop in axiom.chain):
                yield _issue(
                    axiom.sup,
                    f"{prop.local_name} may have no subproperty and take part in no chain.",
                    f"State {prop.local_name} on the patterns themselves.",
                )


def _data_inclusions(inclusions: list[SubPropertyOf], ontology: Ontology) -> Iterator[Issue]:
    for axiom in inclusions:
        if {*axiom.chain, axiom.sup} & ontology.data_properties:
            yield _issue(
                axiom.chain[0],
                "A data property is included in another property.",
                "Use one data property, or state both on the finding.",
            )


def _irregular_chains(inclusions: list[SubPropertyOf]) -> Iterator[Issue]:
    """Chains for which no strict order of properties exists as OWL 2 demands (Structural Specification, §11.2)."""
    above: dict[Iri, set[Iri]] = defaultdict(set)
    strict: list[tuple[Iri, SubPropertyOf]] = []
    for axiom in inclusions:
        body = axiom.chain
        if len(body) > 1 and body != (axiom.sup, axiom.sup):
            if body[0] == axiom.sup:
                body = body[1:]
            elif body[-1] == axiom.sup:
                body = body[:-1]
            strict += [(part, axiom) for part in body]
        for part in body:
            above[part].add(axiom.sup)
    refused = {id(axiom): axiom for part, axiom in strict if part in _reachable(axiom.sup, above)}
    for axiom in refused.values():
        yield _issue(
            axiom.sup,
            f"The chain {' ∘ '.join(p.local_name for p in axiom.chain)} is irregular: its parts depend on the whole.",
            "Let the whole stand at one end of its chain only, and its other parts be independent of it.",
        )


def _reachable(start: Iri, above: dict[Iri, set[Iri]]) -> set[Iri]:
    """The property and all that it is, directly or not, a part of."""
    seen, stack = {start}, [start]
    while stack:
        for prop in above.get(stack.pop(), set()) - seen:
            seen.add(prop)
            stack.append(prop)
    return seen


def _ranges_of_chains(inclusions: list[SubPropertyOf], ontology: Ontology) -> Iterator[Issue]:
    """EL's restriction (OWL 2 Profiles, §2.2.6): the last property of a chain has the ranges of the whole."""
    supers: dict[Iri, set[Iri]] = defaultdict(set)
    for axiom in inclusions:
        if len(axiom.chain) == 1:
            supers[axiom.chain[0]].add(axiom.sup)
    ranges: dict[Iri, set[Expression]] = defaultdict(set)
    for stated in ontology.axioms:
        if isinstance(stated, PropertyRange):
            ranges[stated.property].add(stated.range)

    def all_ranges(prop: Iri) -> set[Expression]:
        return {found for above in _reachable(prop, supers) for found in ranges.get(above, ())}

    for axiom in inclusions:
        if len(axiom.chain) > 1 and not all_ranges(axiom.sup) <= all_ranges(axiom.chain[-1]):
            yield _issue(
                axiom.sup,
                "A chain ends in a property whose range does not imply the range of the whole.",
                f"Give {axiom.chain[-1]} the same range.",
            )


def _kinds(ontology: Ontology) -> Iterator[Issue]:
    for prop in sorted(ontology.object_properties & ontology.data_properties):
        yield _issue(prop, "The property is declared for things and for data.", "Declare two properties.")
    textual = {
        t.subject
        for t in ontology.graph.with_predicate(v.RDFS_RANGE)
        if t.subject in ontology.data_properties and t.object != v.XSD_DECIMAL
    }
    used = {
        part
        for axiom in ontology.axioms
        for expression in expressions_of(axiom)
        for part in subexpressions(expression)
        if isinstance(part, Some | Facet)
    }
    for prop in sorted({p.property for p in used if isinstance(p, Some)} & ontology.data_properties):
        yield _issue(prop, "A data property leads to a class.", "Use a facet, or a property declared for things.")
    faceted = {p.property for p in used if isinstance(p, Facet)}
    for prop in sorted(faceted & ontology.object_properties):
        yield _issue(prop, "A facet stands on a property of things.", "Declare it as a data property.")
    for prop in sorted(faceted & textual):
        yield _issue(prop, "A facet stands on a property whose range is not xsd:decimal.", "Give it that range.")


def properties_of(axiom: Axiom) -> tuple[Iri, ...]:
    """The properties that an axiom about properties names itself."""
    if isinstance(axiom, SubPropertyOf):
        return (*axiom.chain, axiom.sup)
    return (axiom.property,) if isinstance(axiom, PropertyDomain | PropertyRange) else ()


def _issue(place: Iri, message: str, remedy: str) -> Issue:
    return error("profile", str(place), message, remedy)
