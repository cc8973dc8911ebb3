"""The development cases: what must hold whatever the ranking does, and a floor under what it does.

Safety is exact. The floors of the ranking are below what docs/evaluation.md reports, so that a change of knowledge
that costs more than two or three cases is seen; they are no target.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.evaluation.evaluate import Evaluation, evaluate
from lumbarkg.evaluation.labelled import read_buckets, read_labelled
from lumbarkg.evaluation.markdown import render_markdown
from lumbarkg.evaluation.plot import render_plot
from lumbarkg.evaluation.report_json import render_json
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"
SORE = {"muscle_strain", "nonspecific_low_back_pain_or_soreness"}


@pytest.fixture(scope="module")
def evaluation(engine: Engine) -> Evaluation:
    cases = read_labelled((CASES / "development" / "cases.jsonl").read_bytes(), engine)
    buckets = read_buckets((CASES / "bucket_conditions.tsv").read_text("utf-8"), engine)
    return evaluate(cases, engine, buckets, resamples=20)


def test_all_cases_are_run_in_four_ways(evaluation: Evaluation) -> None:
    assert [len(run.outcomes) for run in evaluation.runs] == [48] * 4
    assert [(run.with_tests, run.with_judgement) for run in evaluation.runs] == [
        (False, True),
        (True, True),
        (False, False),
        (True, False),
    ]
    assert sum(f.cases for f in evaluation.headline.buckets) == 48
    assert len(evaluation.headline.buckets) == 16


def test_a_trigger_always_leads_to_its_level(evaluation: Evaluation) -> None:
    assert [run.triggers.missed for run in evaluation.runs] == [()] * 4
    assert evaluation.runs[0].triggers.cases >= 11
    assert evaluation.runs[1].triggers.cases > evaluation.runs[0].triggers.cases


def test_no_emergency_without_trigger_is_calmed(evaluation: Evaluation) -> None:
    for run in evaluation.runs:
        assert run.undetectable.wrongly_calmed == ()
        assert 5 <= len(run.undetectable.ids) <= 10


def test_strain_and_soreness_are_urgent_only_by_a_trigger(evaluation: Evaluation) -> None:
    sore = [o for run in evaluation.runs for o in run.outcomes if o.label.bucket in SORE]
    assert len(sore) == 4 * 6
    assert [o.label.id for o in sore if o.level in ("Emergency", "SameDay") and not o.label.triggers] == []


def test_nobody_is_told_self_care(evaluation: Evaluation) -> None:
    """No case reports that every red flag was asked and denied."""
    assert {o.label.id for run in evaluation.runs for o in run.outcomes if o.level == "SelfCare"} == set()


def test_no_probability_enters_triage(evaluation: Evaluation) -> None:
    """Without the judgement rows the ranking changes and the levels do not."""
    with_rows, without = evaluation.runs[0], evaluation.runs[2]
    assert [o.level for o in with_rows.outcomes] == [o.level for o in without.outcomes]
    assert [o.rank for o in with_rows.outcomes] != [o.rank for o in without.outcomes]


def test_the_ranking_keeps_its_floor(evaluation: Evaluation) -> None:
    figures = evaluation.headline.groups[0]
    assert figures.refused == 0
    assert figures.metric("top3")[0] >= 0.70
    assert figures.metric("top1")[0] >= 0.52


def test_every_miss_is_explained(evaluation: Evaluation) -> None:
    run = evaluation.headline
    assert {m.id for m in run.misses} == {o.label.id for o in run.outcomes if o.rank != 1}
    for miss in run.misses:
        assert miss.right is not None
        assert miss.above
        assert [s.rank for s in miss.above] == list(range(1, len(miss.above) + 1))
        assert all(s.probability >= miss.right.probability for s in miss.above)


def test_the_report_says_it_all(evaluation: Evaluation, engine: Engine) -> None:
    text = render_markdown(evaluation, engine.terms.label)
    for words in ("judgement rows off", "top-3 or to exclude", "no trigger in what was reported", "no medical device"):
        assert words in text
    for miss in evaluation.headline.misses:
        assert f"### {miss.id}: {miss.bucket}" in text
    content = render_json(evaluation)
    assert [len(run["cases"]) for run in content["runs"]] == [48] * 4
    assert content["ontologyVersion"] == engine.version


def test_the_pictures_are_svg_and_the_same_each_time(evaluation: Evaluation) -> None:
    picture = render_plot(evaluation)
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(evaluation.headline.calibration)
    assert picture == render_plot(evaluation)


def test_textbook_pictures_are_among_the_first_three(engine: Engine) -> None:
    """Each condition's plain picture, written from general knowledge: whether every condition has rows at all."""
    cases = read_labelled((CASES / "textbook_pictures.jsonl").read_bytes(), engine)
    run = evaluate(cases, engine, resamples=2).headline
    assert len(cases) == 55
    missed = [o.label.id for o in run.outcomes if not o.is_within(3)]
    assert len(missed) <= 3, missed
    hypotheses = {p.hypothesis.condition for o in run.outcomes for p in o.placed}
    covered = {p.hypothesis.condition for o in run.outcomes for p in o.placed if p.is_right}
    assert {c.local_name for c in hypotheses - covered} == {"FacetJointPain"}, "no finding is informative of it"
