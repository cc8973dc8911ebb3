"""How runs are taken apart when they disagree, with a reasoner that answers as the test wants."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.oracle.answers import Answer, engine_answer
from lumbarkg.oracle.compare import CHUNK, REJECTED_TOGETHER, compare
from lumbarkg.oracle.hermit import Verdict
from lumbarkg.rdf.terms import Triple, decimal_literal
from lumbarkg.reasoning.knowledge import Knowledge

EMPTY, MARKED = Case(), Case(age=Decimal("50"))
Rejects = Callable[[list[Triple], tuple[Iri, ...]], bool]


class Puppet:
    """Finds every individual a mere patient case, and inconsistent what ``rejects`` says.

    ``alone`` is what it finds an individual to be that runs alone.
    """

    def __init__(
        self, knowledge: Knowledge, rejects: Rejects | None = None, alone: Answer | None = None, failure: str = ""
    ) -> None:
        self._types = knowledge.superclasses(v.PATIENT_CASE)
        self._alone = alone.case_types if alone else self._types
        self._rejects, self._failure = rejects, failure
        self.sizes: list[int] = []

    def submit(self, triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Future[Verdict]:
        self.sizes.append(len(individuals))
        is_rejected = self._rejects is not None and self._rejects(triples, individuals)
        found = self._types if len(individuals) > 1 else self._alone
        types = {} if is_rejected else dict.fromkeys(individuals, found)
        run: Future[Verdict] = Future()
        run.set_result(Verdict(not is_rejected, types, {c: frozenset() for c in classes}, 0.0, self._failure))
        return run


def _is_marked(triples: list[Triple], individuals: tuple[Iri, ...]) -> bool:
    return any(t.object == decimal_literal(Decimal("50")) for t in triples)


def test_agreeing_cases_run_some_at_a_time(knowledge: Knowledge) -> None:
    puppet = Puppet(knowledge)
    seen: list[tuple[int, int]] = []
    report = compare(
        [EMPTY] * (5 * CHUNK), knowledge, puppet, lambda settled, differing: seen.append((settled, differing))
    )
    assert (puppet.sizes, report.hermit_runs, report.differing) == ([CHUNK] * 5, 5, ())
    assert len(report.compared) == 5 * CHUNK
    assert seen[-1] == (5 * CHUNK, 0)


def test_a_rejected_run_is_halved_until_the_case_is_found(knowledge: Knowledge) -> None:
    puppet = Puppet(knowledge, _is_marked)
    report = compare([*[EMPTY] * 3, MARKED, EMPTY], knowledge, puppet)
    assert [c.case for c in report.differing] == [MARKED]
    assert [str(d) for d in report.differing[0].differences] == ["consistency: only the engine: consistent"]
    assert puppet.sizes == [5, 2, 3, 1, 2, 1, 1]


def test_a_differing_case_runs_again_alone(knowledge: Knowledge) -> None:
    """The engine finds classes of age, the puppet none."""
    puppet = Puppet(knowledge)
    report = compare([EMPTY, MARKED, EMPTY], knowledge, puppet)
    assert [c.case for c in report.differing] == [MARKED]
    assert {d.about for d in report.differing[0].differences} == {"types of the case"}
    assert puppet.sizes == [3, 1, 1]  # together, alone, and to refute that it is outside the classes


def test_what_the_reasoner_finds_alone_and_not_in_company_is_its_lapse(knowledge: Knowledge) -> None:
    """What follows from less follows from more: the lapse is told, and is no difference."""
    puppet = Puppet(knowledge, alone=engine_answer(MARKED, knowledge))
    report = compare([EMPTY, MARKED, EMPTY], knowledge, puppet)
    assert report.differing == ()
    assert [c.case for c in report.lapses] == [MARKED]
    assert {d.about for d in report.lapses[0].differences} == {"types of the case"}


def _is_denied(triples: list[Triple], individuals: tuple[Iri, ...]) -> bool:
    return any(t.predicate == v.OWL_COMPLEMENT_OF for t in triples)


def test_what_the_reasoner_refutes_the_denial_of_is_its_lapse(knowledge: Knowledge) -> None:
    """It leaves the classes of age out even alone, and finds a contradiction in being outside of them."""
    puppet = Puppet(knowledge, _is_denied)
    report = compare([EMPTY, MARKED], knowledge, puppet)
    assert report.differing == ()
    assert [c.case for c in report.lapses] == [MARKED]
    assert puppet.sizes == [2, 1, 1]


def test_a_denial_names_each_class_that_was_left_out(knowledge: Knowledge) -> None:
    classes = engine_answer(MARKED, knowledge).case_types - engine_answer(EMPTY, knowledge).case_types
    assert classes
    denied: list[frozenset[Iri]] = []

    def note(triples: list[Triple], individuals: tuple[Iri, ...]) -> bool:
        denied.append(frozenset(Iri(str(t.object)) for t in triples if t.predicate == v.OWL_COMPLEMENT_OF))
        return False

    compare([MARKED], knowledge, Puppet(knowledge, note))
    assert denied == [frozenset(), classes]


def test_a_run_that_is_rejected_though_its_parts_are_not_is_a_difference(knowledge: Knowledge) -> None:
    puppet = Puppet(knowledge, lambda triples, individuals: len(individuals) > 1)
    report = compare([EMPTY] * 3, knowledge, puppet)
    assert report.differing
    assert report.differing[0].differences[0].about == REJECTED_TOGETHER


def test_no_answer_is_no_agreement(knowledge: Knowledge) -> None:
    puppet = Puppet(knowledge, lambda triples, individuals: True, failure="out of memory")
    report = compare([EMPTY] * 2, knowledge, puppet)
    assert len(report.differing) == 2
    assert str(report.differing[0].differences[0]) == "HermiT gave no answer: only HermiT: out of memory"
