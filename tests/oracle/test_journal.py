"""The journal: what HermiT said once is not asked again, whatever interrupted the run before."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest

from lumbarkg.identifiers import Iri
from lumbarkg.oracle.hermit import Verdict
from lumbarkg.oracle.journal import Journal
from lumbarkg.rdf.terms import Triple

A, B, P = Iri("urn:test:a"), Iri("urn:test:b"), Iri("urn:test:p")
SAYS = Verdict(True, {A: frozenset({B})}, {B: frozenset({A, B})}, 1.5)
ONTOLOGY = "0123456789abcdef0123"


class Counting:
    """Says the same of everything and counts how often it was asked."""

    def __init__(self, verdict: Verdict = SAYS) -> None:
        self.asked = 0
        self._verdict = verdict

    def submit(self, triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Future[Verdict]:
        self.asked += 1
        run: Future[Verdict] = Future()
        run.set_result(self._verdict)
        return run


def _ask(journal: Journal, thing: Iri = A) -> Verdict:
    return journal.submit([Triple(A, P, thing)], (A,), (B,)).result()


def test_what_is_kept_is_not_asked_again(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    assert _ask(Journal(first, tmp_path, ONTOLOGY)) == SAYS
    resumed = Journal(second, tmp_path, ONTOLOGY)
    assert _ask(resumed) == SAYS
    assert (first.asked, second.asked, resumed.told) == (1, 0, 1)


def test_other_triples_and_another_ontology_are_asked(tmp_path: Path) -> None:
    reasoner = Counting()
    _ask(Journal(reasoner, tmp_path, ONTOLOGY))
    _ask(Journal(reasoner, tmp_path, ONTOLOGY), B)
    _ask(Journal(reasoner, tmp_path, f"f{ONTOLOGY}"))
    assert reasoner.asked == 3
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_line_that_was_cut_off_is_asked_again(tmp_path: Path, cut: int) -> None:
    reasoner = Counting()
    journal = Journal(reasoner, tmp_path, ONTOLOGY)
    _ask(journal, A)
    _ask(journal, B)
    content = journal.path.read_bytes()
    journal.path.write_bytes(content[:-cut])
    resumed = Journal(reasoner, tmp_path, ONTOLOGY)
    assert (_ask(resumed, A), _ask(resumed, B), reasoner.asked) == (SAYS, SAYS, 3)
    assert journal.path.read_bytes() == content


@pytest.mark.parametrize("consistent", [True, False])
def test_no_answer_is_not_kept_and_a_rejection_is(tmp_path: Path, consistent: bool) -> None:
    failing = Counting(Verdict(False, {}, {}, 1.0, "out of memory"))
    assert _ask(Journal(failing, tmp_path, ONTOLOGY)).failure
    rejecting = Counting(Verdict(consistent, {}, {}, 1.0))
    assert _ask(Journal(rejecting, tmp_path, ONTOLOGY)).consistent is consistent
    assert _ask(Journal(failing, tmp_path, ONTOLOGY)).consistent is consistent
    assert (failing.asked, rejecting.asked) == (1, 1)


def test_a_run_that_breaks_is_told(tmp_path: Path) -> None:
    class Breaking:
        def submit(self, *_: object) -> Future[Verdict]:
            run: Future[Verdict] = Future()
            run.set_exception(OSError("no Java"))
            return run

    with pytest.raises(OSError, match="no Java"):
        _ask(Journal(Breaking(), tmp_path, ONTOLOGY))
