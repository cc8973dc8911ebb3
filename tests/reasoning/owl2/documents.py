"""A conformance document → axioms that the engine takes, or the constructs for which the profile refuses it.

Assertions about individuals are no part of our ontologies: in a case they hang from one individual and become
contexts. Here each individual is a class of its own (``urn:individual:…``): a type is an inclusion, a link an
existential. In EL without nominals that is exact: the least model holds one element for each such class, and what is
inferred of it holds of the individual. A link states the ranges of its property of its end, as intake does.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.profile import check_profile
from lumbarkg.ontology.owl import (
    Axiom,
    Expression,
    Facet,
    Interval,
    Named,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
)
from lumbarkg.ontology.read import Ontology, read_ontology
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import BNode, Graph, Literal, Term, Triple

_BUILT_IN = (v.OWL, v.RDFS, v.RDF, v.XSD)


@dataclass(frozen=True)
class Document:
    """The axioms of a document with its assertions turned into axioms, and why it is refused, if it is."""

    axioms: tuple[Axiom, ...]
    individuals: frozenset[Iri]
    data_properties: frozenset[Iri]
    refused: tuple[str, ...]


def read_document(*sources: str, declared_in: tuple[str, ...] = ()) -> Document:
    """The documents together; ``declared_in`` are others whose declarations count too (a conclusion's premise)."""
    triples = _parse(sources)
    known = Graph([*triples, *(t for t in _parse(declared_in) if _is_declaration(t))])
    kinds = read_ontology(known)
    links = kinds.object_properties | kinds.data_properties
    assertions = [t for t in Graph(triples) if t.predicate in links or _is_type(t, known, kinds.classes)]
    rest = Graph([t for t in known if t not in set(assertions)])
    ontology = read_ontology(rest)
    refused = [issue.message for issue in check_profile(ontology)]
    axioms: list[Axiom] = list(ontology.axioms) if not declared_in else _own(ontology, triples)
    individuals: set[Iri] = set()
    for triple in assertions:
        individuals.add(individual(triple.subject))
        try:
            axioms += _asserted(triple, known, kinds)
        except _RefusedError as problem:
            refused.append(str(problem))
    return Document(tuple(axioms), frozenset(individuals), kinds.data_properties, tuple(dict.fromkeys(refused)))


class _RefusedError(Exception):
    pass


def individual(node: Term) -> Iri:
    """The class that stands for an individual."""
    return Iri(f"urn:individual:{node}")


def _parse(sources: tuple[str, ...]) -> list[Triple]:
    return [t for source in sources for t in parse(source.encode(), Syntax.RDF_XML)]


def _is_declaration(triple: Triple) -> bool:
    return triple.predicate == v.RDF_TYPE and triple.object in (
        v.OWL_CLASS,
        v.OWL_OBJECT_PROPERTY,
        v.OWL_DATATYPE_PROPERTY,
        v.OWL_ANNOTATION_PROPERTY,
    )


def _own(ontology: Ontology, triples: list[Triple]) -> list[Axiom]:
    """The axioms of a conclusion: declarations of its premise add none."""
    return list(read_ontology(Graph([*triples, *(t for t in ontology.graph if _is_declaration(t))])).axioms)


def _is_type(triple: Triple, graph: Graph, classes: frozenset[Iri]) -> bool:
    """Whether a triple says of an individual what it is."""
    cls = triple.object
    if triple.predicate != v.RDF_TYPE:
        return False
    if isinstance(cls, BNode):
        return True
    if cls in (v.OWL_THING, v.OWL_NOTHING, v.OWL_NAMED_INDIVIDUAL):
        return True
    return isinstance(cls, Iri) and (cls in classes or not cls.startswith(_BUILT_IN))


def _asserted(triple: Triple, graph: Graph, kinds: Ontology) -> list[Axiom]:
    subject = Named(individual(triple.subject))
    if triple.predicate == v.RDF_TYPE:
        if triple.object == v.OWL_NAMED_INDIVIDUAL:
            return []
        return [SubClassOf(subject, _class(triple.object, graph))]
    if triple.predicate in kinds.data_properties:
        value = triple.object
        if not isinstance(value, Literal) or value.datatype not in (v.XSD_DECIMAL, v.XSD_INTEGER):
            raise _RefusedError(f"a value of another datatype than xsd:decimal is stated with {triple.predicate}")
        number = Decimal(value.value)
        return [SubClassOf(subject, Facet(triple.predicate, Interval(number, number)))]
    end = Named(individual(triple.object))
    ranges = [SubClassOf(end, r) for r in _ranges(triple.predicate, kinds)]
    return [SubClassOf(subject, Some(triple.predicate, end)), *ranges]


def _class(node: Term, graph: Graph) -> Expression:
    """The expression that a node stands for, read as any other."""
    probe = Iri("urn:probe")
    found = read_ontology(Graph([*graph, Triple(probe, v.RDFS_SUBCLASS_OF, node)]))
    stated = [a.sup for a in found.axioms if isinstance(a, SubClassOf) and a.sub == Named(probe)]
    if not stated:
        refused = [issue.message for issue in found.issues if issue.path == probe]
        raise _RefusedError(refused[0])
    return stated[0]


def _ranges(prop: Iri, kinds: Ontology) -> list[Expression]:
    above, stack = {prop}, [prop]
    while stack:
        current = stack.pop()
        wider = {a.sup for a in kinds.axioms if isinstance(a, SubPropertyOf) and a.chain == (current,)} - above
        above |= wider
        stack += wider
    return [a.range for a in kinds.axioms if isinstance(a, PropertyRange) and a.property in above]
