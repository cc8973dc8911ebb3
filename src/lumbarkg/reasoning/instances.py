"""What a case could state so that something it has falls under a class expression: the plainest findings, in data."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Exposure, Finding
from lumbarkg.ontology.owl import (
    And,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Not,
    Or,
    PropertyRange,
    Some,
    conjuncts,
    disjuncts,
    subexpressions,
)
from lumbarkg.reasoning.horn import Node
from lumbarkg.reasoning.knowledge import Knowledge

_MOST_TERMS = 4
_DEPTH = 4
_ONE = Decimal(1)


class Instances:
    """Finds findings and exposures that fall under the expressions of one ontology's definitions."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        axioms = knowledge.ontology.axioms
        self.definitions = {a.named.iri: a.definition for a in axioms if isinstance(a, EquivalentClasses)}
        self._ranges = {a.property: a.range for a in axioms if isinstance(a, PropertyRange)}
        self.unions = {
            iri: definition
            for iri, definition in self.definitions.items()
            if any(isinstance(part, Or | Not) for part in subexpressions(definition))
        }
        self._values = lru_cache(maxsize=None)(self._values_of)  # as many as the definitions have fillers

    def satisfies(self, node: Node, expression: Expression) -> bool:
        """Whether a node is entailed to fall under an expression."""
        program, rules = self._knowledge.program, self._knowledge.rules
        if isinstance(expression, Named | Facet):
            concept = rules.concepts.get(expression)
            return concept is not None and bool(node.bits & program.bit(concept))
        if isinstance(expression, And):
            return all(self.satisfies(node, operand) for operand in expression.operands)
        if isinstance(expression, Or):
            return any(self.satisfies(node, operand) for operand in expression.operands)
        if isinstance(expression, Some):
            role = rules.roles.get(expression.property)
            targets = () if role is None else node.links.get(role, ())
            return any(self.satisfies(target, expression.filler) for target in targets)
        raise OntologyError("'not' must be replaced by a generated class before reasoning; run the build.")

    def findings(self, expression: Expression) -> tuple[Finding, ...]:
        """Present findings that fall under an expression without unions, the plainest first; each is verified."""
        names, links, facets = _split(expression)
        found: dict[Finding, None] = {}
        for term, besides in self._terms(names or [v.FINDING]):
            more_links, more_facets = [*links, *besides[0]], [*facets, *besides[1]]
            qualifiers = self._qualifiers(more_links)
            quantities = _numbers(more_facets)
            if qualifiers is None or quantities is None:
                continue
            finding = Finding(term, qualifiers=qualifiers, quantities=quantities)
            if self.satisfies(self._knowledge.finding_branch(finding).node, expression):
                found[finding] = None
        return tuple(found)

    def exposures(self, expression: Expression) -> tuple[Exposure, ...]:
        """Exposures that fall under an expression without unions; each is verified."""
        names, links, facets = _split(expression)
        qualifiers, quantities = self._qualifiers(links), _numbers(facets)
        if qualifiers is None or quantities is None:
            return ()
        exposure = Exposure(tuple(n for n in names if n != v.EXPOSURE), (), qualifiers, quantities)
        fits = self.satisfies(self._knowledge.exposure_branch(exposure).node, expression)
        return (exposure,) if fits else ()

    def classes(self, root: Iri, expression: Expression) -> tuple[Iri, ...]:
        """The most general classes under a root that a case may state and that fall under an expression, sorted."""
        fitting = [c for c in self._stateable(self._knowledge.subclasses(root)) if self._falls_under(c, expression)]
        return tuple(sorted(self._knowledge.most_general(fitting)))

    # ------------------------------------------------------------ terms

    def _terms(self, names: list[Iri]) -> Iterable[tuple[Iri, tuple[list[Some], list[Facet]]]]:
        """A class to state, with what must be stated besides so that the finding falls under all names."""
        knowledge = self._knowledge
        for name in names:
            besides = self._besides(name, names, 0)
            if besides is not None and name not in self.unions:
                yield name, besides
        if len(names) > 1 or names[0] in self.unions:
            common = frozenset.intersection(*(knowledge.subclasses(name) for name in names))
            for term in sorted(knowledge.most_general(self._stateable(common)))[:_MOST_TERMS]:
                yield term, ([], [])

    def _besides(self, main: Iri, names: list[Iri], depth: int) -> tuple[list[Some], list[Facet]] | None:
        """What a finding of class ``main`` must state to fall under the names too; None where nothing helps."""
        links: list[Some] = []
        facets: list[Facet] = []
        for other in names:
            if self._knowledge.is_subclass(main, other):
                continue
            if other not in self.definitions or depth > _DEPTH:
                return None
            inner_names, inner_links, inner_facets = _split(disjuncts(self.definitions[other], self.unions)[0])
            inner = self._besides(main, inner_names, depth + 1)
            if inner is None:
                return None
            links += [*inner_links, *inner[0]]
            facets += [*inner_facets, *inner[1]]
        return links, facets

    def _stateable(self, classes: Iterable[Iri]) -> list[Iri]:
        return [c for c in classes if c not in self.unions]

    def _falls_under(self, cls: Iri, expression: Expression) -> bool:
        node = self._knowledge.node(cls)
        return node is not None and self.satisfies(node, expression)

    # ------------------------------------------------------------ qualifiers

    def _qualifiers(self, links: list[Some]) -> tuple[tuple[Iri, Iri], ...] | None:
        """A value for each link, None where one has none."""
        found = []
        for link in dict.fromkeys(links):
            value = self._values(link.property, link.filler)
            if value is None:
                return None
            found.append((link.property, value))
        return tuple(found)

    def _values_of(self, prop: Iri, filler: Expression) -> Iri | None:
        """The plainest class that falls under a filler: itself where it is named."""
        if isinstance(filler, Named):
            return filler.iri
        values = self._ranges.get(prop)
        fitting = self.classes(values.iri, filler) if isinstance(values, Named) else ()
        return fitting[0] if fitting else None


def _split(expression: Expression) -> tuple[list[Iri], list[Some], list[Facet]]:
    """The names, links and facets of an expression without unions."""
    parts = conjuncts(expression)
    names = [p.iri for p in parts if isinstance(p, Named)]
    return names, [p for p in parts if isinstance(p, Some)], [p for p in parts if isinstance(p, Facet)]


def _numbers(facets: list[Facet]) -> tuple[tuple[Iri, Decimal], ...] | None:
    """A number in all the intervals of each property, None where there is none."""
    by_property: dict[Iri, list[Interval]] = {}
    for facet in facets:
        by_property.setdefault(facet.property, []).append(facet.interval)
    found = []
    for prop, intervals in by_property.items():
        number = number_in(intervals)
        if number is None:
            return None
        found.append((prop, number))
    return tuple(found)


def number_in(intervals: list[Interval]) -> Decimal | None:
    """A plain number that lies in all intervals: an end of one, one beside an end, or the middle between two."""
    ends = sorted({e for i in intervals for e in (i.low, i.high) if e is not None})
    middles = [(a + b) / 2 for a, b in pairwise(ends)]
    tried = [*ends, *middles, *(e + _ONE for e in ends), *(e - _ONE for e in ends), _ONE]
    return next((n for n in tried if n >= 0 and all(n in i for i in intervals)), None)
