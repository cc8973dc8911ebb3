"""The comparison: cases in chunks, chunks in two processes; what disagrees is run again in parts until it stands alone.

One inconsistent case spoils the run that it takes part in. So a case that the engine finds inconsistent runs alone,
and HermiT must reject it; a run that HermiT rejects though the engine found all its cases consistent is halved until
the case is found. Cases that differ in a run are run again, each alone, so that no difference is another case's.

Two readings of a case are compared (``Form``): the released one, in which both must derive the same, and the
ontology as edited, with true complements, against which the engine must be sound.

HermiT's realisation at times leaves out a class of an individual: in company what it finds of a case alone, and even
alone what it refutes the denial of. So what only the engine says of a case alone is put to HermiT by refutation: where
the case contradicts being outside one of the classes, HermiT holds that they follow, and its silence is a lapse of
its own, counted apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.model import Case
from lumbarkg.ontology.build.certificate import digest_of, logical_triples
from lumbarkg.oracle.answers import INCONSISTENT, Answer, Difference, hermit_answer, left_out
from lumbarkg.oracle.forms import HORN, Form
from lumbarkg.oracle.hermit import Hermit, Verdict, version
from lumbarkg.oracle.journal import Journal, Reasoner
from lumbarkg.oracle.translate import CaseNodes, query_triples, refutation_triples
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import add_bilateral_findings

CHUNK = 5
"""So many cases take part in one run: one alone costs 3.3 s of processor time, five 5 s, ten 6 to 32 s, for the types
of individuals that HermiT cannot read off its model are tested one by one, each over all the cases."""

REJECTED_TOGETHER = "HermiT rejects them together and no smaller part of them"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Compared:
    """One case with the engine's answer and every point on which HermiT says otherwise."""

    case: Case
    answer: Answer
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Report:
    """The outcome of a comparison: the cases in the order given, and what it took.

    ``lapses`` are cases with what HermiT left out of them, though it finds it of the case alone or refutes its denial.
    ``told_runs`` of all runs were known from the journal.
    """

    compared: tuple[Compared, ...]
    lapses: tuple[Compared, ...]
    hermit_runs: int
    told_runs: int
    engine_seconds: float
    hermit_seconds: float
    seconds: float

    @property
    def differing(self) -> tuple[Compared, ...]:
        """The cases on which the two disagree."""
        return tuple(c for c in self.compared if c.differences)

    @property
    def inconsistent(self) -> tuple[Compared, ...]:
        """The cases that the engine finds inconsistent; HermiT, asked for each alone, agrees where none differs."""
        return tuple(c for c in self.compared if not c.answer.consistent)


class Oracle:
    """Holds the engine's knowledge against HermiT over the same release; close it after use.

    HermiT reads the logical triples of ``release``. They are given apart from ``knowledge`` so that a test can hold a
    broken engine against the whole release. What HermiT says is kept in the folder ``journal``, if one is given.
    """

    def __init__(
        self, knowledge: Knowledge, release: Sequence[Triple], *, form: Form = HORN, journal: Path | None = None
    ) -> None:
        self._knowledge, self._form = knowledge, form
        base = [*logical_triples(release), *query_triples(knowledge.subclasses(v.CONDITION))]
        self._hermit = Hermit(base)
        self._journal = journal and Journal(self._hermit, journal, digest_of(base, version()))

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *reason: object) -> None:
        self._hermit.close()

    def compare(self, cases: Sequence[Case], progress: Progress | None = None) -> Report:
        """Compare every case; ``progress`` is told how many of them are settled and how many differ."""
        return compare(cases, self._knowledge, self._journal or self._hermit, progress, self._form)

    def disagree(self, case: Case) -> bool:
        """Whether the two differ on one case."""
        return bool(self.compare([case]).differing)


def compare(
    cases: Sequence[Case],
    knowledge: Knowledge,
    reasoner: Reasoner,
    progress: Progress | None = None,
    form: Form = HORN,
) -> Report:
    """Compare what the engine and the reasoner say of every case."""
    return _Comparison(knowledge, reasoner, cases, progress, form).run()


@dataclass
class _Comparison:
    knowledge: Knowledge
    reasoner: Reasoner
    drawn: Sequence[Case]
    progress: Progress | None
    form: Form
    settled: dict[int, tuple[Difference, ...]] = field(default_factory=dict)
    running: dict[Future[Verdict], list[tuple[int, CaseNodes]]] = field(default_factory=dict)
    refuting: dict[Future[Verdict], int] = field(default_factory=dict)
    doubted: dict[int, tuple[Difference, ...]] = field(default_factory=dict)
    suspected: list[tuple[tuple[int, ...], tuple[Difference, ...]]] = field(default_factory=list)
    lapses: list[Compared] = field(default_factory=list)
    runs: int = 0
    hermit_seconds: float = 0.0

    def run(self) -> Report:
        started = time.monotonic()
        self.cases = [add_bilateral_findings(case, self.knowledge) for case in self.drawn]
        self.answers = [self.form.answer(case, self.knowledge) for case in self.cases]
        engine_seconds = time.monotonic() - started
        told = self.reasoner.told if isinstance(self.reasoner, Journal) else 0
        # A chunk is a stretch of the cases drawn: where one of them proves inconsistent, the others keep their chunks.
        for start in range(0, len(self.cases), CHUNK):
            stretch = range(start, min(start + CHUNK, len(self.cases)))
            if consistent := [i for i in stretch if self.answers[i].consistent]:
                self._submit(consistent)
        for index, answer in enumerate(self.answers):
            if not answer.consistent:
                self._submit([index])
        while self.running or self.refuting:
            done, _ = wait([*self.running, *self.refuting], return_when=FIRST_COMPLETED)
            for future in done:
                if future in self.refuting:
                    self._settle_refutation(self.refuting.pop(future), future.result())
                else:
                    self._settle(self.running.pop(future), future.result())
            if self.progress is not None:
                self.progress(len(self.settled), sum(bool(found) for found in self.settled.values()))
        self._settle_suspicions()
        return Report(
            tuple(Compared(case, self.answers[i], self.settled[i]) for i, case in enumerate(self.drawn)),
            tuple(self.lapses),
            self.runs,
            self.reasoner.told - told if isinstance(self.reasoner, Journal) else 0,
            engine_seconds,
            self.hermit_seconds,
            time.monotonic() - started,
        )

    def _submit(self, indices: list[int]) -> None:
        members, triples = [], []
        for number, index in enumerate(indices):
            nodes, stated = self.form.state(self.cases[index], number, self.knowledge)
            members.append((index, nodes))
            triples += stated
        individuals = tuple(i for _, nodes in members for i in nodes.individuals)
        future = self.reasoner.submit(triples, individuals, tuple(c for _, nodes in members for c in nodes.denials))
        self.running[future] = members
        self.runs += 1

    def _settle(self, members: list[tuple[int, CaseNodes]], verdict: Verdict) -> None:
        """Take over what a run says, or run its cases again in parts."""
        self.hermit_seconds += verdict.seconds
        indices = [index for index, _ in members]
        if not verdict.consistent and len(indices) > 1:
            if not verdict.failure:
                self.suspected.append((tuple(indices), ()))
            middle = len(indices) // 2
            self._submit(indices[:middle])
            self._submit(indices[middle:])
            return
        found = {index: self._differences(index, nodes, verdict) for index, nodes in members}
        differing = [index for index in indices if found[index]]
        if len(indices) == 1 and differing and verdict.consistent:
            self._refute(*members[0], found[indices[0]])
        if len(indices) > 1:
            for index in differing:
                self.suspected.append(((index,), found[index]))
                self._submit([index])
                del found[index]
        self.settled.update(found)

    def _refute(self, index: int, nodes: CaseNodes, found: tuple[Difference, ...]) -> None:
        """Ask whether what only the engine says of a case that runs alone can be denied."""
        claims = left_out(found, self.cases[index], nodes)
        if claims:
            self.doubted[index] = found
        for individual, classes in claims.items():
            _, stated = self.form.state(self.cases[index], 0, self.knowledge)
            future = self.reasoner.submit([*stated, *refutation_triples(individual, classes)], (individual,), ())
            self.refuting[future] = index
            self.runs += 1

    def _settle_refutation(self, index: int, verdict: Verdict) -> None:
        """The difference goes where every denial was refuted: then HermiT left out what follows by its own account."""
        self.hermit_seconds += verdict.seconds
        if verdict.consistent or verdict.failure:
            self.doubted.pop(index, None)
        elif index in self.doubted and index not in self.refuting.values():
            self.lapses.append(Compared(self.drawn[index], self.answers[index], self.doubted.pop(index)))
            self.settled[index] = ()

    def _settle_suspicions(self) -> None:
        """A run that disagreed is never forgotten, even if none of its cases differs when it runs alone."""
        for indices, found in self.suspected:
            if any(self.settled[i] for i in indices):
                continue
            if any(lapse.case is self.drawn[i] for lapse in self.lapses for i in indices):
                continue
            if found and all(d.only_engine and not d.only_hermit for d in found):
                self.lapses.append(Compared(self.drawn[indices[0]], self.answers[indices[0]], found))
            else:
                together = frozenset(f"case {i}" for i in indices)
                found = found or (Difference(REJECTED_TOGETHER, together, frozenset()),)
                self.settled[indices[0]] = found

    def _differences(self, index: int, nodes: CaseNodes, verdict: Verdict) -> tuple[Difference, ...]:
        ours = self.answers[index]
        if verdict.failure:
            return (Difference("HermiT gave no answer", frozenset(), frozenset({verdict.failure})),)
        if not verdict.consistent:
            return self.form.differences(ours, INCONSISTENT)
        return self.form.differences(ours, hermit_answer(self.cases[index], nodes, verdict, self.knowledge))
