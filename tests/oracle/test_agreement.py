"""The engine agrees with HermiT on drawn cases: types, suggestions, denials, consistency.

Against the ontology as edited, with true complements, it is sound.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.oracle.certify import denying_cases, edited_triples
from lumbarkg.oracle.compare import CHUNK, Oracle, Report
from lumbarkg.oracle.constructors import Constructor
from lumbarkg.oracle.coverage import Coverage, cover
from lumbarkg.oracle.forms import COMPLEMENT
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from tests.conftest import ROOT
from tests.oracle.conftest import Draw

pytestmark = pytest.mark.slow

NUMBER, DENYING = 100, 5
LEAST_HIT = {"patterns": 0.35, "triage classes": 0.5, "denial classes": 0.65}
"""Shares that 100 cases must hit at least; the long run (`make verify-reasoner`) hits and misses each thrice."""


@pytest.fixture(scope="module")
def report(knowledge: Knowledge, release: list[Triple], drawn: Draw) -> Report:
    with Oracle(knowledge, release) as oracle:
        return oracle.compare([d.case for d in drawn(NUMBER)])


@pytest.fixture(scope="module")
def coverage(knowledge: Knowledge, report: Report, drawn: Draw) -> Coverage:
    return cover(drawn(NUMBER), report.compared, knowledge)


def test_engine_and_hermit_differ_on_no_case(report: Report) -> None:
    assert [(c.case, [str(d) for d in c.differences]) for c in report.differing] == []


def test_every_drawn_case_was_compared(report: Report, drawn: Draw) -> None:
    assert [c.case for c in report.compared] == [d.case for d in drawn(NUMBER)]
    inconsistent = sum(not c.answer.consistent for c in report.compared)
    assert len(report.lapses) <= NUMBER // 50
    planned = inconsistent + -(-NUMBER // CHUNK)
    assert planned <= report.hermit_runs <= planned + 4 * len(report.lapses)  # alone, and refuted for each individual


def test_the_cases_reach_most_definitions(coverage: Coverage, report: Report, measured: Callable[[str], None]) -> None:
    measured("\n".join(coverage.lines()))
    measured(f"{report.seconds:.0f} s in all, HermiT {report.hermit_seconds:.0f} s in {report.hermit_runs} runs")
    measured(f"lapses of HermiT: {[str(d) for lapse in report.lapses for d in lapse.differences]}")
    assert coverage.grown == 3 * NUMBER // 4
    assert {kind for kind in coverage.classes if coverage.share_hit(kind) < LEAST_HIT[kind]} == set()
    assert coverage.suggestions >= NUMBER / 2
    assert [kind for kind in Constructor if not coverage.constructors[kind]] == []


def test_the_engine_is_sound_against_true_complements(
    knowledge: Knowledge, drawn: Draw, measured: Callable[[str], None]
) -> None:
    """HermiT then knows that a finding is there or is not; whatever the engine says must follow all the same."""
    cases = [d.case for d in denying_cases(drawn(NUMBER), DENYING)]
    edited = edited_triples(ROOT / "ontology" / "lumbarkg.ttl")
    assert any(t.predicate == v.OWL_COMPLEMENT_OF for t in edited)
    assert not any(t.predicate == v.DENIAL_OF for t in edited)
    with Oracle(knowledge, edited, form=COMPLEMENT) as oracle:
        report = oracle.compare(cases)
    measured(f"{DENYING} cases against true complements: {report.seconds:.0f} s")
    assert [(c.case, [str(d) for d in c.differences]) for c in report.differing] == []
    assert len(report.compared) == DENYING
    assert any(c.answer.suggests for c in report.compared)
