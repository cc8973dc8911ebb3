"""OWL class expressions and axioms of the supported profile, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from types import MappingProxyType

from lumbarkg.identifiers import Iri
from lumbarkg.vocabulary import OWL_NOTHING, OWL_THING


@dataclass(frozen=True)
class Named:
    """A class by its name."""

    iri: Iri


@dataclass(frozen=True)
class Some:
    """∃ property . filler, for an object property."""

    property: Iri
    filler: Expression


@dataclass(frozen=True)
class And:
    """Intersection."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """Union: only inside a definition."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """Complement: only as editors write "asked and denied"; the build replaces it."""

    operand: Expression


@dataclass(frozen=True)
class Interval:
    """A set of decimals between two ends; None is no end."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, number: Decimal) -> bool:
        if self.low is not None and (number < self.low or (self.low_open and number == self.low)):
            return False
        return not (self.high is not None and (number > self.high or (self.high_open and number == self.high)))

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in the interval."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def includes(self, other: Interval) -> bool:
        """Whether every number of ``other`` lies in this interval."""
        if other.is_empty:
            return True
        low_fits = self.low is None or (
            other.low is not None
            and (other.low > self.low or (other.low == self.low and (not self.low_open or other.low_open)))
        )
        high_fits = self.high is None or (
            other.high is not None
            and (other.high < self.high or (other.high == self.high and (not self.high_open or other.high_open)))
        )
        return low_fits and high_fits

    def __str__(self) -> str:
        low = "" if self.low is None else f"{'>' if self.low_open else '>='} {self.low}"
        high = "" if self.high is None else f"{'<' if self.high_open else '<='} {self.high}"
        return " and ".join(part for part in (low, high) if part) or "any number"


@dataclass(frozen=True)
class Facet:
    """∃ property . interval, for a data property with decimal values."""

    property: Iri
    interval: Interval


Expression = Named | Some | And | Or | Not | Facet

THING = Named(OWL_THING)
NOTHING = Named(OWL_NOTHING)


@dataclass(frozen=True)
class Axiom:
    """Base of all axioms; ``claims`` are ids annotated on it and do not count for equality."""

    claims: tuple[str, ...] = field(default=(), compare=False, kw_only=True)


@dataclass(frozen=True)
class SubClassOf(Axiom):
    """sub ⊑ sup."""

    sub: Expression
    sup: Expression


@dataclass(frozen=True)
class EquivalentClasses(Axiom):
    """named ≡ definition."""

    named: Named
    definition: Expression


@dataclass(frozen=True)
class DisjointClasses(Axiom):
    """No two of the members share an instance."""

    members: tuple[Expression, ...]


@dataclass(frozen=True)
class SubPropertyOf(Axiom):
    """chain ⊑ sup; a chain of one is a plain inclusion, transitivity is (p, p) ⊑ p."""

    chain: tuple[Iri, ...]
    sup: Iri


@dataclass(frozen=True)
class PropertyDomain(Axiom):
    """∃ property . ⊤ ⊑ domain, for object and data properties."""

    property: Iri
    domain: Expression


@dataclass(frozen=True)
class PropertyRange(Axiom):
    """Every value of the object property falls under ``range``."""

    property: Iri
    range: Expression


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The operands of nested intersections, flattened; the expression itself if it is none."""
    if isinstance(expression, And):
        return tuple(part for operand in expression.operands for part in conjuncts(operand))
    return (expression,)


def conjunction(parts: tuple[Expression, ...]) -> Expression:
    """The intersection of ``parts``, without wrapping a single one."""
    return parts[0] if len(parts) == 1 else And(parts)


_NO_DEFINITIONS: Mapping[Iri, Expression] = MappingProxyType({})


def disjuncts(
    expression: Expression, definitions: Mapping[Iri, Expression] = _NO_DEFINITIONS
) -> tuple[Expression, ...]:
    """The expression without unions: the alternatives of which it is the union (its disjunctive normal form).

    ``definitions`` are the acyclic definitions that hold unions; a class among them stands for its alternatives.
    """
    if isinstance(expression, Named) and expression.iri in definitions:
        return disjuncts(definitions[expression.iri], definitions)
    if isinstance(expression, Or):
        return tuple(d for operand in expression.operands for d in disjuncts(operand, definitions))
    if isinstance(expression, And):
        return tuple(And(choice) for choice in product(*(disjuncts(o, definitions) for o in expression.operands)))
    if isinstance(expression, Some):
        return tuple(Some(expression.property, d) for d in disjuncts(expression.filler, definitions))
    return (expression,)


def subexpressions(expression: Expression) -> tuple[Expression, ...]:
    """The expression and everything nested in it."""
    if isinstance(expression, And | Or):
        inner = tuple(e for operand in expression.operands for e in subexpressions(operand))
    elif isinstance(expression, Some):
        inner = subexpressions(expression.filler)
    elif isinstance(expression, Not):
        inner = subexpressions(expression.operand)
    else:
        inner = ()
    return (expression, *inner)


def expressions_of(axiom: Axiom) -> tuple[Expression, ...]:
    """The class expressions that an axiom relates."""
    if isinstance(axiom, SubClassOf):
        return (axiom.sub, axiom.sup)
    if isinstance(axiom, EquivalentClasses):
        return (axiom.named, axiom.definition)
    if isinstance(axiom, PropertyDomain):
        return (axiom.domain,)
    if isinstance(axiom, PropertyRange):
        return (axiom.range,)
    return axiom.members if isinstance(axiom, DisjointClasses) else ()
