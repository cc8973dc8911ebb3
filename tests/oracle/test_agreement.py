"""The engine agrees with HermiT on drawn cases: types, suggestions, denials, consistency."""

from __future__ import annotations

import pytest

from lumbarkg.oracle.compare import Oracle, Report
from lumbarkg.oracle.constructors import Constructor
from lumbarkg.oracle.coverage import Coverage, cover
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from tests.oracle.conftest import Draw

pytestmark = pytest.mark.slow

NUMBER = 200


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
    assert inconsistent > 0
    assert len(report.lapses) <= NUMBER // 50
    assert report.hermit_runs == inconsistent + -(-(NUMBER - inconsistent) // 10) + len(report.lapses)


def test_the_cases_reach_most_definitions(
    coverage: Coverage, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print("\n" + "\n".join(coverage.lines()))
        print(f"{report.seconds:.0f} s in all, HermiT {report.hermit_seconds:.0f} s in {report.hermit_runs} runs")
        print(f"lapses of HermiT: {[str(d) for lapse in report.lapses for d in lapse.differences]}")
    assert coverage.grown == 3 * NUMBER // 4
    assert {kind: coverage.share_hit(kind) >= 0.6 for kind in coverage.classes} == {
        "patterns": True,
        "triage classes": True,
        "denial classes": True,
    }
    assert coverage.suggestions >= NUMBER / 2
    assert [kind for kind in Constructor if not coverage.constructors[kind]] == []
