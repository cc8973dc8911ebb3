"""Shapes compiled to plain checks: the part of SHACL Core that ``shapes/`` uses, some hundred times as fast as pySHACL.

What is not of that part is not compiled, and pySHACL then does it all; a property test holds both to equal verdicts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Literal, Term, Triple
from lumbarkg.vocabulary import RDF_TYPE


class Violation(NamedTuple):
    """One result, as SHACL has it: ``path`` is None where the shape is about the node itself."""

    focus: Term
    path: Iri | None
    component: str
    shape: rdflib.term.Node


_Found = list[tuple[str, Iri | None]]
_Check = Callable[[list[Term], "_Facts"], _Found]
"""A constraint on value nodes: the component that each violation is of, and its path where that is not the shape's."""


class UnsupportedShapeError(Exception):
    """The shapes say something that is not compiled."""


class _Facts(dict[Term, dict[Iri, list[Term]]]):
    """The statements about a draft, by subject and predicate; each once."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        super().__init__()
        for subject, predicate, value in dict.fromkeys(triples):
            self.setdefault(subject, {}).setdefault(predicate, []).append(value)

    def types(self, subject: Term) -> list[Term]:
        about = self.get(subject)
        return about.get(RDF_TYPE, []) if about is not None else []


@dataclass(frozen=True)
class _Shape:
    """A shape: the property that it is about (None: the node itself), its checks, and the shapes beneath it.

    Of those beneath, ``required`` look at every node, ``by_path`` only at nodes with the property: most have few.
    """

    node: rdflib.term.Node
    path: Iri | None
    checks: tuple[_Check, ...]
    required: tuple[_Shape, ...]
    by_path: dict[Iri, list[_Shape]]
    asks_for_values: bool
    """Whether the shape can be violated by a node that lacks the property."""


class CompiledShapes:
    """The shapes of a graph. Raises UnsupportedShapeError where they say more than is compiled here."""

    def __init__(self, shapes: rdflib.Graph) -> None:
        self._graph = shapes
        self._of_instances: dict[Term, list[_Shape]] = defaultdict(list)
        self._of_subjects: dict[Iri, list[_Shape]] = defaultdict(list)
        self._of_objects: dict[Iri, list[_Shape]] = defaultdict(list)
        targets: dict[rdflib.term.Node, dict[Any, list[_Shape]]] = {
            SH.targetClass: self._of_instances,
            SH.targetSubjectsOf: self._of_subjects,
            SH.targetObjectsOf: self._of_objects,
        }
        for node in sorted(set(shapes.subjects(RDF.type, SH.NodeShape)), key=str):
            shape = self._shape(node)
            for target, table in targets.items():
                for named in shapes.objects(node, target):
                    table[Iri(str(named))].append(shape)
        if not any(targets.values()):
            raise UnsupportedShapeError("no shape has a target")

    def check(self, triples: Iterable[Triple]) -> list[Violation]:
        """Every violation; one that two targets lead to is given once."""
        facts = _Facts(triples)
        found: dict[Violation, None] = {}
        for shape, focus in self._targets(facts):
            for violation in _apply(shape, focus, facts):
                found[violation] = None
        return list(found)

    def _targets(self, facts: _Facts) -> Iterator[tuple[_Shape, Term]]:
        """Every node that a shape is about."""
        of_instances, of_subjects, of_objects = self._of_instances, self._of_subjects, self._of_objects
        for subject, about in facts.items():
            for cls in about.get(RDF_TYPE, ()):
                for shape in of_instances.get(cls, ()):
                    yield shape, subject
            for predicate, values in about.items():
                for shape in of_subjects.get(predicate, ()):
                    yield shape, subject
                for shape in of_objects.get(predicate, ()):
                    for value in values:
                        yield shape, value

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
        by_path: dict[Iri, list[_Shape]] = defaultdict(list)
        for beneath in properties:
            if beneath.path is not None and not beneath.asks_for_values:
                by_path[beneath.path].append(beneath)
        return _Shape(
            node,
            None if path is None else Iri(str(path)),
            tuple(checks),
            tuple(p for p in properties if p.path is None or p.asks_for_values),
            dict(by_path),
            asks_for_values=self._graph.value(node, SH.minCount) is not None,
        )


def _apply(shape: _Shape, focus: Term, facts: _Facts) -> list[Violation]:
    """The violations of a shape at a focus node."""
    if shape.path is None:
        values: list[Term] = [focus]
    else:
        values = facts.get(focus, _NOTHING).get(shape.path, [])
    found: list[Violation] = []
    for check in shape.checks:
        for component, path in check(values, facts):
            found.append(Violation(focus, path or shape.path, component, shape.node))
    if shape.required or shape.by_path:
        for value in values:
            for beneath in shape.required:
                found += _apply(beneath, value, facts)
            for path in facts.get(value, _NOTHING):
                for beneath in shape.by_path.get(path, ()):
                    found += _apply(beneath, value, facts)
    return found


def _each(component: str, is_fine: Callable[[Term, _Facts], bool]) -> _Check:
    def check(values: list[Term], facts: _Facts) -> _Found:
        return [(component, None) for value in values if not is_fine(value, facts)]

    return check


def _closed(allowed: frozenset[Iri]) -> _Check:
    def check(values: list[Term], facts: _Facts) -> _Found:
        return [("Closed", path) for value in values for path in facts.get(value, _NOTHING) if path not in allowed]

    return check


def _max_count(limit: rdflib.term.Node) -> _Check:
    most = int(str(limit))
    return lambda values, _: [("MaxCount", None)] if len(values) > most else []


def _min_count(limit: rdflib.term.Node) -> _Check:
    least = int(str(limit))
    return lambda values, _: [("MinCount", None)] if len(values) < least else []


def _datatype(wanted: rdflib.term.Node) -> _Check:
    name = str(wanted)
    return _each("Datatype", lambda value, _: isinstance(value, Literal) and value.datatype == name)


def _class(wanted: rdflib.term.Node) -> _Check:
    name = Iri(str(wanted))
    return _each("Class", lambda value, facts: name in facts.types(value))


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


_NOTHING: dict[Iri, list[Term]] = {}
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
