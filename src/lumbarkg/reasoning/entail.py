"""What logic says of a realised case, each part with its justification."""

from __future__ import annotations

from functools import partial

from lumbarkg.identifiers import Iri
from lumbarkg.model import Entailments, PatternMatch, RuleMatch
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer
from lumbarkg.reasoning.realise import RealisedCase


def read_entailments(realised: RealisedCase, knowledge: Knowledge, explainer: Explainer) -> Entailments:
    """Types, patterns and triage rules of a realised case; justifications are found when read."""
    consistent = realised.consistent
    return Entailments(
        types=realised.types,
        patterns=_patterns(realised, knowledge, explainer) if consistent else (),
        rules=_rules(realised, knowledge, explainer) if consistent else (),
        finding_types=realised.finding_types,
        exposure_types=realised.exposure_types,
        denied=realised.denied,
        consistent=consistent,
    )


def _patterns(realised: RealisedCase, knowledge: Knowledge, explainer: Explainer) -> tuple[PatternMatch, ...]:
    patterns = knowledge.patterns
    found: list[tuple[bool, Iri, int, PatternMatch]] = []
    for concept in knowledge.program.members(realised.bits & patterns.linked):
        pattern = knowledge.rules.names[concept]
        if pattern is None:
            continue
        for supports, condition, axiom in patterns.links[concept]:
            justify = partial(explainer.justify_pattern, realised, pattern, axiom)
            found.append((not supports, pattern, axiom, PatternMatch(pattern, condition, supports, justify)))
    return tuple(match for *_, match in sorted(found, key=lambda one: one[:3]))


def _rules(realised: RealisedCase, knowledge: Knowledge, explainer: Explainer) -> tuple[RuleMatch, ...]:
    return tuple(
        RuleMatch(pattern, knowledge.triage_classes[pattern], partial(explainer.justify_type, realised, pattern))
        for pattern in sorted(realised.types & knowledge.triage_classes.keys())
    )
