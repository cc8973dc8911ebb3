"""Why a condition is suggested, and what is missing where it is not, as JSON: axioms, facts, and plain words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Assertion, Case, Exposure, Finding, Justification
from lumbarkg.ontology.manchester import render_expression
from lumbarkg.ontology.owl import Axiom, Some, SubClassOf
from lumbarkg.ontology.words import say_axiom, say_expression
from lumbarkg.reasoning.proofs import Justifications
from lumbarkg.reasoning.why_not import Addition, Completion, Obstacle, WhyNot
from lumbarkg.render.case import case_document
from lumbarkg.render.json import DISCLAIMER, render_justification
from lumbarkg.render.sources import Sources


def render_why(
    condition: Iri,
    supports: Justifications,
    argues_against: Justifications,
    reasoning: Mapping[str, Any],
    sources: Sources,
) -> dict[str, Any]:
    """Every justification for and against a condition; ``complete`` says whether there are no others."""
    return {
        "disclaimer": DISCLAIMER,
        **_term(condition, "condition", sources),
        "suggested": bool(supports.found),
        "complete": supports.complete and argues_against.complete,
        "justifications": [_justification(one, v.SUGGESTS, condition, sources) for one in supports.found],
        "justificationsAgainst": [
            _justification(one, v.ARGUES_AGAINST, condition, sources) for one in argues_against.found
        ],
        "reasoning": dict(reasoning),
    }


def render_why_not(why_not: WhyNot, already: bool, reasoning: Mapping[str, Any], sources: Sources) -> dict[str, Any]:
    """What the case lacks for a condition: sets of further statements that would do, and what rules patterns out."""
    return {
        "disclaimer": DISCLAIMER,
        **_term(why_not.condition, "condition", sources),
        "suggested": already,
        "complete": why_not.complete,
        "patterns": [_term(pattern, "pattern", sources) for pattern in why_not.patterns],
        "missing": [_completion(one, why_not.condition, sources) for one in why_not.completions],
        "ruledOut": [_obstacle(one, sources) for one in why_not.obstacles],
        "words": _summary(why_not, already, sources),
        "reasoning": dict(reasoning),
    }


def _justification(one: Justification, prop: Iri, condition: Iri, sources: Sources) -> dict[str, Any]:
    used = [sources.ontology.axioms[i] for i in one.axioms]
    facts = [_say_assertion(a, sources) for a in one.assertions]
    speaks = "is suggested" if prop == v.SUGGESTS else "is argued against"
    return {
        **render_justification(one, sources),
        "words": [
            *(f"The case states: {fact}." for fact in facts),
            *(say_axiom(axiom, sources.label) for axiom in sorted(used, key=lambda a: _is_last_step(a, prop))),
            f"So {sources.label(condition)} {speaks}.",
        ],
    }


def _is_last_step(axiom: Axiom, prop: Iri) -> bool:
    return isinstance(axiom, SubClassOf) and isinstance(axiom.sup, Some) and axiom.sup.property == prop


def _say_assertion(one: Assertion, sources: Sources) -> str:
    label = sources.label
    if isinstance(one.subject, Finding):
        head = label(one.subject.term)
    else:
        head = "an exposure" if isinstance(one.subject, Exposure) else "the patient"
    if one.denied:
        return f"{head} is absent"
    if one.property is None:
        value = label(Iri(str(one.value)))
        return f"{head} is present" if value == head else f"{head} is {value}"
    value = str(one.value) if isinstance(one.value, Decimal) else label(one.value)
    return f"{head}, {label(one.property)}: {value}"


def _completion(one: Completion, condition: Iri, sources: Sources) -> dict[str, Any]:
    said = [_say_addition(a, sources) for a in one.additions]
    return {
        **_term(one.pattern, "pattern", sources),
        "add": case_document(_only(one)),
        "words": f"With {', and '.join(said)}, {sources.label(condition)} would be suggested.",
    }


def _only(one: Completion) -> Case:
    """A case that states the additions and nothing else: what a client merges into its own."""
    case = Case()
    for addition in one.additions:
        case = addition.add_to(case)
    return case


def _say_addition(addition: Addition, sources: Sources) -> str:
    value, label = addition.value, sources.label
    if isinstance(value, Decimal):
        return f"an age of {value}"
    if isinstance(value, Iri):
        return f"the sex {label(value)}"
    qualifiers = [f"{label(p)} {label(t)}" for p, t in value.qualifiers]
    numbers = [f"{label(p)} {n}" for p, n in value.quantities]
    details = f" ({', '.join((*qualifiers, *numbers))})" if qualifiers or numbers else ""
    if isinstance(value, Exposure):
        kinds = ", ".join(label(t) for t in value.types)
        return f"an exposure{f' of kind {kinds}' if kinds else ''}{details}"
    return f"{label(value.term)} {value.status.value}{details}"


def _obstacle(one: Obstacle, sources: Sources) -> dict[str, Any]:
    return {
        **_term(one.pattern, "pattern", sources),
        "needs": render_expression(one.needed, sources.label),
        "words": f"The case states otherwise than this pattern needs: {say_expression(one.needed, sources.label)}.",
    }


def _summary(why_not: WhyNot, already: bool, sources: Sources) -> str:
    label = sources.label(why_not.condition)
    if already:
        return f"The case suggests {label} as it is."
    if not why_not.patterns:
        return f"No pattern suggests {label}, so no finding of a case can."
    if why_not.completions:
        return f"Nothing that the case states suggests {label}; each set below was tried and would."
    if not why_not.complete:
        return f"There was no time to find what is missing for {label}: ask again with fewer findings."
    return f"What the case states rules out every pattern that suggests {label}."


def _term(iri: Iri, name: str, sources: Sources) -> dict[str, Any]:
    return {name: iri.local_name, "label": sources.label(iri), "iri": str(iri)}
