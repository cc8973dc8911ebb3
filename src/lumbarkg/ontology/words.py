"""Axioms and expressions as plain sentences with labels, for people who do not read Manchester syntax."""

from __future__ import annotations

from string import ascii_uppercase

from lumbarkg.ontology.manchester import Namer
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


def say_axiom(axiom: Axiom, name: Namer) -> str:
    """One axiom as a sentence, e.g. ``A is a kind of B.``"""
    return _capital(_sentence(axiom, name)) + "."


def _sentence(axiom: Axiom, name: Namer) -> str:
    if isinstance(axiom, SubClassOf):
        return f"{say_expression(axiom.sub, name)} {_predicate(axiom.sup, name)}"
    if isinstance(axiom, EquivalentClasses):
        return f"{name(axiom.named.iri)} means: {say_expression(axiom.definition, name)}"
    if isinstance(axiom, DisjointClasses):
        return f"nothing is two of these at once: {', '.join(say_expression(m, name) for m in axiom.members)}"
    if isinstance(axiom, SubPropertyOf):
        things = ascii_uppercase[: len(axiom.chain) + 1]
        steps = (f"{a} '{name(prop)}' {b}" for a, prop, b in zip(things, axiom.chain, things[1:], strict=False))
        return f"if {' and '.join(steps)}, then {things[0]} '{name(axiom.sup)}' {things[-1]}"
    if isinstance(axiom, PropertyDomain):
        return f"whatever states '{name(axiom.property)}' {_predicate(axiom.domain, name)}"
    if isinstance(axiom, PropertyRange):
        return f"whatever '{name(axiom.property)}' leads to {_predicate(axiom.range, name)}"
    raise TypeError(f"no words for {type(axiom).__name__}")


def say_expression(expression: Expression, name: Namer) -> str:
    """One expression as a phrase: what it is a kind of, and in brackets what it has besides."""
    if isinstance(expression, Named):
        return name(expression.iri)
    if isinstance(expression, Some):
        return f"{name(expression.property)} {say_expression(expression.filler, name)}"
    if isinstance(expression, Facet):
        return f"{name(expression.property)} {say_interval(expression.interval)}"
    if isinstance(expression, Not):
        return f"not {say_expression(expression.operand, name)}"
    if isinstance(expression, Or):
        return f"one of [{' | '.join(say_expression(o, name) for o in expression.operands)}]"
    named = [o for o in expression.operands if isinstance(o, Named)]
    besides = [o for o in expression.operands if not isinstance(o, Named)]
    head = " and ".join(say_expression(o, name) for o in named)
    details = "; ".join(say_expression(o, name) for o in besides)
    return f"{head} ({details})" if head and details else head or details


def say_interval(interval: Interval) -> str:
    """An interval in words, e.g. ``from 12 to 48``; an end that does not count says so."""
    if interval.low is not None and interval.high is not None and not (interval.low_open or interval.high_open):
        return f"from {interval.low} to {interval.high}"
    low = "" if interval.low is None else f"{'more than' if interval.low_open else 'at least'} {interval.low}"
    high = "" if interval.high is None else f"{'less than' if interval.high_open else 'at most'} {interval.high}"
    return " and ".join(part for part in (low, high) if part) or "any number"


def _predicate(expression: Expression, name: Namer) -> str:
    parts = expression.operands if isinstance(expression, And) else (expression,)
    said = (f"is a kind of {name(p.iri)}" if isinstance(p, Named) else say_expression(p, name) for p in parts)
    return " and ".join(said)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
