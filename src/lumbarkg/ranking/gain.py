"""What an answer would do to the differential, for every question at once: the arrays behind the next question.

For a finding with a reference rate q, P(finding | Dᵢ) = min(0.99, Lᵢ·q), where Lᵢ is the factor that the engine would
put on the weight of Dᵢ were the finding present: the row on it, and on its ancestors, as far as they would count
beside what is already known of their clusters. Where no row would count Lᵢ is 1, and so it is for the reference
hypothesis, for which P is q. The gain is the expected reduction of the entropy of the differential, in bits.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lumbarkg.identifiers import Iri
from lumbarkg.ranking.contributions import Contribution
from lumbarkg.ranking.posterior import Floats
from lumbarkg.ranking.rank import Setting, Standing

Integers = NDArray[np.intp]
_NO_ROW = 9
_TINY = np.finfo(np.float64).tiny
_FIRST = 3
"""An answer matters where it changes so many first hypotheses."""


@dataclass(frozen=True)
class Askable:
    """A class that can be asked about, and how often it is present in the reference hypothesis, by which row.

    ``present`` are the numbers of the contributions that a yes would bring, ``absent`` those of a no.
    """

    cls: Iri
    rate: float
    row: str
    present: tuple[int, ...]
    absent: tuple[int, ...]


class _Answers:
    """For one answer, yes or no, to each question: the strongest row that it brings per hypothesis and cluster."""

    def __init__(self, brought: list[tuple[int, ...]], setting: Setting, clusters: dict[tuple[int, str], int]) -> None:
        everything = setting.contributions.all
        groups: dict[tuple[int, int, str], list[Contribution]] = defaultdict(list)
        for question, numbers in enumerate(brought):
            for c in (everything[n] for n in numbers):
                if c.usable:
                    groups[question, c.hypothesis, c.cluster].append(c)
        best = {key: _strongest(members) for key, members in groups.items()}
        rows: dict[tuple[int, int], list[str]] = defaultdict(list)
        for (question, hypothesis, _), c in best.items():
            rows[question, hypothesis].append(c.item.row)
        pairs = {pair: number for number, pair in enumerate(rows)}
        self.rows = tuple(map(tuple, rows.values()))
        """The rows of each pair."""
        self.question = np.array([q for q, _ in pairs], dtype=np.intp)
        self.hypothesis = np.array([h for _, h in pairs], dtype=np.intp)
        # Pairs stand in the order of their questions.
        self._first_pairs: list[int] = np.searchsorted(self.question, np.arange(len(brought) + 1)).tolist()
        self.moving = np.unique(self.question)
        """The questions with such a row; the answer to any other moves nothing."""
        self.place = np.searchsorted(self.moving, self.question)
        """The place of each pair's question among them."""
        self.cell = self.hypothesis * len(self.moving) + self.place
        """The place of each pair in a table of hypotheses by moving questions."""
        self._pair = np.array([pairs[q, h] for q, h, _ in best], dtype=np.intp)
        self._cluster = np.array([clusters.setdefault((h, c), len(clusters)) for _, h, c in best], dtype=np.intp)
        self._log = np.array([c.log for c in best.values()])
        self._kind = np.array([c.kind for c in best.values()], dtype=np.intp)

    def pairs_of(self, question: int) -> slice:
        """The pairs of a question."""
        return slice(self._first_pairs[question], self._first_pairs[question + 1])

    def logs(self, known_logs: Floats, known_kinds: Integers) -> Floats:
        """ln of the factor on each (question, hypothesis), given what counts in each cluster already."""
        before, kind = known_logs[self._cluster], known_kinds[self._cluster]
        size, size_before = np.abs(self._log), np.abs(before)
        stronger = (size > size_before + 1e-12) | ((np.abs(size - size_before) <= 1e-12) & (self._log < before))
        wins = (self._kind < kind) | ((self._kind == kind) & stronger)
        return _sums(self._pair, np.where(wins, self._log - before, 0.0), len(self.question))


def _strongest(members: list[Contribution]) -> Contribution:
    """Which of several rows that one answer brings would count, as in any cluster."""
    used: dict[Iri, Contribution] = {}
    for c in members:
        if c.finding not in used or c.choice < used[c.finding].choice:
            used[c.finding] = c
    return min(used.values(), key=lambda c: c.strength)


@dataclass(frozen=True)
class Outlook:
    """What each question promises in one case, in the order of the questions.

    ``gains`` in bits; ``changes`` says whether a yes or a no alone would change the first three. For each pair of a
    question and a hypothesis that a yes moves: ln of the factor, and how often the hypothesis comes with a yes.
    """

    gains: Floats
    changes: NDArray[np.bool_]
    yes_logs: Floats
    yes_given: Floats


class Questions:
    """The questions of one setting with what their answers would bring, prepared once."""

    def __init__(self, askable: tuple[Askable, ...], setting: Setting, ceiling: float) -> None:
        self.askable, self.setting, self._ceiling = askable, setting, ceiling
        self.index = {a.cls: number for number, a in enumerate(askable)}
        self.classes = frozenset(self.index)
        self._clusters: dict[tuple[int, str], int] = {}
        self.yes = _Answers([a.present for a in askable], setting, self._clusters)
        self.no = _Answers([a.absent for a in askable], setting, self._clusters)
        self.rates = np.array([a.rate for a in askable])
        self._pair_rates = self.rates[self.yes.question] if askable else self.rates
        self._rate_entropy = _entropy(self.rates)
        self._pair_rate_entropy = self._rate_entropy[self.yes.question] if askable else self.rates
        nothing = np.zeros(len(self._clusters)), np.full(len(self._clusters), _NO_ROW, dtype=np.intp)
        self._alone = self.yes.logs(*nothing)
        """What a yes would do to a case of which nothing is known: most pairs stay so in any case."""
        every = np.arange(len(self._alone))
        self._given_alone = self._given(self._alone, every)
        self._change_alone = self._change(self._given_alone, every)

    def outlook(self, standing: Standing) -> Outlook:
        """The gain of every question, and whether its answer could change the first three."""
        known_logs = np.zeros(len(self._clusters))
        known_kinds = np.full(len(self._clusters), _NO_ROW, dtype=np.intp)
        for hypothesis, weighed in enumerate(standing.weighed):
            for c in weighed.counted:
                place = self._clusters.get((hypothesis, c.cluster))
                if place is not None:
                    known_logs[place], known_kinds[place] = c.log, c.kind
        yes, no = self.yes.logs(known_logs, known_kinds), self.no.logs(known_logs, known_kinds)
        changes = self._changes(self.yes, yes, standing) | self._changes(self.no, no, standing)
        other = np.flatnonzero(yes != self._alone)
        given, change = self._given_alone.copy(), self._change_alone.copy()
        given[other] = self._given(yes[other], other)
        change[other] = self._change(given[other], other)
        return Outlook(self._gains(given, change, standing.posterior.probabilities), changes, yes, given)

    def _given(self, logs: Floats, pairs: Integers) -> Floats:
        """P(finding | Dᵢ) for some of the pairs, of which these are ln of the factors."""
        found: Floats = np.minimum(self._ceiling, np.exp(logs) * self._pair_rates[pairs])
        return found

    def _change(self, given: Floats, pairs: Integers) -> Floats:
        """By how much the entropy of the finding differs between Dᵢ and the reference hypothesis."""
        return _entropy(given) - self._pair_rate_entropy[pairs]

    def _gains(self, given: Floats, change: Floats, probabilities: Floats) -> Floats:
        """I(finding; hypothesis) = H(finding) − Σᵢ pᵢ H(finding | Dᵢ), in bits."""
        weights, size = probabilities[self.yes.hypothesis], len(self.askable)
        question = self.yes.question
        marginal = self.rates + _sums(question, weights * (given - self._pair_rates), size)
        conditional = self._rate_entropy + _sums(question, weights * change, size)
        return np.maximum(0.0, _entropy(marginal) - conditional)

    def _changes(self, answers: _Answers, logs: Floats, standing: Standing) -> NDArray[np.bool_]:
        size, first = len(answers.moving), list(standing.order[:_FIRST])
        # A column a question: rows of memory are then compared with one another.
        after = _sums(answers.cell, logs, len(standing.order) * size).reshape(len(standing.order), size)
        after += standing.logs[:, np.newaxis]
        ranked = after[first]
        moved = np.zeros(size, dtype=bool)
        for better, worse in pairwise(ranked):
            moved |= better < worse
        if len(standing.order) > len(first):
            after[first] = -np.inf
            moved |= ranked[-1] < after.max(axis=0)
        changed = np.zeros(len(self.askable), dtype=bool)
        changed[answers.moving] = moved
        return changed

    def separates(self, numbers: list[int], outlook: Outlook, standing: Standing, most: int) -> list[tuple[Iri, ...]]:
        """For each question, the hypotheses whose probability a yes would move most, the most moved first."""
        probabilities, conditions = standing.posterior.probabilities, self.setting.conditions
        factors = np.repeat(self.rates[numbers], len(conditions)).reshape(len(numbers), len(conditions))
        for row, number in enumerate(numbers):
            mine = self.yes.pairs_of(number)
            factors[row, self.yes.hypothesis[mine]] = outlook.yes_given[mine]
        after = probabilities * factors
        moved = np.abs(after / after.sum(axis=1, keepdims=True) - probabilities)
        # Stable, and the hypotheses are in the order of the table: equal moves come in that order.
        best = np.argsort(-moved, axis=1, kind="stable")[:, :most]
        return [
            tuple(conditions[i] for i in places if moves[i] > 0)
            for places, moves in zip(best.tolist(), moved.tolist(), strict=True)
        ]

    def rows_of(self, number: int, outlook: Outlook) -> tuple[str, ...]:
        """The rows that a yes would bring into the product."""
        mine = self.yes.pairs_of(number)
        moved = zip(outlook.yes_logs[mine].tolist(), self.yes.rows[mine], strict=True)
        return tuple(sorted({row for log, rows in moved if log != 0 for row in rows}))


def _sums(place: Integers, values: Floats, size: int) -> Floats:
    """The values summed by place."""
    return np.bincount(place, values, minlength=size).astype(np.float64, copy=False)


def _entropy(p: Floats) -> Floats:
    """The entropy of a yes or no with probability p, in bits."""
    q = 1 - p
    # Where either is 0 its share is 0 times a number.
    return -(p * np.log2(np.maximum(p, _TINY)) + q * np.log2(np.maximum(q, _TINY)))
