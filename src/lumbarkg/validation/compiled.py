"""The shapes of cases compiled to plain checks, for drafts of our own making: far faster than a SHACL engine.

Only what ``shapes/`` uses is compiled: ``sh:targetClass`` and ``sh:targetObjectsOf``, and on a property of one step
``sh:maxCount``, ``sh:minCount``, ``sh:datatype``, ``sh:minInclusive``, ``sh:maxInclusive`` and ``sh:class``. A shape
that uses anything else is not compiled, and pySHACL judges then. The verdict is the same, result by result; a property
test holds it. A draft states no ``rdfs:subClassOf``, so that a class means what is typed so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import rdflib
from rdflib.namespace import RDF, SH

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Literal, Term, Triple

_NUMERIC = frozenset(Iri(f"{v.XSD}{name}") for name in ("decimal", "integer", "double", "float"))
_SAID_OF_NODE = {RDF.type, SH.targetClass, SH.targetObjectsOf, SH.property}
_SAID_OF_PROPERTY = {RDF.type, SH.path, SH.message, SH.description, SH.severity, SH.name}


@dataclass(frozen=True)
class Verdict:
    """One result: which node broke which constraint of which shape."""

    focus: str
    path: Iri
    component: str
    shape: Any
    """The node of the property shape."""


Types = dict[Term, set[Iri]]
Check = Callable[[list[Term], Types], int]
"""Values of a property → how many results there are."""


@dataclass(frozen=True)
class _Constraint:
    shape: Any
    path: Iri
    component: str
    check: Check


class CompiledShapes:
    """All shapes of a graph as plain checks."""

    def __init__(self, by_class: dict[Iri, list[_Constraint]], by_property: dict[Iri, list[_Constraint]]) -> None:
        self._by_class, self._by_property = by_class, by_property

    def check(self, triples: Iterable[Triple]) -> list[Verdict]:
        """What the shapes say of a draft."""
        types: Types = defaultdict(set)
        values: dict[Term, dict[Iri, list[Term]]] = defaultdict(dict)
        focused: dict[tuple[Term, int], tuple[Term, list[_Constraint]]] = {}
        for subject, predicate, target in dict.fromkeys(triples):
            if predicate == v.RDF_TYPE and isinstance(target, Iri):
                types[subject].add(target)
                found = self._by_class.get(target)
                if found:
                    focused[subject, id(found)] = (subject, found)
                continue
            values[subject].setdefault(predicate, []).append(target)
            found = self._by_property.get(predicate)
            if found:
                focused[target, id(found)] = (target, found)
        return [
            Verdict(str(node), constraint.path, constraint.component, constraint.shape)
            for node, constraints in focused.values()
            for constraint in constraints
            if (stated := values[node].get(constraint.path) if node in values else None)
            or constraint.component == "MinCount"
            for _ in range(constraint.check(stated or [], types))
        ]


def compile_shapes(shapes: rdflib.Graph) -> CompiledShapes | None:
    """The compiled form of the shapes; None where one of them uses what is not compiled."""
    by_class: dict[Iri, list[_Constraint]] = defaultdict(list)
    by_property: dict[Iri, list[_Constraint]] = defaultdict(list)
    for node in set(shapes.subjects(RDF.type, SH.NodeShape)):
        if set(shapes.predicates(node)) - _SAID_OF_NODE:
            return None
        constraints: list[_Constraint] = []
        for shape in shapes.objects(node, SH.property):
            found = _constraints(shapes, shape)
            if found is None:
                return None
            constraints += found
        for cls in shapes.objects(node, SH.targetClass):
            by_class[Iri(str(cls))] += constraints
        for prop in shapes.objects(node, SH.targetObjectsOf):
            by_property[Iri(str(prop))] += constraints
    known = {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.objects(None, SH.property)}
    if set(shapes.subjects()) - known:
        return None
    return CompiledShapes(dict(by_class), dict(by_property))


def _constraints(shapes: rdflib.Graph, shape: rdflib.term.Node) -> list[_Constraint] | None:
    path = shapes.value(shape, SH.path)
    if not isinstance(path, rdflib.URIRef):
        return None
    found = []
    for predicate, value in shapes.predicate_objects(shape):
        if predicate in _SAID_OF_PROPERTY:
            continue
        made = _check(predicate, value)
        if made is None:
            return None
        found.append(_Constraint(shape, Iri(str(path)), *made))
    return found


def _check(predicate: rdflib.term.Node, value: rdflib.term.Node) -> tuple[str, Check] | None:
    name = Iri(str(value))
    if predicate == SH["class"]:
        return "Class", lambda values, types: sum(name not in types.get(each, ()) for each in values)
    if predicate == SH.datatype:
        return "Datatype", lambda values, _: sum(not _is_of(each, name) for each in values)
    if not isinstance(value, rdflib.Literal):
        return None
    number = Decimal(str(value))
    if predicate == SH.maxCount:
        return "MaxCount", lambda values, _: int(len(values) > number)
    if predicate == SH.minCount:
        return "MinCount", lambda values, _: int(len(values) < number)
    if predicate == SH.minInclusive:
        return "MinInclusive", lambda values, _: sum((n := _number(e)) is None or n < number for e in values)
    if predicate == SH.maxInclusive:
        return "MaxInclusive", lambda values, _: sum((n := _number(e)) is None or n > number for e in values)
    return None


def _is_of(term: Term, datatype: Iri) -> bool:
    if not isinstance(term, Literal) or term.datatype != datatype:
        return False
    return datatype != v.XSD_DECIMAL or _number(term) is not None


def _number(term: Term) -> Decimal | None:
    """The value of a number; None where the term is none."""
    if not isinstance(term, Literal) or term.datatype not in _NUMERIC:
        return None
    try:
        return Decimal(term.value)
    except InvalidOperation:
        return None
