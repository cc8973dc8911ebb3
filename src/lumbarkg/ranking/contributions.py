"""What each row would contribute to a hypothesis in one setting, made once per ontology, and which of them count.

Of rows on the same finding one is used: a published ratio before a judged one, then one measured in the setting of
the case, then the better verified, then the larger, then the first by id. Of the rows of one cluster one counts: a
published score that the case lets us compute, else a pattern's own row, else the largest |ln LR|, the one nearer 1
in a tie. The others are shown as not counted, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from lumbarkg.identifiers import Iri
from lumbarkg.model import EvidenceItem
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ranking.rows import ABSENT, JUDGEMENT, PRESENT, UsableRow, log_variance, setting_matches

_STATUS_ORDER = {"abstract": 0, "computed": 1, "secondary": 2, "unverified": 3, "judgement": 4}
_SCORE, _PATTERN, _FINDING = 0, 1, 2
_KINDS = {"score": _SCORE, "pattern": _PATTERN}
ALONE = "the only row of its cluster"
WINS = {
    _SCORE: "a published score, in place of the other rows of its cluster",
    _PATTERN: "the pattern's own row, in place of the other rows of its cluster",
    _FINDING: "the strongest of its cluster",
}
_USED_BECAUSE = (
    "published, not judged",
    "measured in the setting of the case",
    "better verified",
    "from more patients",
    "the first by id of equals",
)
_REMEMBERED = 2_000

Choice = tuple[bool, bool, int, int, str]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One row in one state, as it would enter the product of one hypothesis.

    ``log`` is ln LR after damping, ``item`` the row as it is shown. One that is not ``usable`` has no ratio for
    this state, or a reason not to be counted.
    """

    number: int
    hypothesis: int
    finding: Iri
    cluster: str
    choice: Choice
    kind: int
    log: float
    variance: float
    usable: bool
    item: EvidenceItem

    @property
    def strength(self) -> tuple[int, float, float, str]:
        """The order within a cluster: the smallest counts. Rounded, so that 5 and 1/5 tie."""
        return (self.kind, -round(abs(self.log), 12), abs(self.item.ratio - 1), self.item.row)


Figures = tuple[Iri, str, Choice, int, float, float, bool, EvidenceItem]
"""What a contribution is in whatever setting: its fields from ``finding`` on."""
Key = tuple[str, str, float, bool]
"""What its figures depend on: the row, the state, the damping, and whether the row's setting is the case's."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The evidence on one hypothesis: what entered the product, and every row as it is shown, counted ones first."""

    log: float
    variance: float
    items: tuple[EvidenceItem, ...]
    counted: tuple[Contribution, ...]


class Contributions:
    """All contributions in one setting, by the class that they speak of."""

    def __init__(
        self,
        conditions: tuple[Iri, ...],
        rows: dict[Iri, tuple[UsableRow, ...]],
        setting: str,
        tables: EvidenceTables,
        is_finding: Callable[[Iri], bool],
        made: dict[Key, Figures] | None = None,
    ) -> None:
        """``made`` are the figures of rows that were made for other settings, which most of this one's are too."""
        made = {} if made is None else made
        self.conditions = conditions
        self.all: list[Contribution] = []
        self.direct: dict[Iri, tuple[int, ...]] = {}
        self.inherited: dict[Iri, tuple[int, ...]] = {}
        self.denied: dict[Iri, tuple[int, ...]] = {}
        damping = tables.factor("ancestorDamping")
        self._spans: list[tuple[int, int]] = []
        for hypothesis, condition in enumerate(conditions):
            start = len(self.all)
            for row in rows.get(condition, ()):
                for table, state, exponent in (
                    (self.direct, PRESENT, 1.0),
                    (self.inherited, PRESENT, damping),
                    (self.denied, ABSENT, 1.0),
                ):
                    number = len(self.all)
                    key = (row.ids, state, exponent, setting_matches(row.row.setting, setting))
                    figures = made.get(key) or made.setdefault(key, _figures(row, state, exponent, setting, tables))
                    self.all.append(Contribution(number, hypothesis, *figures))
                    table[row.finding] = (*table.get(row.finding, ()), number)
            self._spans.append((start, (1 << len(self.all) - start) - 1))
        self._direct, self._inherited, self._denied = map(_masks, (self.direct, self.inherited, self.denied))
        self.classes = frozenset(self.direct)
        self.findings = tuple(sorted(cls for cls in self.classes if is_finding(cls)))
        self._shown: dict[tuple[int, str], EvidenceItem] = {}  # as many as rows have others of their cluster
        self._weigh_one = lru_cache(maxsize=_REMEMBERED)(self._weigh_part)

    def active(self, present: Iterable[Iri], direct: frozenset[Iri], denied: Iterable[Iri]) -> int:
        """The contributions that a case brings, as bits by their numbers.

        ``direct`` are those of the present classes that count in full; the others are ancestors and are damped.
        """
        bits = 0
        for cls in present:
            bits |= (self._direct if cls in direct else self._inherited).get(cls, 0)
        for cls in denied:
            bits |= self._denied.get(cls, 0)
        return bits

    def weigh(self, bits: int) -> tuple[Weighed, ...]:
        """The evidence on each hypothesis, where a case brings these contributions."""
        weigh = self._weigh_one
        return tuple(weigh(start, part) if (part := bits >> start & mask) else NOTHING for start, mask in self._spans)

    def _weigh_part(self, start: int, part: int) -> Weighed:
        """Which of the contributions to one hypothesis count; remembered, as cases share findings."""
        active = [self.all[start + place] for place in range(part.bit_length()) if part >> place & 1]
        verdicts = {c.number: c.item for c in active if not c.usable}
        used, replaced = _one_per_finding([c for c in active if c.usable])
        counted, outweighed = _one_per_cluster(used)
        for c, reason in (*replaced, *outweighed):
            verdicts[c.number] = self._not_counted(c, reason)
        for c, reason in counted:
            verdicts[c.number] = self._counted(c, reason)
        counted.sort(key=lambda one: one[0].item.row)
        items = sorted(verdicts.values(), key=lambda i: (not i.counted, -abs(math.log(i.ratio)), i.row, i.state))
        return Weighed(
            math.fsum(c.log for c, _ in counted),
            math.fsum(c.variance for c, _ in counted),
            tuple(items),
            tuple(c for c, _ in counted),
        )

    def _counted(self, contribution: Contribution, reason: str) -> EvidenceItem:
        """The row as it is shown where it counts; one object for all cases."""
        key = (contribution.number, reason)
        return self._shown.get(key) or self._shown.setdefault(key, replace(contribution.item, reason=reason))

    def _not_counted(self, contribution: Contribution, reason: str) -> EvidenceItem:
        """The row as it is shown where another one counts in its place; one object for all cases."""
        key = (contribution.number, reason)
        return self._shown.get(key) or self._shown.setdefault(key, not_counted(contribution, reason))


def _masks(table: dict[Iri, tuple[int, ...]]) -> dict[Iri, int]:
    return {cls: sum(1 << number for number in numbers) for cls, numbers in table.items()}


NOTHING = Weighed(0.0, 0.0, (), ())


Reasoned = list[tuple[Contribution, str]]
"""Contributions, each with the reason why it counts or does not."""


def _one_per_finding(usable: list[Contribution]) -> tuple[list[Contribution], Reasoned]:
    """The contribution that is used of each finding, and the others."""
    best: dict[Iri, Contribution] = {}
    for c in usable:
        if c.finding not in best or c.choice < best[c.finding].choice:
            best[c.finding] = c
    others = []
    for c in usable:
        winner = best[c.finding]
        if winner is not c:
            why = _USED_BECAUSE[next(i for i in range(len(c.choice)) if c.choice[i] != winner.choice[i])]
            others.append((c, f"row {winner.item.row} on the same finding is used: {why}"))
    return list(best.values()), others


def _one_per_cluster(used: list[Contribution]) -> tuple[Reasoned, Reasoned]:
    """The contribution that counts of each cluster, and the others."""
    clusters: dict[str, list[Contribution]] = {}
    for c in used:
        clusters.setdefault(c.cluster, []).append(c)
    counted, others = [], []
    for cluster, members in clusters.items():
        winner = min(members, key=lambda c: c.strength)
        counted.append((winner, ALONE if len(members) == 1 else WINS[winner.kind]))
        others += [(c, f"row {winner.item.row} counts for the cluster {cluster}") for c in members if c is not winner]
    return counted, others


def not_counted(contribution: Contribution, reason: str) -> EvidenceItem:
    """The row as it is shown where another one counts in its place."""
    return replace(contribution.item, counted=False, ratio=1.0, variance=0.0, reason=reason)


def is_replacement(item: EvidenceItem) -> bool:
    """Whether a row counts in place of others of its cluster for being a score or a pattern's own row."""
    return item.reason in (WINS[_SCORE], WINS[_PATTERN])


def choice_of(usable: UsableRow, setting: str) -> Choice:
    """The order among rows on one finding; the smallest is used."""
    row = usable.row
    return (
        row.lr_origin == JUDGEMENT,
        not setting_matches(row.setting, setting),
        _STATUS_ORDER[row.status],
        -(row.n or 0),
        usable.ids,
    )


def _figures(usable: UsableRow, state: str, damping: float, setting: str, tables: EvidenceTables) -> Figures:
    row, ratio = usable.row, usable.ratio(state)
    matches = setting_matches(row.setting, setting)
    reason = "" if ratio is not None else f"no ratio is known for a finding that is {state}"
    reason = reason or row.not_used_because
    damped, variance, source = 1.0, 0.0, ""
    if not reason and ratio is not None:
        damped = ratio**damping
        variance, source = log_variance(usable, state, matches, tables)
        variance *= damping**2
    item = EvidenceItem(
        row=usable.ids,
        finding=usable.finding,
        state=state,
        published_ratio=ratio,
        ratio=damped,
        damping=damping,
        counted=not reason,
        reason=reason,
        cluster=row.cluster,
        setting=row.setting,
        setting_matches=matches,
        variance=variance,
        variance_from=source,
        origin=row.lr_origin,
        status=row.status,
        reference=row.reference,
        note=row.note,
    )
    kind = _KINDS.get(row.row_kind, _FINDING)
    choice = choice_of(usable, setting)
    return usable.finding, row.cluster, choice, kind, math.log(damped), variance, not reason, item
