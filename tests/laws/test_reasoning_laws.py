"""The laws of logic over cases: what may change an entailment and what may not, whichever way it is computed."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import load_engine
from lumbarkg.model import Case, Status
from lumbarkg.oracle.draw import draw
from lumbarkg.reasoning.bulk import CaseTypes, classify_cases
from lumbarkg.reasoning.horn import Node
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import RealisedCase, add_bilateral_findings, extend, realise
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases as documents

ENGINE = load_engine(release_dir(), shapes_dir())
KNOWLEDGE = ENGINE.knowledge
DRAWN = tuple(d.case for d in draw(KNOWLEDGE, 1500, 20261125))
PARTS = tuple(dict.fromkeys(f for case in DRAWN for f in case.findings))
MANY = settings(max_examples=300, deadline=None, derandomize=True)
CASES = st.sampled_from(DRAWN)
FINDINGS = st.sampled_from(PARTS)


def said(case: Case) -> RealisedCase:
    return realise(add_bilateral_findings(case, KNOWLEDGE), KNOWLEDGE)


def types_of(realised: RealisedCase) -> CaseTypes:
    spoken = (realised.spoken(prop) for prop in (v.SUGGESTS, v.ARGUES_AGAINST))
    return CaseTypes(realised.consistent, realised.types, *spoken)


def triage_types(realised: RealisedCase) -> frozenset[str]:
    return realised.types & KNOWLEDGE.triage_classes.keys()


def test_the_drawn_cases_reach_what_the_laws_speak_of() -> None:
    found = [said(case) for case in DRAWN]
    assert sum(not r.consistent for r in found) > 20
    assert sum(bool(triage_types(r)) for r in found) > 300
    assert sum(bool(r.spoken(v.SUGGESTS)) for r in found) > 500
    assert sum(len(r.case.findings) > len(case.findings) for r, case in zip(found, DRAWN, strict=True)) > 8


@MANY
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_findings_and_exposures_is_irrelevant(case: Case, rng: random.Random) -> None:
    findings, exposures = list(case.findings), list(case.exposures)
    rng.shuffle(findings)
    rng.shuffle(exposures)
    shuffled = replace(case, findings=tuple(findings), exposures=tuple(exposures))
    assert types_of(said(shuffled)) == types_of(said(case))


@MANY
@given(documents(ENGINE), documents(ENGINE))
def test_unknown_is_the_same_as_omitted(case: dict, other: dict) -> None:
    from lumbarkg.intake.case_json import draft_case

    def read(document: dict) -> Case:
        draft = draft_case(document, ENGINE.lookup, ENGINE.ranker.tables.settings())
        return draft.case()

    unknown = [{"finding": f["finding"], "status": "unknown"} for f in other["findings"]]
    asked = {**case, "findings": [*case["findings"], *unknown]}
    assert types_of(said(read(asked))) == types_of(said(read(case)))


@MANY
@given(CASES, FINDINGS)
def test_a_finding_more_never_takes_a_type_away(case: Case, finding) -> None:
    before, after = said(case), said(replace(case, findings=(*case.findings, finding)))
    if after.consistent:
        assert before.types <= after.types
        assert before.spoken(v.SUGGESTS) <= after.spoken(v.SUGGESTS)


@MANY
@given(CASES, FINDINGS)
def test_a_present_finding_never_lowers_triage(case: Case, finding) -> None:
    finding = replace(finding, status=Status.PRESENT)
    assert triage_types(said(case)) <= triage_types(said(replace(case, findings=(*case.findings, finding))))


@MANY
@given(CASES, FINDINGS)
def test_a_denied_finding_neither_adds_nor_removes_a_triage_type(case: Case, finding) -> None:
    denied = replace(finding, status=Status.ABSENT, quantities=())
    after = said(replace(case, findings=(*case.findings, denied)))
    assert triage_types(after) == triage_types(said(case))


def test_many_cases_at_once_are_what_each_is_alone() -> None:
    """Chunks of several sizes, the same cases again, and cases that hold many findings."""
    rng = random.Random(5)  # noqa: S311 - no secret
    full = [
        replace(case, findings=tuple(dict.fromkeys((*case.findings, *rng.sample(PARTS, 8))))) for case in DRAWN[:400]
    ]
    every = [*DRAWN, *full, *DRAWN[:100], Case()]
    expected = [types_of(said(case)) for case in every]
    for chunk in (1024, 7):
        assert list(classify_cases(iter(every), KNOWLEDGE, chunk)) == expected
    assert list(classify_cases((), KNOWLEDGE)) == []


def test_many_cases_are_read_as_they_are_needed() -> None:
    """No more than one chunk is taken before its answers are given."""
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield DRAWN[taken % len(DRAWN)]

    answers = classify_cases(endless(), KNOWLEDGE, 64)
    for _ in range(65):
        next(answers)
    assert taken == 128


@MANY
@given(CASES, FINDINGS)
def test_an_assessed_case_with_a_finding_more_is_the_larger_case(case: Case, finding) -> None:
    larger = said(replace(said(case).case, findings=(*said(case).case.findings, finding)))
    extended = extend(said(case), finding)
    assert types_of(extended) == types_of(larger)
    assert set(extended.case.findings) == set(larger.case.findings)


def test_cases_never_see_each_other() -> None:
    """After a thousand other cases, and with nothing remembered, a case says what it said first."""
    fresh = Knowledge(KNOWLEDGE.ontology)
    for case in DRAWN[:200]:
        fresh.forget()
        alone = add_bilateral_findings(case, fresh)
        assert types_of(realise(alone, fresh)) == types_of(said(case))


def test_threads_share_one_knowledge() -> None:
    fresh = Knowledge(KNOWLEDGE.ontology)
    expected = [types_of(said(case)) for case in DRAWN[:300]]

    def everything(start: int) -> list[CaseTypes]:
        order = [*range(start, 300), *range(start)]
        found = {i: types_of(realise(add_bilateral_findings(DRAWN[i], fresh), fresh)) for i in order}
        return [found[i] for i in range(300)]

    with ThreadPoolExecutor(8) as pool:
        assert all(answers == expected for answers in pool.map(everything, range(0, 240, 30)))


def test_threads_that_ask_at_once_get_the_same_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Justifications tell nodes apart as objects; with two of one class a case that was suggested had no reason."""
    asked = sorted({q for finding in PARTS for q in finding.qualifiers})
    assert len(asked) > 100
    fresh, meet = Knowledge(KNOWLEDGE.ontology), Barrier(4)
    join = fresh.program.join

    def join_late(*arguments: Any) -> Node:
        sleep(0)  # lets another thread come in between the look and the keeping
        return join(*arguments)

    monkeypatch.setattr(fresh.program, "join", join_late)

    def everything(_: int) -> list[int]:
        meet.wait()
        return [id(fresh.qualifier(prop, term).links[0][1]) for prop, term in asked]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(everything, range(4))
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    "memory", ["branch", "finding_branch", "exposure_branch", "denial", "finding_denial", "named_in"]
)
def test_memories_are_bounded(memory: str) -> None:
    bound = getattr(KNOWLEDGE, memory).cache_parameters()["maxsize"]
    assert 0 < bound <= 20_000


def test_numbers_that_mean_the_same_share_one_expression() -> None:
    """A number counts by the intervals it lies in, so that cases share what is remembered of them."""
    ends = sorted({e for i, _ in KNOWLEDGE.rules.facets[v.DURATION_HOURS] for e in (i.low, i.high) if e is not None})
    low, high = max(pairwise(ends), key=lambda pair: pair[1] - pair[0])
    step = (high - low) / 4
    first, second = (KNOWLEDGE.atoms(((v.DURATION_HOURS, low + n * step),)) for n in (1, 2))
    assert first == second
    assert KNOWLEDGE.atoms(((v.DURATION_HOURS, high + 1),)) != first
