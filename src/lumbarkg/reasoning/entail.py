"""What logic says of a realised case, each part with its justification."""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Entailments, PatternMatch, RuleMatch
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.normalise import BOTTOM
from lumbarkg.reasoning.proofs import Explainer
from lumbarkg.reasoning.realise import RealisedCase, find_contradictions


def read_entailments(realised: RealisedCase, knowledge: Knowledge, explainer: Explainer) -> Entailments:
    """Types, patterns, triage rules and contradictions of a realised case, each with its justification."""
    root = realised.root
    types = knowledge.named(root)
    consistent = BOTTOM not in root.subsumers
    return Entailments(
        types=types,
        patterns=_patterns(realised, types, knowledge, explainer) if consistent else (),
        rules=_rules(realised, types, knowledge, explainer) if consistent else (),
        finding_types=tuple((f, knowledge.named(context)) for f, context in realised.findings),
        exposure_types=frozenset(t for _, context in realised.exposures for t in knowledge.named(context)),
        contradictions=find_contradictions(realised.case, knowledge),
        consistent=consistent,
    )


def _patterns(
    realised: RealisedCase, types: frozenset[Iri], knowledge: Knowledge, explainer: Explainer
) -> tuple[PatternMatch, ...]:
    rules, found = knowledge.rules, []
    for prop, supports in ((v.SUGGESTS, True), (v.ARGUES_AGAINST, False)):
        role = rules.roles.get(prop)
        for pattern in sorted(types):
            for exists_role, key, axiom in rules.exists_right.get(knowledge.known(pattern), ()):
                condition = rules.names[key[0]]
                if exists_role == role and condition is not None:
                    justification = explainer.justify_pattern(realised, pattern, prop, condition, axiom)
                    found.append(PatternMatch(pattern, condition, supports, justification))
    return tuple(found)


def _rules(
    realised: RealisedCase, types: frozenset[Iri], knowledge: Knowledge, explainer: Explainer
) -> tuple[RuleMatch, ...]:
    return tuple(
        RuleMatch(pattern, knowledge.triage_classes[pattern], explainer.justify_type(realised, pattern))
        for pattern in sorted(types & knowledge.triage_classes.keys())
    )
