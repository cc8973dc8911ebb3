"""What is missing for a condition: every set returned was tried, and nothing in it is superfluous."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import chain, combinations

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Finding
from lumbarkg.oracle.draw import draw
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import add_bilateral_findings, find_contradictions, realise
from lumbarkg.reasoning.why_not import Addition, Completer, WhyNot

PAIRS, SEED = 200, 20261125
ENOUGH = 0.95


@dataclass(frozen=True)
class Asked:
    """A case, a condition that it does not suggest, and the answer."""

    case: Case
    condition: Iri
    answer: WhyNot


@pytest.fixture(scope="module")
def knowledge(engine: Engine) -> Knowledge:
    return engine.knowledge


@pytest.fixture(scope="module")
def asked(knowledge: Knowledge) -> tuple[Asked, ...]:
    completer, rng = Completer(knowledge), random.Random(SEED)  # noqa: S311 - no secret
    conditions = [c for c in sorted(knowledge.subclasses(v.CONDITION)) if completer.patterns(c)]
    cases = [add_bilateral_findings(d.case, knowledge) for d in draw(knowledge, 400, SEED)]
    found: list[Asked] = []
    while len(found) < PAIRS:
        case, condition = rng.choice(cases), rng.choice(conditions)
        realised = realise(case, knowledge)
        usable = realised.consistent and not find_contradictions(case, knowledge)
        if usable and condition not in realised.spoken(v.SUGGESTS):
            found.append(Asked(case, condition, completer.complete(realised, condition)))
    return tuple(found)


def is_suggested(case: Case, additions: tuple[Addition, ...], condition: Iri, knowledge: Knowledge) -> bool:
    for addition in additions:
        case = addition.add_to(case)
    case = add_bilateral_findings(case, knowledge)
    realised = realise(case, knowledge)
    contradicts = not realised.consistent or find_contradictions(case, knowledge)
    return not contradicts and condition in realised.spoken(v.SUGGESTS)


def test_nearly_every_pair_gets_a_set(asked: tuple[Asked, ...], measured) -> None:
    """Where there is none, what the case states stands in the way of every pattern."""
    got = sum(bool(one.answer.completions) for one in asked)
    ruled_out = [one for one in asked if not one.answer.completions]
    for one in ruled_out:
        assert one.answer.obstacles, one
        assert {o.pattern for o in one.answer.obstacles} == set(one.answer.patterns), one
    possible = [one for one in asked if one.answer.completions or not one.answer.obstacles]
    measured(f"why not: {got} of {PAIRS} pairs get a set; what the case states rules the other {len(ruled_out)} out")
    assert got >= ENOUGH * len(possible)
    assert got >= 0.9 * PAIRS


@pytest.mark.parametrize("looks", [0, 1, 5, 30])
def test_whenever_time_ends_what_is_given_was_tried_and_that_it_is_not_all_is_said(
    looks: int, asked: tuple[Asked, ...], knowledge: Knowledge
) -> None:
    completer, cut = Completer(knowledge), 0
    for one in asked[:20]:
        realised, left = realise(one.case, knowledge), iter(range(looks))
        every = completer.complete(realised, one.condition, 100)
        found = completer.complete(realised, one.condition, 100, lambda left=left: next(left, None) is None)
        assert every.complete
        assert set(found.completions) <= set(every.completions)
        assert set(found.obstacles) <= set(every.obstacles)
        assert found == every or not found.complete
        cut += not found.complete
    assert cut > 0


def test_what_stands_in_the_way_does(asked: tuple[Asked, ...], knowledge: Knowledge) -> None:
    """Without what it states of age, sex and findings, the same case gets a set: the obstacles were in the case."""
    completer = Completer(knowledge)
    ruled_out = [one for one in asked if not one.answer.completions]
    assert ruled_out
    for one in ruled_out:
        assert completer.complete(realise(Case(), knowledge), one.condition).completions, one


def test_each_set_makes_the_condition_suggested_and_no_part_of_it_does(
    asked: tuple[Asked, ...], knowledge: Knowledge
) -> None:
    tried = 0
    for one in asked:
        for completion in one.answer.completions:
            additions = completion.additions
            assert additions
            assert is_suggested(one.case, additions, one.condition, knowledge), (one.case, completion)
            proper = chain.from_iterable(combinations(additions, size) for size in range(len(additions)))
            for fewer in proper:
                assert not is_suggested(one.case, fewer, one.condition, knowledge), (one.case, completion, fewer)
            tried += 1
    assert tried > 300


def test_smaller_sets_come_first(asked: tuple[Asked, ...]) -> None:
    for one in asked:
        sizes = [len(c.additions) for c in one.answer.completions]
        assert sizes == sorted(sizes)
        assert len(sizes) <= 5


def test_sets_are_of_every_kind(asked: tuple[Asked, ...]) -> None:
    kinds = {
        (type(a.value).__name__, getattr(a.value, "status", None))
        for one in asked
        for c in one.answer.completions
        for a in c.additions
    }
    assert len(kinds) >= 4, kinds
    assert any(
        isinstance(a.value, Finding) and a.value.quantities
        for one in asked
        for c in one.answer.completions
        for a in c.additions
    )


def test_a_condition_without_a_pattern_has_no_set(knowledge: Knowledge) -> None:
    completer = Completer(knowledge)
    without = [c for c in sorted(knowledge.subclasses(v.CONDITION)) if not completer.patterns(c)]
    assert without
    answer = completer.complete(realise(Case(), knowledge), without[0])
    assert (answer.patterns, answer.completions, answer.obstacles) == ((), (), ())
