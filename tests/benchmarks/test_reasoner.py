"""The benchmark of the reasoner: its cases, what the peers read, the comparison, and the verdicts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.reasoner.contestants import SPECS, Contestant, FailedError, Loaded, Spec
from benchmarks.reasoner.engine import Answer, Reasoner, without_numbers
from benchmarks.reasoner.exchange import as_classes, ontology_triples, read_answer, stated_triples, write_question
from benchmarks.reasoner.growth import Copies, Size, core_terms, measure_vocabulary
from benchmarks.reasoner.load import Load
from benchmarks.reasoner.peers.clock import Spent, measure
from benchmarks.reasoner.report import Circumstances, render, write
from benchmarks.reasoner.rounds import Ours, Plan, Standing, compete
from benchmarks.reasoner.stream import Run, run_stream
from benchmarks.reasoner.targets import Measured, judge
from benchmarks.reasoner.why import WhyTimes, measure_why
from benchmarks.reasoner.workload import FINDINGS, Workload
from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.oracle.translate import query_class
from lumbarkg.rdf.terms import Literal
from lumbarkg.resources import release_dir
from tests.conftest import ROOT

SEED = 3


@pytest.fixture(scope="module")
def reasoner() -> Reasoner:
    return Reasoner.load(release_dir())


@pytest.fixture(scope="module")
def workload(reasoner: Reasoner) -> Workload:
    return Workload(reasoner, SEED)


@pytest.fixture(scope="module")
def cases(workload: Workload) -> list[Case]:
    return workload.cases(40)


# ------------------------------------------------------------ the cases


def test_cases_have_twelve_findings_an_exposure_and_an_age(cases: Sequence[Case]) -> None:
    assert len(set(cases)) == 40
    assert all(len(c.findings) == FINDINGS and c.exposures and c.age is not None for c in cases)
    assert all(len(c.absent) < FINDINGS for c in cases)
    for part in ("qualifiers", "quantities"):
        assert sum(bool(getattr(f, part)) for c in cases for f in c.present) > len(cases), part


def test_cases_suggest_something_and_contradict_nothing(cases: Sequence[Case], reasoner: Reasoner) -> None:
    assert sum(bool(reasoner.answer(c).suggests) for c in cases) > 0.6 * len(cases)
    assert all(reasoner.is_fit(c) for c in cases)


def test_equal_seeds_give_equal_cases(cases: Sequence[Case], reasoner: Reasoner) -> None:
    assert Workload(reasoner, SEED).cases(5) == list(cases[:5])
    assert Workload(reasoner, SEED + 1).cases(5) != list(cases[:5])


def test_recombined_cases_are_new_and_of_known_findings(cases: Sequence[Case], workload: Workload) -> None:
    known = {f for c in cases for f in c.findings}
    objects = {id(f) for c in cases for f in c.findings}
    found = workload.recombined(cases, 20)
    assert len(found) == 20
    assert not set(found) & set(cases)
    assert all(len(c.findings) == FINDINGS and known.issuperset(c.findings) for c in found)
    assert not objects & {id(f) for c in found for f in c.findings}


# ------------------------------------------------------------ our reasoner


def test_forgetting_changes_no_answer(cases: Sequence[Case], reasoner: Reasoner) -> None:
    for case in cases[:10]:
        answer = reasoner.answer(case)
        reasoner.forget()
        assert reasoner.answer(case) == answer
        reasoner.forget_terms()
        assert reasoner.answer(case) == answer


def test_the_bulk_path_gives_the_answers_that_are_compared(cases: Sequence[Case], reasoner: Reasoner) -> None:
    assert list(reasoner.answer_all(cases)) == [reasoner.answer(c) for c in cases]


def test_a_stream_is_marked_by_powers_of_ten(reasoner: Reasoner, workload: Workload) -> None:
    runs = run_stream(reasoner, workload, 1_000, originals=20)
    assert [run.cases for run in runs] == [1_000]
    assert all(run.seconds > 0 and run.per_second > 0 for run in runs)


def test_every_suggestion_is_justified(cases: Sequence[Case], reasoner: Reasoner) -> None:
    found = measure_why(cases[:10], reasoner)
    assert found.suggestions >= 10
    assert found.justifications >= found.suggestions
    assert 0 < found.median.cpu <= found.ninth_decile


@pytest.mark.slow
def test_a_copied_vocabulary_gives_the_same_answers(cases: Sequence[Case], reasoner: Reasoner) -> None:
    graph = tuple(reasoner.knowledge.ontology.graph)
    sizes = measure_vocabulary(graph, cases[:6], (1, 2), rounds=1)  # it asserts the answers itself
    assert [s.copies for s in sizes] == [1, 2]
    core = len(core_terms() & reasoner.knowledge.ontology.classes)
    assert sizes[1].classes == 2 * sizes[0].classes - core


def test_a_copy_shares_the_core_and_nothing_else(reasoner: Reasoner) -> None:
    core, graph = core_terms(), tuple(reasoner.knowledge.ontology.graph)
    rename = Copies(graph, core).renaming(1)
    classes = reasoner.knowledge.ontology.classes
    assert {rename(c) for c in classes & core} == classes & core
    assert not {rename(c) for c in classes - core} & classes
    assert len({rename(c) for c in classes}) == len(classes)


# ------------------------------------------------------------ what the peers read


def test_a_case_as_classes_says_what_its_individuals_say(cases: Sequence[Case], reasoner: Reasoner) -> None:
    nodes, stated = stated_triples(cases[0], 0, reasoner)
    links = [t for t in stated if t.predicate != v.RDF_TYPE]
    classes = as_classes(stated)
    assert sum(t.predicate == v.OWL_ON_PROPERTY for t in classes) == len(links)
    assert sum(t.predicate == Iri(v.OWL + "hasValue") for t in classes) == sum(
        isinstance(t.object, Literal) for t in links
    )
    assert {t.subject for t in stated} >= {nodes.root, *nodes.findings}
    assert not {t.subject for t in stated} & set(nodes.denials)


def test_suggestions_are_read_from_query_classes(reasoner: Reasoner) -> None:
    condition = sorted(reasoner.knowledge.subclasses(v.CONDITION))[0]
    said = [v.PATIENT_CASE, query_class(v.SUGGESTS, condition), query_class(v.ARGUES_AGAINST, condition), "urn:other"]
    assert read_answer(said, reasoner) == Answer(frozenset({v.PATIENT_CASE}), frozenset({condition}))


def test_the_ontology_is_written_with_a_query_class_a_condition(reasoner: Reasoner) -> None:
    subjects = {t.subject for t in ontology_triples(reasoner)}
    conditions = reasoner.knowledge.subclasses(v.CONDITION)
    assert {query_class(v.SUGGESTS, c) for c in conditions} <= subjects


# ------------------------------------------------------------ the comparison

# A peer that answers from a file: what is asked of it is what the test wrote there.
_TOLD = """
import json, sys
from pathlib import Path
from benchmarks.reasoner.peers.protocol import serve
class Peer:
    def load(self, folder):
        print("libraries print")
        self.said = json.loads((folder / "said.json").read_text())
        return "told 1"
    def read_case(self, number):
        return self.said[number]
    def ask(self, case):
        return case
    def read_types(self, answer):
        return answer
serve(Peer())
"""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A Python that is the peer above, whatever module it is asked for."""
    script = tmp_path / "peer.py"
    script.write_text(_TOLD)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{script}"\n')
    python.chmod(0o755)
    return python


def _names(answer: Answer) -> list[str]:
    return [*answer.types, *(query_class(v.SUGGESTS, c) for c in answer.suggests)]


def test_rounds_compare_every_answer(
    told: Path, tmp_path: Path, cases: Sequence[Case], workload: Workload, reasoner: Reasoner
) -> None:
    plan = Plan(workload.recombined(cases, 8), cases, warm_up=2, per_round=3, rounds=2)
    numbered = next(i for i in plan.of_round(0) if reasoner.answer(plan.cases[i]) != _unnumbered(plan, i, reasoner))
    said = [_names(reasoner.answer(c)) for c in plan.cases]
    said[numbered] = _names(_unnumbered(plan, numbered, reasoner))
    said[-1] = [*said[-1], "urn:of-no-interest"]
    (tmp_path / "said.json").write_text(json.dumps(said))

    ours, (good, absent) = compete(
        plan,
        [Spec("good", "any", "", per_round=3, warm_up=2), Spec("absent", "none", "", 1, 0, in_peers=False)],
        tmp_path,
        told,
        reasoner,
    )
    assert (good.compared, good.equal, good.equal_without_numbers, good.failure) == (6, 5, 1, "")
    assert sum(good.missing.values()) > 0
    assert good.additional.total() == 0
    assert [len(r) for r in ours.warm] == [len(r) for r in ours.cold] == [3, 3]
    assert len(good.ratios(ours)) == 2
    assert good.loaded is not None
    assert good.loaded.version == "told 1"
    assert "No module named" in absent.failure
    assert absent.compared == 0


def _unnumbered(plan: Plan, number: int, reasoner: Reasoner) -> Answer:
    return reasoner.answer(without_numbers(plan.cases[number]))


def test_a_peer_that_fails_says_why(told: Path, tmp_path: Path) -> None:
    (tmp_path / "said.json").write_text("[]")
    contestant = Contestant(Spec("told", "any", "", 1, 0), told)
    contestant.load(tmp_path)
    with pytest.raises(FailedError, match="IndexError"):
        contestant.answer([0])
    contestant.close()
    with pytest.raises(FailedError, match="cannot be started"):
        Contestant(Spec("none", "any", "", 1, 0), tmp_path / "no-python")


def test_a_peer_that_takes_too_long_is_given_up(told: Path, tmp_path: Path) -> None:
    (tmp_path / "said.json").write_text("[]")
    contestant = Contestant(Spec("slow", "any", "", 1, 0, limit=0.0), told)
    with pytest.raises(FailedError, match="no answer within 0 s"):
        contestant.load(tmp_path)
    contestant.close()


@pytest.mark.slow
def test_hermit_in_a_process_of_its_own_says_the_same(
    tmp_path: Path, cases: Sequence[Case], reasoner: Reasoner
) -> None:
    """The one peer that the environment of the tests has: everything between us and a peer, end to end."""
    spec = next(s for s in SPECS if not s.in_peers)
    write_question(tmp_path, cases[:1], reasoner)
    contestant = Contestant(spec, Path(sys.executable))
    try:
        contestant.load(tmp_path)
        (reply,) = contestant.answer([0])
    finally:
        contestant.close()
    assert read_answer(reply.types, reasoner) == reasoner.answer(cases[0])
    assert reply.spent.cpu > 0.1


def test_both_clocks_run() -> None:
    result, spent = measure(lambda: sum(range(100_000)))
    assert result == 4_999_950_000
    assert spent.wall > 0
    assert spent.cpu > 0


# ------------------------------------------------------------ the verdicts


def _measured(*, warm: float = 1e-4, elk: float = 1e-2, megabytes: float = 100.0, last: float = 20.0) -> Measured:
    ours = Ours([[Spent(warm, warm)]] * 2, [[Spent(1e-3, 1e-3)]], [[Spent(2e-3, 2e-3)]])
    specs = {s.name: s for s in SPECS}
    peer = Standing(specs["ELK in process"], Loaded("ELK", 1.0), spent={0: [Spent(9.9, elk)], 1: [Spent(9.9, elk)]})
    nothing = Answer(frozenset(), frozenset())
    peer.compare(nothing, Answer(frozenset({v.PATIENT_CASE}), frozenset()), nothing)
    failed = Standing(specs["HermiT in process"], failure="no Java here")
    return Measured(
        ours,
        [peer, failed],
        Load(0.5, 0.4, 0.1, megabytes),
        [Run(1_000, 0.5, 90.0), Run(10_000, 0.2, 100.0), Run(100_000, last / 10, 101.0)],
        WhyTimes(Spent(0.05, 0.01), 0.03, 10, 12, 10),
        [Size(1, 100, 200, 0.1, (1e-4,), (1e-5,)), Size(4, 400, 800, 0.5, (2e-4,), (5e-5,))],
    )


def _holds(found: Measured) -> dict[str, bool | None]:
    return {verdict.what: verdict.holds for verdict in judge(found)}


def test_verdicts_follow_the_figures() -> None:
    good, bad = _holds(_measured()), _holds(_measured(warm=1e-3, megabytes=151.0, last=200.0))
    assert good["one case of 12 findings, warm"] is True
    assert bad["one case of 12 findings, warm"] is False
    assert good["… against ELK in process"] is True
    assert bad["… against ELK in process"] is False
    assert good["… against HermiT in process"] is None
    assert good["load of the release to first answer, new process"] is True
    assert bad["load of the release to first answer, new process"] is False
    assert good["bulk types and suggestions"] is True
    assert bad["bulk types and suggestions"] is False
    assert good["growth with the cases, a case"] is True
    assert bad["growth with the cases, a case"] is False
    assert good["growth with the vocabulary, a case"] is True
    assert good["… a case in bulk"] is False


def test_ratios_are_of_processor_time() -> None:
    found = _measured()
    assert found.standings[0].ratios(found.ours) == pytest.approx((100.0, 100.0))


def test_the_report_names_every_peer_and_every_target(tmp_path: Path) -> None:
    found = _measured()
    verdicts = judge(found)
    report = render(
        found, verdicts, Circumstances("2026-01-01", 1, 2, True, "0.1.0", (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1)
    )
    assert all(verdict.what in report for verdict in verdicts)
    assert "none: no Java here" in report
    assert "1 answers are ours to the case without its numbers" in report
    page = tmp_path / "benchmarks.md"
    page.write_text("before\n<!-- bench-reasoner: begin -->\nof an earlier run\n<!-- bench-reasoner: end -->\nafter\n")
    write(page, report)
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith("after\n")
    assert report in page.read_text()
    assert "of an earlier run" not in page.read_text()
    page.write_text("no marks")
    with pytest.raises(ValueError, match="lacks the marks"):
        write(page, report)


def test_the_page_has_the_marks() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert page.count("<!-- bench-reasoner: begin -->") == page.count("<!-- bench-reasoner: end -->") == 1
