"""Why a case suggests a condition, and what it lacks where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, realise_without_contradiction
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.reasoning.proofs import Goal, Justifications
from lumbarkg.reasoning.realise import RealisedCase
from lumbarkg.reasoning.why_not import WhyNot


@dataclass(frozen=True)
class Explanation:
    """All justifications for a condition and all against it; where none suggests it, ``found`` is empty."""

    case: Case
    condition: Iri
    supports: Justifications
    argues_against: Justifications


@dataclass(frozen=True)
class Missing:
    """What a case lacks for a condition; ``already`` where it suggests the condition as it is."""

    case: Case
    condition: Iri
    already: bool
    why_not: WhyNot


def explain(
    case: Case, condition: Iri, engine: Engine, limit: int, expired: Callable[[], bool] = lambda: False
) -> Explanation:
    """Why a case suggests a condition, and why it argues against it: all justifications up to limit and time.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    realised = realise_without_contradiction(case, engine)
    supports, argues = (
        engine.explainer.justify_all(realised, Goal(condition, prop), limit, expired)
        for prop in (v.SUGGESTS, v.ARGUES_AGAINST)
    )
    return Explanation(realised.case, condition, supports, argues)


def find_missing(
    case: Case, condition: Iri, engine: Engine, limit: int, expired: Callable[[], bool] = lambda: False
) -> Missing:
    """The smallest sets of further statements with which the case would suggest the condition, each tried in time.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    realised = realise_without_contradiction(case, engine)
    already = _suggests(realised, condition)
    patterns = engine.completer.patterns(condition)
    if already:
        return Missing(realised.case, condition, already, WhyNot(condition, patterns, (), ()))
    why_not = engine.completer.complete(realised, condition, limit, expired)
    return Missing(realised.case, condition, already, why_not)


def _suggests(realised: RealisedCase, condition: Iri) -> bool:
    return condition in realised.spoken(v.SUGGESTS)
