"""Where the things of an ontology are used: axioms that name them, edges, and statements that point at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import (
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Facet,
    Named,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
    subexpressions,
)
from lumbarkg.ontology.read import Ontology, read_ontology
from lumbarkg.rdf.terms import BNode, Graph, Term, Triple

# Statements of the logic, which a page shows as axioms, and what makes a name, not a use.
STRUCTURE = frozenset(
    {
        v.RDF_TYPE,
        v.RDFS_SUBCLASS_OF,
        v.RDFS_SUBPROPERTY_OF,
        v.RDFS_DOMAIN,
        v.RDFS_RANGE,
        v.OWL_EQUIVALENT_CLASS,
        v.OWL_DISJOINT_WITH,
        v.OWL_PROPERTY_CHAIN_AXIOM,
        v.RDF_FIRST,
        v.RDF_REST,
    }
)
_ANNOTATION_FRAME = frozenset(
    {v.RDF_TYPE, v.OWL_ANNOTATED_SOURCE, v.OWL_ANNOTATED_PROPERTY, v.OWL_ANNOTATED_TARGET, v.CLAIM}
)
Edges = Mapping[Iri, frozenset[Iri]]


def subject_of(axiom: Axiom) -> Iri | None:
    """The named thing that an axiom is about; None for one about several or about an unnamed class."""
    if isinstance(axiom, SubClassOf):
        return axiom.sub.iri if isinstance(axiom.sub, Named) else None
    if isinstance(axiom, EquivalentClasses):
        return axiom.named.iri
    if isinstance(axiom, SubPropertyOf):
        return axiom.sup if len(axiom.chain) > 1 else axiom.chain[0]
    return axiom.property if isinstance(axiom, PropertyDomain | PropertyRange) else None


def names_in(axiom: Axiom) -> frozenset[Iri]:
    """Every class and property that an axiom names."""
    if isinstance(axiom, SubPropertyOf):
        return frozenset((*axiom.chain, axiom.sup))
    names: set[Iri] = set()
    for expression in _expressions(axiom):
        for part in subexpressions(expression):
            if isinstance(part, Named):
                names.add(part.iri)
            elif isinstance(part, Some | Facet):
                names.add(part.property)
    if isinstance(axiom, PropertyDomain | PropertyRange):
        names.add(axiom.property)
    return frozenset(names)


def _expressions(axiom: Axiom) -> tuple[Expression, ...]:
    if isinstance(axiom, SubClassOf):
        return (axiom.sub, axiom.sup)
    if isinstance(axiom, EquivalentClasses):
        return (axiom.named, axiom.definition)
    if isinstance(axiom, DisjointClasses):
        return axiom.members
    if isinstance(axiom, PropertyDomain):
        return (axiom.domain,)
    return (axiom.range,) if isinstance(axiom, PropertyRange) else ()


class Usage:
    """The indexes over one ontology, its entailed edges and the graph of everything that has a page."""

    def __init__(self, ontology: Ontology, graph: Graph, relations: Iterable[Triple]) -> None:
        naming: dict[Iri, list[Axiom]] = defaultdict(list)
        claimed: dict[str, list[Axiom]] = defaultdict(list)
        for axiom in ontology.axioms:
            for name in names_in(axiom):
                naming[name].append(axiom)
            for claim in axiom.claims:
                claimed[claim].append(axiom)
        self._naming, self._claimed = dict(naming), dict(claimed)
        self._outgoing: dict[Iri, dict[Iri, set[Iri]]] = {}
        self._incoming: dict[Iri, dict[Iri, set[Iri]]] = {}
        self._edges: dict[Iri, int] = defaultdict(int)
        for subject, prop, target in relations:
            if isinstance(subject, Iri) and isinstance(target, Iri):
                self._outgoing.setdefault(subject, {}).setdefault(prop, set()).add(target)
                self._incoming.setdefault(target, {}).setdefault(prop, set()).add(subject)
                self._edges[prop] += 1
        self._mentions: dict[Term, list[tuple[Iri, Iri]]] = defaultdict(list)
        for subject, prop, value in graph:
            if isinstance(subject, Iri) and not isinstance(value, BNode) and prop not in STRUCTURE:
                self._mentions[value].append((prop, subject))
        self._notes = _notes(graph)

    def naming(self, iri: Iri) -> list[Axiom]:
        """The axioms that name a class or property, in the order of the ontology."""
        return self._naming.get(iri, [])

    def claimed(self, claim: str) -> list[Axiom]:
        """The axioms annotated with a claim."""
        return self._claimed.get(claim, [])

    def outgoing(self, iri: Iri) -> dict[Iri, frozenset[Iri]]:
        """Property → all B with an entailed edge from the class to B."""
        return {p: frozenset(targets) for p, targets in self._outgoing.get(iri, {}).items()}

    def incoming(self, iri: Iri) -> dict[Iri, frozenset[Iri]]:
        """Property → all A with an entailed edge from A to the class."""
        return {p: frozenset(subjects) for p, subjects in self._incoming.get(iri, {}).items()}

    def edges(self, prop: Iri) -> int:
        """How many entailed edges a property has."""
        return self._edges.get(prop, 0)

    def mentions(self, value: Term) -> list[tuple[Iri, Iri]]:
        """(property, subject) of every statement outside the logic that has the value."""
        return self._mentions.get(value, [])

    def notes(self, axiom: Axiom) -> list[tuple[Iri, Term]]:
        """What is annotated on an axiom besides its claims."""
        return self._notes.get(axiom, [])


def _notes(graph: Graph) -> dict[Axiom, list[tuple[Iri, Term]]]:
    found: dict[Axiom, list[tuple[Iri, Term]]] = {}
    for node in graph.instances(v.OWL_AXIOM):
        notes = [
            (p, value) for p, values in graph.predicates(node).items() if p not in _ANNOTATION_FRAME for value in values
        ]
        source, prop, target = (
            graph.value(node, p) for p in (v.OWL_ANNOTATED_SOURCE, v.OWL_ANNOTATED_PROPERTY, v.OWL_ANNOTATED_TARGET)
        )
        if notes and isinstance(source, Iri) and isinstance(prop, Iri) and target is not None:
            for axiom in read_ontology(Graph([Triple(source, prop, target), *_tree(graph, target)])).axioms:
                found.setdefault(axiom, []).extend(notes)
    return found


def _tree(graph: Graph, root: Term) -> list[Triple]:
    triples: list[Triple] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, BNode):
            below = [Triple(node, p, o) for p, objects in graph.predicates(node).items() for o in objects]
            triples += below
            waiting += [t.object for t in below]
    return triples
