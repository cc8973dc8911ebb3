"""Triples → axioms. What the supported profile has no place for becomes an issue, never silence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.owl import (
    And,
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Not,
    Or,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
)
from lumbarkg.ontology.remedies import REMEDIES, remedy_for
from lumbarkg.rdf.terms import BNode, Graph, Literal, Term

_FACET_ENDS = {
    v.XSD_MIN_INCLUSIVE: ("low", False),
    v.XSD_MIN_EXCLUSIVE: ("low", True),
    v.XSD_MAX_INCLUSIVE: ("high", False),
    v.XSD_MAX_EXCLUSIVE: ("high", True),
}
_NUMERIC = {v.XSD_DECIMAL, v.XSD_INTEGER}
_DATATYPES = {v.XSD_DECIMAL, v.XSD_INTEGER, v.XSD_STRING}
_EXPRESSIONS = {
    *(v.OWL_INTERSECTION_OF, v.OWL_UNION_OF, v.OWL_COMPLEMENT_OF, v.OWL_SOME_VALUES_FROM),
    *(Iri(v.OWL + name) for name in ("allValuesFrom", "hasValue", "hasSelf", "oneOf")),
    *(Iri(v.OWL + name) for name in ("cardinality", "minCardinality", "maxCardinality", "qualifiedCardinality")),
    *(Iri(v.OWL + name) for name in ("minQualifiedCardinality", "maxQualifiedCardinality")),
}
"""What says which class an unnamed class is: each has one of these, with one value."""

_PARTS = _EXPRESSIONS | {
    Iri(v.OWL + name)
    for name in (
        *("onProperty", "onProperties", "onClass", "onDataRange", "onDatatype", "withRestrictions"),
        *("datatypeComplementOf", "inverseOf", "members", "distinctMembers"),
        *("sourceIndividual", "assertionProperty", "targetIndividual", "targetValue"),
        *("annotatedSource", "annotatedProperty", "annotatedTarget"),
    )
}
"""Said of unnamed nodes only as parts of what refers to them, where they are read or refused."""

_SWRL = "http://www.w3.org/2003/11/swrl#"
_CONSTRUCTORS = {v.OWL_INTERSECTION_OF, v.OWL_UNION_OF, v.OWL_COMPLEMENT_OF}
"""Said of an unnamed class alone: a named class says owl:equivalentClass."""
_UNDERSTOOD = {
    v.OWL_IMPORTS,
    v.OWL_VERSION_IRI,
    v.OWL_VERSION_INFO,
    *(Iri(v.OWL + name) for name in ("priorVersion", "backwardCompatibleWith", "incompatibleWith")),
    v.OWL_DEPRECATED,
    v.OWL_MEMBERS,
    v.OWL_ANNOTATED_SOURCE,
    v.OWL_ANNOTATED_PROPERTY,
    v.OWL_ANNOTATED_TARGET,
    v.OWL_ON_PROPERTY,
    v.OWL_SOME_VALUES_FROM,
    v.OWL_ON_DATATYPE,
    v.OWL_WITH_RESTRICTIONS,
}
_UNDERSTOOD_TYPES = {
    v.OWL_ONTOLOGY,
    v.OWL_CLASS,
    v.OWL_OBJECT_PROPERTY,
    v.OWL_DATATYPE_PROPERTY,
    v.OWL_ANNOTATION_PROPERTY,
    v.OWL_NAMED_INDIVIDUAL,
    v.OWL_AXIOM,
    Iri(v.OWL + "Annotation"),
    v.OWL_RESTRICTION,
}


@dataclass(frozen=True)
class Ontology:
    """The axioms of a merged ontology, its triples and the kinds of its named terms."""

    axioms: tuple[Axiom, ...]
    graph: Graph
    classes: frozenset[Iri]
    object_properties: frozenset[Iri]
    data_properties: frozenset[Iri]
    issues: tuple[Issue, ...]


class _UnreadableError(Exception):
    def __init__(self, construct: str, place: Term) -> None:
        super().__init__(construct)
        self.construct, self.place = construct, place


def read_ontology(graph: Graph) -> Ontology:
    """All logical axioms of ``graph``, in its order; issues name what lies outside the profile."""
    reader = _Reader(graph)
    reader.read()
    return Ontology(
        axioms=tuple(dict.fromkeys(reader.axioms)),
        graph=graph,
        classes=frozenset(s for s in graph.instances(v.OWL_CLASS) if isinstance(s, Iri)),
        object_properties=frozenset(s for s in graph.instances(v.OWL_OBJECT_PROPERTY) if isinstance(s, Iri)),
        data_properties=frozenset(s for s in graph.instances(v.OWL_DATATYPE_PROPERTY) if isinstance(s, Iri)),
        issues=tuple(reader.issues),
    )


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.axioms: list[Axiom] = []
        self.issues: list[Issue] = []
        self.claims = self._axiom_annotations()

    def _axiom_annotations(self) -> dict[tuple[Term, Term, Term], tuple[str, ...]]:
        claims: dict[tuple[Term, Term, Term], tuple[str, ...]] = defaultdict(tuple)
        for axiom in self.graph.instances(v.OWL_AXIOM):
            source = self.graph.value(axiom, v.OWL_ANNOTATED_SOURCE)
            prop = self.graph.value(axiom, v.OWL_ANNOTATED_PROPERTY)
            target = self.graph.value(axiom, v.OWL_ANNOTATED_TARGET)
            if source is None or prop is None or target is None:
                self.issues.append(
                    error(
                        "annotation",
                        str(axiom),
                        "An annotated axiom lacks source, property or target.",
                        "Complete it.",
                    )
                )
                continue
            found = tuple(c.value for c in self.graph.objects(axiom, v.CLAIM) if isinstance(c, Literal))
            claims[source, prop, target] += found
        return claims

    def read(self) -> None:
        for triple in self.graph:
            subject, predicate, target = triple
            try:
                axiom = self._axiom(subject, predicate, target)
            except _UnreadableError as problem:
                self._refuse(problem.construct, problem.place, subject)
                continue
            if axiom is not None:
                claims = self.claims.get((subject, predicate, target), ()) + self._class_claims(subject, target)
                self.axioms.append(replace(axiom, claims=claims) if claims else axiom)

    def _class_claims(self, subject: Term, target: Term) -> tuple[str, ...]:
        """The claims stated on a class as a whole: they stand for its definition and what it implies beyond names."""
        if not isinstance(subject, Iri) or not isinstance(target, BNode):
            return ()
        return tuple(c.value for c in self.graph.objects(subject, v.CLAIM) if isinstance(c, Literal))

    def _axiom(self, subject: Iri | BNode, predicate: Iri, target: Term) -> Axiom | None:
        if predicate == v.RDFS_SUBCLASS_OF:
            return SubClassOf(self.expression(subject), self.expression(target))
        if predicate == v.OWL_EQUIVALENT_CLASS:
            if isinstance(subject, BNode) and isinstance(target, Iri):
                return EquivalentClasses(Named(target), self.expression(subject))
            if isinstance(subject, BNode):
                raise _UnreadableError("equivalentClass of two unnamed classes", subject)
            return EquivalentClasses(Named(subject), self.expression(target))
        if predicate == v.OWL_DISJOINT_WITH:
            return DisjointClasses((self.expression(subject), self.expression(target)))
        if predicate == v.RDFS_SUBPROPERTY_OF and not self._is_annotation(subject):
            return SubPropertyOf((self._property(subject),), self._property(target))
        if predicate == v.OWL_PROPERTY_CHAIN_AXIOM:
            chain = tuple(self._property(p) for p in self.graph.items(target))
            if len(chain) < 2:
                raise _UnreadableError("a chain of fewer than two properties", subject)
            return SubPropertyOf(chain, self._property(subject))
        if predicate == v.RDFS_DOMAIN and not self._is_annotation(subject):
            return PropertyDomain(self._property(subject), self.expression(target))
        if predicate == v.RDFS_RANGE and not self._is_annotation(subject):
            if self._has_type(subject, v.OWL_DATATYPE_PROPERTY):
                if target not in _DATATYPES:
                    raise _UnreadableError(f"datatype {target}", subject)
                return None  # values are written as decimals at every intake; the range infers nothing
            return PropertyRange(self._property(subject), self.expression(target))
        if predicate == v.RDF_TYPE:
            return self._typed(subject, target)
        if predicate.namespace == v.OWL and not self._is_understood(subject, predicate):
            raise _UnreadableError(predicate.local_name, subject)
        return None

    def _is_understood(self, subject: Term, predicate: Iri) -> bool:
        """Whether a statement in OWL's own vocabulary is read here, or with the expression that it is part of."""
        if predicate in _CONSTRUCTORS:
            return isinstance(subject, BNode)
        return predicate in _UNDERSTOOD or (isinstance(subject, BNode) and predicate in _PARTS)

    def _typed(self, subject: Iri | BNode, cls: Term) -> Axiom | None:
        if cls == v.OWL_TRANSITIVE_PROPERTY:
            prop = self._property(subject)
            return SubPropertyOf((prop, prop), prop)
        if cls == v.OWL_ALL_DISJOINT_CLASSES:
            members = self.graph.value(subject, v.OWL_MEMBERS)
            if members is None:
                raise _UnreadableError("AllDisjointClasses without members", subject)
            return DisjointClasses(tuple(self.expression(m) for m in self.graph.items(members)))
        if isinstance(cls, Iri) and cls.namespace == v.OWL and cls not in _UNDERSTOOD_TYPES:
            raise _UnreadableError(cls.local_name, subject)
        if isinstance(cls, Iri) and cls.namespace == _SWRL:
            raise _UnreadableError("a rule (SWRL)", subject)
        if cls == v.RDFS_DATATYPE and isinstance(subject, Iri) and subject.namespace != v.XSD:
            raise _UnreadableError("a datatype definition", subject)
        return None

    def expression(self, node: Term) -> Expression:
        if isinstance(node, Iri):
            return Named(node)
        if isinstance(node, Literal):
            raise _UnreadableError("a literal where a class is needed", node)
        stated = [values for p, values in self.graph.predicates(node).items() if p in _EXPRESSIONS]
        if sum(map(len, stated)) > 1:
            raise _UnreadableError("several constructors in one class expression", node)
        operands = self.graph.value(node, v.OWL_INTERSECTION_OF)
        if operands is not None:
            return And(self._operands(operands))
        operands = self.graph.value(node, v.OWL_UNION_OF)
        if operands is not None:
            return Or(self._operands(operands))
        operand = self.graph.value(node, v.OWL_COMPLEMENT_OF)
        if operand is not None:
            return Not(self.expression(operand))
        prop, filler = (
            self.graph.value(node, v.OWL_ON_PROPERTY),
            self.graph.value(node, v.OWL_SOME_VALUES_FROM),
        )
        if isinstance(prop, Iri) and filler is not None:
            prop = self._property(prop)
            if filler == v.XSD_DECIMAL:
                return Facet(prop, Interval())
            if isinstance(filler, Iri) and (filler.namespace == v.XSD or filler == v.RDFS_LITERAL):
                raise _UnreadableError("a datatype as filler", node)
            if self.graph.value(filler, v.OWL_ON_DATATYPE) is not None:
                return Facet(prop, self._interval(filler))
            return Some(prop, self.expression(filler))
        named = [p.local_name for p in self.graph.predicates(node) if p.namespace == v.OWL]
        raise _UnreadableError(next((n for n in named if n in REMEDIES), "class expression"), node)

    def _operands(self, head: Term) -> tuple[Expression, ...]:
        operands = tuple(self.expression(o) for o in self.graph.items(head))
        if not operands:
            raise _UnreadableError("an intersection or union of nothing", head)
        return operands

    def _interval(self, node: Term) -> Interval:
        restrictions = self.graph.value(node, v.OWL_WITH_RESTRICTIONS)
        if self.graph.value(node, v.OWL_ON_DATATYPE) != v.XSD_DECIMAL or restrictions is None:
            raise _UnreadableError("a facet on another datatype than xsd:decimal", node)
        ends: dict[str, Decimal] = {}
        opened: dict[str, bool] = {}
        for restriction in self.graph.items(restrictions):
            if not isinstance(restriction, BNode):
                raise _UnreadableError("facet", node)
            for facet, values in self.graph.predicates(restriction).items():
                value = values[0]
                if facet not in _FACET_ENDS or not isinstance(value, Literal) or value.datatype not in _NUMERIC:
                    raise _UnreadableError(f"facet {facet.local_name}", node)
                end, is_open = _FACET_ENDS[facet]
                if end in ends or len(values) > 1:
                    raise _UnreadableError("two ends on one side of a facet", node)
                ends[end], opened[end] = value.number, is_open
        return Interval(ends.get("low"), ends.get("high"), opened.get("low", False), opened.get("high", False))

    def _is_annotation(self, subject: Term) -> bool:
        return self._has_type(subject, v.OWL_ANNOTATION_PROPERTY)

    @staticmethod
    def _property(node: Term) -> Iri:
        """A property by its name; the only unnamed ones that OWL has are inverses."""
        if not isinstance(node, Iri):
            raise _UnreadableError("inverseOf", node)
        if node.namespace == v.OWL:
            raise _UnreadableError(node.local_name, node)
        return node

    def _has_type(self, subject: Term, cls: Iri) -> bool:
        return cls in self.graph.objects(subject, v.RDF_TYPE)

    def _refuse(self, construct: str, place: Term, subject: Term) -> None:
        remedy = remedy_for(construct)
        where = subject if isinstance(subject, Iri) else place
        self.issues.append(
            error(
                "profile",
                str(where),
                f"'{construct}' is outside the supported profile.",
                f"Instead, {remedy}.",
            )
        )
