"""Entailment by another way: saturated anew, from some axioms and statements alone, with nothing of the bit sets.

This is the judge of the deletion test: what a justification holds must suffice, and less of it must not.
"""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.normalise import Concept
from lumbarkg.reasoning.proofs import Goal
from lumbarkg.reasoning.saturate import Context, Saturation, asserted, no_context


@dataclass(frozen=True)
class Statement:
    """One asserted fact as logic reads it: what a branch of the case falls under or links to.

    ``branch`` is (HAS_FINDING or HAS_EXPOSURE, index), or None for the case itself. Numbers are already reduced to
    facet atoms.
    """

    branch: tuple[Iri, int] | None
    concepts: tuple[Concept, ...] = ()
    link: tuple[Iri, Iri] | None = None


def entails(axioms: frozenset[int], statements: tuple[Statement, ...], goal: Goal, knowledge: Knowledge) -> bool:
    """Whether these axioms and statements, and nothing else, entail the goal: derived anew, nothing remembered."""
    rules = knowledge.rules
    saturation = Saturation(rules, no_context, axioms)
    root = saturation.open(Context())
    saturation.add(root, knowledge.known(v.PATIENT_CASE), ((), (), None))
    branches: dict[tuple[Iri, int], Context] = {}
    for statement in statements:
        context = root
        if statement.branch is not None:
            if statement.branch not in branches:
                branches[statement.branch] = branch = saturation.open(Context())
                role = rules.roles[statement.branch[0]]
                saturation.add_ranges(branch, role)
                saturation.link(root, role, branch, asserted(("branch",)))
            context = branches[statement.branch]
        for concept in statement.concepts:
            saturation.add(context, concept, asserted(("statement",)))
        if statement.link is not None:
            role = rules.roles[statement.link[0]]
            key = (knowledge.known(statement.link[1]), role if role in rules.ranges else None)
            saturation.link(context, role, saturation.context(key), asserted(("statement",)))
    saturation.run()
    concept = knowledge.known(goal.cls)
    if goal.property is None:
        return concept in root.subsumers
    targets = root.links.get(rules.roles[goal.property], {})
    return any(concept in target.subsumers for target in targets)
