"""Axioms and expressions as Manchester syntax with labels, for people."""

from __future__ import annotations

from collections.abc import Callable

from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import (
    And,
    Axiom,
    DisjointClasses,
    EquivalentClasses,
    Expression,
    Facet,
    Named,
    Not,
    PropertyDomain,
    PropertyRange,
    Some,
    SubClassOf,
    SubPropertyOf,
)

Namer = Callable[[Iri], str]


def quoted(label: str) -> str:
    """A label as Manchester syntax writes it: in quotes where it has a space."""
    return f"'{label}'" if " " in label or "-" in label else label


def render_expression(expression: Expression, name: Namer) -> str:
    """One expression on one line."""
    if isinstance(expression, Named):
        return quoted(name(expression.iri))
    if isinstance(expression, Some):
        return f"{quoted(name(expression.property))} some {_nested(expression.filler, name)}"
    if isinstance(expression, Facet):
        return f"{quoted(name(expression.property))} some decimal[{expression.interval}]"
    if isinstance(expression, Not):
        return f"not {_nested(expression.operand, name)}"
    joint = " and " if isinstance(expression, And) else " or "
    return joint.join(_nested(operand, name) for operand in expression.operands)


def _nested(expression: Expression, name: Namer) -> str:
    text = render_expression(expression, name)
    return text if isinstance(expression, Named) else f"({text})"


def render_axiom(axiom: Axiom, name: Namer) -> str:
    """One axiom on one line, e.g. ``X EquivalentTo 'patient case' and ('has finding' some Y)``."""
    if isinstance(axiom, SubClassOf):
        return f"{render_expression(axiom.sub, name)} SubClassOf {render_expression(axiom.sup, name)}"
    if isinstance(axiom, EquivalentClasses):
        return f"{render_expression(axiom.named, name)} EquivalentTo {render_expression(axiom.definition, name)}"
    if isinstance(axiom, DisjointClasses):
        return "DisjointClasses: " + ", ".join(render_expression(m, name) for m in axiom.members)
    if isinstance(axiom, SubPropertyOf):
        return f"{' o '.join(quoted(name(p)) for p in axiom.chain)} SubPropertyOf {quoted(name(axiom.sup))}"
    if isinstance(axiom, PropertyDomain):
        return f"{quoted(name(axiom.property))} Domain {render_expression(axiom.domain, name)}"
    if isinstance(axiom, PropertyRange):
        return f"{quoted(name(axiom.property))} Range {render_expression(axiom.range, name)}"
    raise TypeError(f"no rendering for {type(axiom).__name__}")
