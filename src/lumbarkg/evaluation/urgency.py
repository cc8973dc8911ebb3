"""Figures over outcomes of triage: sensitivity for the most urgent level, under- and over-triage, not enough asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lumbarkg.evaluation.outcome import Outcome
from lumbarkg.reasoning.triage import NOT_ENOUGH_ASKED


@dataclass(frozen=True)
class Urgency:
    """How triage did on the cases that have a right level. ``not_enough_asked`` is neither under nor over."""

    cases: int
    right: int
    under: tuple[str, ...]
    over: tuple[str, ...]
    not_enough_asked: tuple[str, ...]
    most_urgent: int
    most_urgent_found: int
    most_urgent_seen: int
    crossed: tuple[tuple[tuple[str, str], int], ...]

    @property
    def sensitivity(self) -> float | None:
        """The share of the most urgent cases that got that level, None where there are none."""
        return self.most_urgent_found / self.most_urgent if self.most_urgent else None


def judge_urgency(outcomes: Sequence[Outcome], levels: Sequence[str], *, by_convention: bool) -> Urgency:
    """Compare levels with those of the source, or with those of the convention where it is silent too.

    ``levels`` are all levels, most urgent first. A level below the least urgent right one is under-triage, above the
    most urgent right one over-triage. "Seen" counts a most urgent case that got that level or the next.
    """
    order = {name: place for place, name in enumerate(levels)}
    under, over, unasked, right = [], [], [], 0
    most_urgent = found = seen = 0
    crossed: Counter[tuple[str, str]] = Counter()
    judged = [(o, right_levels(o, by_convention=by_convention)) for o in outcomes]
    judged = [(o, expected) for o, expected in judged if expected]
    for outcome, expected in judged:
        places = [order[name] for name in expected]
        crossed[" or ".join(expected), outcome.level] += 1
        if levels[0] in expected:
            most_urgent += 1
            found += outcome.level == levels[0]
            seen += outcome.level in levels[:2]
        if outcome.level in expected:
            right += 1
        elif outcome.level == NOT_ENOUGH_ASKED:
            unasked.append(outcome.label.id)
        elif order[outcome.level] > max(places):
            under.append(outcome.label.id)
        else:
            over.append(outcome.label.id)
    return Urgency(
        cases=len(judged),
        right=right,
        under=tuple(sorted(under)),
        over=tuple(sorted(over)),
        not_enough_asked=tuple(sorted(unasked)),
        most_urgent=most_urgent,
        most_urgent_found=found,
        most_urgent_seen=seen,
        crossed=tuple(sorted(crossed.items())),
    )


def right_levels(outcome: Outcome, *, by_convention: bool) -> tuple[str, ...]:
    """The levels that are right for a case: those of its source, else, where wanted, those of the convention."""
    label = outcome.label
    return label.triage or (label.triage_convention if by_convention else ())


@dataclass(frozen=True)
class TriggerCheck:
    """Cases whose findings contain a trigger, and those of them that got less than its level."""

    cases: int
    missed: tuple[tuple[str, str, str], ...]
    """(case, rule, level given)"""


def check_triggers(outcomes: Sequence[Outcome], levels: Sequence[str], *, with_tests: bool) -> TriggerCheck:
    """Whether every trigger that the case's words contain led to at least the level of its rule.

    Without tests, a trigger that needs one is left out.
    """
    order = {name: place for place, name in enumerate(levels)}
    cases, missed = 0, []
    for outcome in outcomes:
        triggers = [t for t in outcome.label.triggers if with_tests or not t.needs_tests]
        cases += bool(triggers)
        missed += [(outcome.label.id, t.rule, outcome.level) for t in triggers if order[outcome.level] > order[t.level]]
    return TriggerCheck(cases, tuple(sorted(missed)))


@dataclass(frozen=True)
class Undetectable:
    """Most urgent cases, by source or convention, without any trigger among their findings."""

    ids: tuple[str, ...]
    wrongly_calmed: tuple[str, ...]
    """Those of them that got one of the two least urgent levels: there must be none."""


def list_undetectable(outcomes: Sequence[Outcome], levels: Sequence[str], *, with_tests: bool) -> Undetectable:
    """The most urgent cases that what was reported cannot show to be urgent."""
    calm = {levels[-3], levels[-2]}
    found = [
        o
        for o in outcomes
        if levels[0] in (*o.label.triage, *o.label.triage_convention)
        and not any(with_tests or not t.needs_tests for t in o.label.triggers)
    ]
    return Undetectable(
        tuple(sorted(o.label.id for o in found)),
        tuple(sorted(o.label.id for o in found if o.level in calm)),
    )
