"""Which rows of evidence bear on a case, which of them count, and with what ratio.

What is present or entailed uses the positive ratio of rows of the class or an entailed ancestor (damped); what is
denied uses the negative ratio of rows of the class or an entailed descendant. A blank ratio contributes 1. Of rows on
the same finding one is used, of the rows of one cluster one counts; the others are shown as not counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace

from lumbarkg.identifiers import Iri
from lumbarkg.model import EvidenceItem
from lumbarkg.ontology.evidence import EvidenceTables, LikelihoodRow

PRESENT, ABSENT = "present", "absent"
_STATUS_ORDER = {"abstract": 0, "computed": 1, "secondary": 2, "unverified": 3, "judgement": 4}
_KIND_ORDER = {"score": 0, "pattern": 1, "finding": 2}


@dataclass(frozen=True)
class Observations:
    """What a case shows of the classes that rows speak of.

    ``direct`` are present classes that no more specific present class lies under; the other present ones are
    ancestors, whose ratios are damped.
    """

    present: frozenset[Iri]
    direct: frozenset[Iri]
    denied: frozenset[Iri]


@dataclass(frozen=True)
class UsableRow:
    """A row, or two rows that are the ends of one range, as one ratio either way."""

    row: LikelihoodRow
    ids: str
    lr_positive: float | None
    lr_negative: float | None
    lr_positive_interval: tuple[float, float] | None
    lr_negative_interval: tuple[float, float] | None


def usable_rows(tables: EvidenceTables) -> dict[Iri, tuple[UsableRow, ...]]:
    """Condition → its rows with a class to match, ranges joined: their geometric mean, the ends as interval."""
    ranges: dict[str, list[LikelihoodRow]] = defaultdict(list)
    found: dict[Iri, list[UsableRow]] = defaultdict(list)
    for row in tables.likelihood_ratios:
        if row.finding is None:
            continue
        if row.range_of:
            ranges[row.range_of].append(row)
        else:
            found[row.condition].append(_single(row))
    for ends in ranges.values():
        found[ends[0].condition].append(_joined(ends))
    return {condition: tuple(sorted(rows, key=lambda r: r.ids)) for condition, rows in found.items()}


def _single(row: LikelihoodRow) -> UsableRow:
    return UsableRow(
        row,
        row.id,
        _float(row.lr_positive),
        _float(row.lr_negative),
        _floats(row.lr_positive_interval),
        _floats(row.lr_negative_interval),
    )


def _joined(ends: list[LikelihoodRow]) -> UsableRow:
    positives = [float(r.lr_positive) for r in ends if r.lr_positive is not None]
    negatives = [float(r.lr_negative) for r in ends if r.lr_negative is not None]
    return UsableRow(
        ends[0],
        "+".join(r.id for r in ends),
        _geometric_mean(positives),
        _geometric_mean(negatives),
        (min(positives), max(positives)) if len(positives) > 1 else None,
        (min(negatives), max(negatives)) if len(negatives) > 1 else None,
    )


def _geometric_mean(values: list[float]) -> float | None:
    return math.exp(sum(math.log(x) for x in values) / len(values)) if values else None


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _floats(interval: tuple[object, object] | None) -> tuple[float, float] | None:
    return None if interval is None else (float(str(interval[0])), float(str(interval[1])))


def weigh_evidence(
    rows: tuple[UsableRow, ...], seen: Observations, setting: str, tables: EvidenceTables
) -> tuple[EvidenceItem, ...]:
    """Every row of one condition that the case bears on, counted or not, the counted ones first."""
    items = [item for row in rows if (item := _item(row, seen, setting, tables)) is not None]
    order = {row.ids: _choice_key(row, setting) for row in rows}
    kinds = {row.ids: _KIND_ORDER.get(row.row.row_kind, 2) for row in rows}
    chosen = _one_per_cluster(_one_per_finding(items, order), kinds)
    return tuple(sorted(chosen, key=lambda i: (not i.counted, -abs(math.log(i.ratio)), i.row)))


def _choice_key(row: UsableRow, setting: str) -> tuple[bool, bool, int, int, str]:
    """Which of several rows on one finding is used: published before judged, then setting, status and size."""
    source = row.row
    return (
        source.lr_origin == "judgement",
        not _setting_matches(source.setting, setting),
        _STATUS_ORDER[source.status],
        -(source.n or 0),
        row.ids,
    )


def _setting_matches(measured_in: str, setting: str) -> bool:
    """Whether a row's setting is the case's; a judgement names none and is made for every setting."""
    return not measured_in or measured_in.replace("_", "-").startswith(setting)


def _item(usable: UsableRow, seen: Observations, setting: str, tables: EvidenceTables) -> EvidenceItem | None:
    row, finding = usable.row, usable.row.finding
    if finding in seen.present:
        state, ratio, interval = PRESENT, usable.lr_positive, usable.lr_positive_interval
        damping = 1.0 if finding in seen.direct else tables.factor("ancestorDamping")
    elif finding in seen.denied:
        state, ratio, interval, damping = ABSENT, usable.lr_negative, usable.lr_negative_interval, 1.0
    else:
        return None
    matches = _setting_matches(row.setting, setting)
    counted, reason = True, "the only row of its cluster"
    if ratio is None:
        counted, reason = False, f"no ratio is known for a finding that is {state}"
    elif row.not_used_because:
        counted, reason = False, row.not_used_because
    return EvidenceItem(
        row=usable.ids,
        finding=finding,
        state=state,
        published_ratio=ratio,
        ratio=ratio**damping if counted and ratio is not None else 1.0,
        damping=damping,
        counted=counted,
        reason=reason,
        cluster=row.cluster,
        setting=row.setting,
        setting_matches=matches,
        variance=damping**2 * log_variance(row, state, interval, matches, tables) if counted else 0.0,
        origin=row.lr_origin,
        status=row.status,
        reference=row.reference,
        note=row.note,
    )


def log_variance(
    row: LikelihoodRow,
    state: str,
    interval: tuple[float, float] | None,
    setting_matches: bool,
    tables: EvidenceTables,
) -> float:
    """The variance of a log-ratio: from its published interval, else from sensitivity, specificity and n, else a bound.

    Counts follow Simel, Samsa and Matchar (J Clin Epidemiol 1991): Var ln LR+ = (1−Se)/(n₁Se) + Sp/(n₀(1−Sp)), and
    with sensitivity and specificity exchanged for their complements for LR−. The tables give n alone, so n₁ = n₀ = n/2.
    """
    quantile = tables.factor("boundQuantile")
    if row.lr_origin == "judgement":
        variance = (math.log(tables.factor("judgementBoundFactor")) / quantile) ** 2
    elif interval is not None:
        variance = ((math.log(interval[1]) - math.log(interval[0])) / (2 * quantile)) ** 2
    elif row.sensitivity is not None and row.specificity is not None and row.n and _is_open(row):
        sensitivity, specificity, half = float(row.sensitivity), float(row.specificity), row.n / 2
        if state == ABSENT:
            sensitivity, specificity = 1 - sensitivity, 1 - specificity
        variance = (1 - sensitivity) / (half * sensitivity) + specificity / (half * (1 - specificity))
    else:
        variance = (math.log(tables.factor("defaultBoundFactor")) / quantile) ** 2
    return variance if setting_matches else variance + tables.factor("otherSettingSd") ** 2


def _is_open(row: LikelihoodRow) -> bool:
    return all(value is not None and 0 < value < 1 for value in (row.sensitivity, row.specificity))


def _one_per_finding(
    items: list[EvidenceItem], order: dict[str, tuple[bool, bool, int, int, str]]
) -> list[EvidenceItem]:
    best: dict[tuple[Iri, str], EvidenceItem] = {}
    for item in items:
        if item.counted:
            key = (item.finding, item.cluster)
            if key not in best or order[item.row] < order[best[key].row]:
                best[key] = item
    return [
        _not_counted(item, f"row {best[item.finding, item.cluster].row} on the same finding is used")
        if item.counted and best[item.finding, item.cluster].row != item.row
        else item
        for item in items
    ]


def _one_per_cluster(items: list[EvidenceItem], kinds: dict[str, int]) -> list[EvidenceItem]:
    clusters: dict[str, list[EvidenceItem]] = defaultdict(list)
    for item in items:
        if item.counted:
            clusters[item.cluster].append(item)
    best = {
        cluster: min(
            members, key=lambda i: (kinds[i.row], -round(abs(math.log(i.ratio)), 12), abs(i.ratio - 1), i.row)
        ).row
        for cluster, members in clusters.items()
    }
    why = {
        0: "a published score of its cluster",
        1: "the pattern's own row",
        2: "the strongest of its cluster",
    }
    decided = []
    for item in items:
        if not item.counted or len(clusters[item.cluster]) == 1:
            decided.append(item)
        elif item.row == best[item.cluster]:
            decided.append(replace(item, reason=why[kinds[item.row]]))
        else:
            decided.append(_not_counted(item, f"row {best[item.cluster]} counts for the cluster {item.cluster}"))
    return decided


def _not_counted(item: EvidenceItem, reason: str) -> EvidenceItem:
    return replace(item, counted=False, ratio=1.0, variance=0.0, reason=reason)
