"""Our reasoner and the others on the same cases, a few at a time in turn: what disturbs one disturbs all.

A ratio is taken within each round, between medians of processor time, and the median of these ratios over the rounds is
reported. Peers that take long are given the first cases of a round only; every answer is compared.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.reasoner.contestants import Contestant, FailedError, Loaded, Reply, Spec
from benchmarks.reasoner.engine import Answer, Reasoner, without_numbers
from benchmarks.reasoner.exchange import read_answer
from benchmarks.reasoner.peers.clock import Spent, measure
from lumbarkg.model import Case


@dataclass
class Ours:
    """What our reasoner took, a list a round: expressions seen before, never seen, and of terms never seen either."""

    warm: list[list[Spent]] = field(default_factory=list)
    cold: list[list[Spent]] = field(default_factory=list)
    terms: list[list[Spent]] = field(default_factory=list)


@dataclass
class Standing:
    """What was measured of one peer, or why nothing was."""

    spec: Spec
    loaded: Loaded | None = None
    failure: str = ""
    spent: dict[int, list[Spent]] = field(default_factory=dict)
    """Round → what each case took."""
    megabytes: float | None = None
    compared: int = 0
    equal: int = 0
    equal_without_numbers: int = 0
    """How many of the answers that differ are our answers to the same case without its numbers."""
    missing: Counter[str] = field(default_factory=Counter)
    additional: Counter[str] = field(default_factory=Counter)
    missing_suggestions: Counter[str] = field(default_factory=Counter)

    @property
    def median(self) -> Spent | None:
        """What a case took: the median over the rounds of their medians."""
        return median_of(tuple(self.spent.values())) if self.spent else None

    def ratios(self, ours: Ours) -> tuple[float, ...]:
        """How many times our processor time it took, round by round."""
        return tuple(median_of([s]).cpu / median_of([ours.warm[n]]).cpu for n, s in sorted(self.spent.items()))

    def compare(self, theirs: Answer, ours: Answer, ours_without_numbers: Answer) -> None:
        """Count where an answer differs from ours."""
        self.compared += 1
        self.equal += theirs == ours
        self.equal_without_numbers += theirs == ours_without_numbers != ours
        self.missing.update(ours.types - theirs.types)
        self.additional.update(theirs.types - ours.types)
        self.missing_suggestions.update(ours.suggests - theirs.suggests)
        self.additional.update(f"suggests {c}" for c in theirs.suggests - ours.suggests)


def median_of(rounds: Sequence[Sequence[Spent]]) -> Spent:
    """The median over the rounds of the median of each."""
    return Spent(
        statistics.median(statistics.median(s.wall for s in spent) for spent in rounds),
        statistics.median(statistics.median(s.cpu for s in spent) for spent in rounds),
    )


@dataclass(frozen=True)
class Plan:
    """The cases of the rounds, and those before: to warm the peers up, and to show our reasoner the expressions."""

    cases: Sequence[Case]
    originals: Sequence[Case]
    """Cases of which those of the rounds are recombined."""
    warm_up: int
    """So many of the first cases take part in no round."""
    per_round: int
    rounds: int

    def of_round(self, number: int) -> range:
        """The cases of a round, by number."""
        start = self.warm_up + number * self.per_round
        return range(start, start + self.per_round)


def compete(
    plan: Plan, specs: Sequence[Spec], folder: Path, peers: Path, reasoner: Reasoner
) -> tuple[Ours, list[Standing]]:
    """Run all rounds; the documents of the cases must lie in ``folder``."""
    ours = Ours()
    standings = [Standing(spec) for spec in specs]
    running: list[tuple[Standing, Contestant]] = []
    try:
        for standing in standings:
            _say(f"{standing.spec.name}: loading")
            with _failures_kept(standing, running):
                running.append((standing, contestant := Contestant(standing.spec, peers)))
                standing.loaded = contestant.load(folder)
                contestant.answer(range(min(standing.spec.warm_up, plan.warm_up)))
        for number in range(plan.rounds):
            _say(f"round {number + 1} of {plan.rounds}")
            numbers = plan.of_round(number)
            _ours(ours, [plan.cases[i] for i in numbers], plan.originals, reasoner)
            for standing, contestant in running:
                if standing.failure:
                    continue
                with _failures_kept(standing, running):
                    replies = contestant.answer(numbers[: standing.spec.per_round])
                    standing.spent[number] = [r.spent for r in replies]
                    _compare(standing, replies, plan.cases, reasoner)
                    standing.megabytes = contestant.megabytes
    finally:
        for _, contestant in running:
            contestant.close()
    return ours, standings


def _ours(ours: Ours, cases: Sequence[Case], originals: Sequence[Case], reasoner: Reasoner) -> None:
    """Measure our reasoner on the cases of one round: after the originals of their findings, and after nothing."""
    for forget, spent in ((reasoner.forget_terms, ours.terms), (reasoner.forget, ours.cold)):
        for case in originals:
            reasoner.answer(case)
        found = []
        for case in cases:
            forget()
            found.append(_spent(reasoner, case))
        spent.append(found)
    reasoner.forget()
    for case in originals:
        reasoner.answer(case)
    ours.warm.append([_spent(reasoner, case) for case in cases])


def _spent(reasoner: Reasoner, case: Case) -> Spent:
    return measure(partial(reasoner.answer, case))[1]


def _compare(standing: Standing, replies: Sequence[Reply], cases: Sequence[Case], reasoner: Reasoner) -> None:
    for reply in replies:
        case = cases[reply.case]
        theirs = read_answer(reply.types, reasoner)
        standing.compare(theirs, reasoner.answer(case), reasoner.answer(without_numbers(case)))


@contextlib.contextmanager
def _failures_kept(standing: Standing, running: Sequence[tuple[Standing, Contestant]]) -> Iterator[None]:
    """A failure within is kept as the reason for the table; it ends the peer, and nothing else."""
    try:
        yield
    except FailedError as problem:
        standing.failure = str(problem)
        for failed, contestant in running:
            if failed is standing:
                contestant.close()
        _say(f"{standing.spec.name}: {problem}")


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)
