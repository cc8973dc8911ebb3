"""Shapes compiled to plain checks: the part of SHACL Core that ``shapes/`` uses, some hundred times as fast as pySHACL.

What is not of that part is not compiled, and pySHACL then does it all; a property test holds both to equal verdicts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Literal, Subject, Term, Triple
from lumbarkg.vocabulary import RDF_TYPE


class Violation(NamedTuple):
    """One result, as SHACL has it: ``path`` is None where the shape is about the node itself."""

    focus: Term
    path: Iri | None
    component: str
    shape: rdflib.term.Node


Values = dict[Iri, list[Term]]
_Check = Callable[["_Values", "_Facts"], Iterator[tuple[str, Iri | None]]]


class UnsupportedShapeError(Exception):
    """The shapes say something that is not compiled."""


class _Facts:
    """The statements about a draft, by subject."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.of: dict[Term, Values] = defaultdict(lambda: defaultdict(list))
        self.instances: dict[Term, list[Subject]] = defaultdict(list)
        self.subjects_of: dict[Iri, list[Subject]] = defaultdict(list)
        self.objects_of: dict[Iri, list[Term]] = defaultdict(list)
        for subject, predicate, value in dict.fromkeys(triples):
            self.of[subject][predicate].append(value)
            self.subjects_of[predicate].append(subject)
            self.objects_of[predicate].append(value)
            if predicate == RDF_TYPE:
                self.instances[value].append(subject)

    def values(self, subject: Term, predicate: Iri) -> list[Term]:
        about = self.of.get(subject)
        return about.get(predicate, []) if about is not None else []


@dataclass(frozen=True)
class _Shape:
    """A shape: the property that it is about (None: the node itself), its checks, and the shapes beneath it."""

    node: rdflib.term.Node
    path: Iri | None
    checks: tuple[_Check, ...]
    properties: tuple[_Shape, ...]


class CompiledShapes:
    """The shapes of a graph. Raises UnsupportedShapeError where they say more than is compiled here."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        self._graph = shapes
        self._targets: list[tuple[Callable[[_Facts], Iterable[Term]], _Shape]] = []
        for node in sorted(set(shapes.subjects(RDF.type, SH.NodeShape)), key=str):
            shape = self._shape(node)
            self._targets += [(target, shape) for target in self._targets_of(node)]
        if not self._targets:
            raise UnsupportedShapeError("no shape has a target")

    def check(self, triples: Iterable[Triple]) -> list[Violation]:
        """Every violation; one that two targets lead to is given once."""
        facts = _Facts(triples)
        found: dict[Violation, None] = {}
        done: set[tuple[int, Term]] = set()
        for target, shape in self._targets:
            for focus in target(facts):
                if (id(shape), focus) not in done:
                    done.add((id(shape), focus))
                    found.update(dict.fromkeys(_apply(shape, focus, facts)))
        return list(found)

    def _targets_of(self, node: rdflib.term.Node) -> Iterator[Callable[[_Facts], Iterable[Term]]]:
        for cls in self._graph.objects(node, SH.targetClass):
            yield _instances(Iri(str(cls)))
        for prop in self._graph.objects(node, SH.targetObjectsOf):
            yield _objects(Iri(str(prop)))
        for prop in self._graph.objects(node, SH.targetSubjectsOf):
            yield _subjects(Iri(str(prop)))

    def _shape(self, node: rdflib.term.Node) -> _Shape:
        known = {*_NEUTRAL, *_CONSTRAINTS, SH.property, SH.closed, SH.ignoredProperties}
        unknown = sorted(str(p) for p in set(self._graph.predicates(node)) - known)
        if unknown:
            raise UnsupportedShapeError(f"{node}: {', '.join(unknown)}")
        path = self._graph.value(node, SH.path)
        if isinstance(path, rdflib.BNode):
            raise UnsupportedShapeError(f"{node}: a path of more than one step")
        properties = tuple(self._shape(p) for p in sorted(self._graph.objects(node, SH.property), key=str))
        checks = [
            make(value) for constraint, make in _CONSTRAINTS.items() for value in self._graph.objects(node, constraint)
        ]
        if self._graph.value(node, SH.closed) in (
            rdflib.Literal(True),
            rdflib.Literal("1", datatype=rdflib.XSD.boolean),
        ):
            listed = self._graph.value(node, SH.ignoredProperties)
            ignored = {Iri(str(p)) for p in Collection(self._graph, listed)} if listed is not None else set()
            checks.append(_closed(frozenset({*ignored, *(p.path for p in properties if p.path is not None)})))
        return _Shape(node, None if path is None else Iri(str(path)), tuple(checks), properties)


def _apply(shape: _Shape, focus: Term, facts: _Facts) -> Iterator[Violation]:
    if shape.path is None:
        values: list[Term] = [focus]
    else:
        values = facts.values(focus, shape.path)
    for check in shape.checks:
        for component, path in check(_Values(focus, values), facts):
            yield Violation(focus, path or shape.path, component, shape.node)
    for value in values:
        for beneath in shape.properties:
            yield from _apply(beneath, value, facts)


class _Values(NamedTuple):
    """The value nodes of a shape at a focus node."""

    focus: Term
    values: list[Term]


def _each(component: str, is_fine: Callable[[Term, _Facts], bool]) -> _Check:
    def check(given: _Values, facts: _Facts) -> Iterator[tuple[str, Iri | None]]:
        for value in given.values:
            if not is_fine(value, facts):
                yield component, None

    return check


def _closed(allowed: frozenset[Iri]) -> _Check:
    def check(given: _Values, facts: _Facts) -> Iterator[tuple[str, Iri | None]]:
        for value in given.values:
            for predicate in facts.of.get(value, {}):
                if predicate not in allowed:
                    yield "Closed", predicate

    return check


def _max_count(most: rdflib.term.Node) -> _Check:
    def check(given: _Values, _: _Facts) -> Iterator[tuple[str, Iri | None]]:
        if len(given.values) > int(str(most)):
            yield "MaxCount", None

    return check


def _min_count(least: rdflib.term.Node) -> _Check:
    def check(given: _Values, _: _Facts) -> Iterator[tuple[str, Iri | None]]:
        if len(given.values) < int(str(least)):
            yield "MinCount", None

    return check


def _datatype(wanted: rdflib.term.Node) -> _Check:
    name = str(wanted)
    return _each("Datatype", lambda value, _: isinstance(value, Literal) and value.datatype == name)


def _class(wanted: rdflib.term.Node) -> _Check:
    name = Iri(str(wanted))
    return _each("Class", lambda value, facts: name in facts.values(value, RDF_TYPE))


def _bound(component: str, holds: Callable[[Decimal, Decimal], bool]) -> Callable[[rdflib.term.Node], _Check]:
    def make(limit: rdflib.term.Node) -> _Check:
        end = Decimal(str(limit))
        return _each(component, lambda value, _: (n := _number(value)) is not None and holds(n, end))

    return make


def _node_kind(wanted: rdflib.term.Node) -> _Check:
    if wanted != SH.IRI:
        raise UnsupportedShapeError(f"sh:nodeKind {wanted}")
    return _each("NodeKind", lambda value, _: isinstance(value, Iri))


def _pattern(wanted: rdflib.term.Node) -> _Check:
    expression = re.compile(str(wanted))

    def is_fine(value: Term, _: _Facts) -> bool:
        if isinstance(value, BNode):
            return False
        return expression.search(value.value if isinstance(value, Literal) else value) is not None

    return _each("Pattern", is_fine)


def _number(value: Term) -> Decimal | None:
    if not isinstance(value, Literal):
        return None
    try:
        return value.number
    except InvalidOperation:
        return None


def _instances(cls: Iri) -> Callable[[_Facts], Iterable[Term]]:
    return lambda facts: facts.instances.get(cls, ())


def _objects(prop: Iri) -> Callable[[_Facts], Iterable[Term]]:
    return lambda facts: facts.objects_of.get(prop, ())


def _subjects(prop: Iri) -> Callable[[_Facts], Iterable[Term]]:
    return lambda facts: facts.subjects_of.get(prop, ())


_CONSTRAINTS: dict[rdflib.term.Node, Callable[[rdflib.term.Node], _Check]] = {
    SH.maxCount: _max_count,
    SH.minCount: _min_count,
    SH.datatype: _datatype,
    SH["class"]: _class,
    SH.minInclusive: _bound("MinInclusive", lambda number, end: number >= end),
    SH.maxInclusive: _bound("MaxInclusive", lambda number, end: number <= end),
    SH.nodeKind: _node_kind,
    SH.pattern: _pattern,
}
_NEUTRAL = {RDF.type, SH.path, SH.message, SH.description, SH.targetClass, SH.targetObjectsOf, SH.targetSubjectsOf}
