"""What an answer would do to the differential, for every question at once: the arrays behind the next question.

For a finding with a reference rate q, P(finding | Dᵢ) = min(0.99, Lᵢ·q), where Lᵢ is the factor that the engine would
put on the weight of Dᵢ were the finding present: the row on it, and on its ancestors, as far as they would count
beside what is already known of their clusters. Where no row would count Lᵢ is 1, and so it is for the reference
hypothesis, for which P is q. The gain is the expected reduction of the entropy of the differential, in bits.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbarkg.identifiers import Iri
from lumbarkg.ranking.contributions import Contribution
from lumbarkg.ranking.posterior import Floats
from lumbarkg.ranking.rank import Setting, Standing

Integers = NDArray[np.intp]
_NO_ROW = 9


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

    ``gains`` in bits; ``changes`` says whether a yes or a no alone would change the first three.
    """

    gains: Floats
    changes: NDArray[np.bool_]
    yes_logs: Floats


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
        return Outlook(self._gains(yes, standing.posterior.probabilities), changes, yes)

    def _gains(self, yes_logs: Floats, probabilities: Floats) -> Floats:
        """I(finding; hypothesis) = H(finding) − Σᵢ pᵢ H(finding | Dᵢ), in bits."""
        given = np.minimum(self._ceiling, np.exp(yes_logs) * self._pair_rates)
        weights, size = probabilities[self.yes.hypothesis], len(self.askable)
        question = self.yes.question
        marginal = self.rates + _sums(question, weights * (given - self._pair_rates), size)
        change = weights * (_entropy(given) - self._pair_rate_entropy)
        conditional = self._rate_entropy + _sums(question, change, size)
        return np.maximum(0.0, _entropy(marginal) - conditional)

    def _changes(self, answers: _Answers, logs: Floats, standing: Standing) -> NDArray[np.bool_]:
        order = np.array(standing.order, dtype=np.intp)
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        # A column a question: rows of memory are then compared with one another.
        ranked = np.repeat(standing.logs[order], len(answers.moving)).reshape(len(order), -1)
        ranked[place[answers.hypothesis], answers.place] += logs
        first = min(3, len(order))
        moved = np.zeros(len(answers.moving), dtype=bool)
        for rank in range(first - 1):
            moved |= ranked[rank] < ranked[rank + 1]
        if len(order) > first:
            moved |= ranked[first - 1] < ranked[first:].max(axis=0)
        changed = np.zeros(len(self.askable), dtype=bool)
        changed[answers.moving] = moved
        return changed

    def separates(self, number: int, outlook: Outlook, standing: Standing, most: int) -> tuple[Iri, ...]:
        """The hypotheses whose probability a yes would move most, the most moved first."""
        probabilities = standing.posterior.probabilities
        factors = np.full(len(probabilities), self.rates[number])
        mine = self.yes.pairs_of(number)
        given = np.exp(outlook.yes_logs[mine]) * self.rates[number]
        factors[self.yes.hypothesis[mine]] = np.minimum(self._ceiling, given)
        after = probabilities * factors
        moved = np.abs(after / after.sum() - probabilities)
        # Stable, and the hypotheses are in the order of the table: equal moves come in that order.
        best = np.argsort(-moved, kind="stable")[:most].tolist()
        return tuple(self.setting.conditions[i] for i in best if moved[i] > 0)

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
    with np.errstate(divide="ignore", invalid="ignore"):
        found = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return np.where((p <= 0) | (p >= 1), 0.0, found)
