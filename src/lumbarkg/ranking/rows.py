"""The rows of evidence as the arithmetic uses them: ranges joined, ratios as logarithms with their variance."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables, LikelihoodRow

PRESENT, ABSENT = "present", "absent"
JUDGEMENT = "judgement"
FROM_INTERVAL, FROM_RANGE, FROM_COUNTS, FROM_BOUND = (
    "published interval",
    "range of published ratios",
    "sensitivity, specificity and n",
    "default bound",
)
FROM_JUDGEMENT = "judgement bound"


@dataclass(frozen=True)
class UsableRow:
    """A row, or two rows that are the ends of one range, as one ratio either way.

    ``from_range`` says that the intervals are the ends of a range.
    """

    row: LikelihoodRow
    finding: Iri
    ids: str
    lr_positive: float | None
    lr_negative: float | None
    lr_positive_interval: tuple[float, float] | None
    lr_negative_interval: tuple[float, float] | None
    from_range: bool = False

    def ratio(self, state: str) -> float | None:
        """The likelihood ratio of a finding that is present or denied; None where none is known."""
        return self.lr_positive if state == PRESENT else self.lr_negative

    def interval(self, state: str) -> tuple[float, float] | None:
        """The 95 % interval of that ratio."""
        return self.lr_positive_interval if state == PRESENT else self.lr_negative_interval


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
            found[row.condition].append(_single(row, row.finding))
    for ends in ranges.values():
        if ends[0].finding is not None:
            found[ends[0].condition].append(_joined(ends, ends[0].finding))
    return {condition: tuple(sorted(rows, key=lambda r: r.ids)) for condition, rows in found.items()}


def _single(row: LikelihoodRow, finding: Iri) -> UsableRow:
    return UsableRow(
        row,
        finding,
        row.id,
        _float(row.lr_positive),
        _float(row.lr_negative),
        _floats(row.lr_positive_interval),
        _floats(row.lr_negative_interval),
    )


def _joined(ends: list[LikelihoodRow], finding: Iri) -> UsableRow:
    positives = [float(r.lr_positive) for r in ends if r.lr_positive is not None]
    negatives = [float(r.lr_negative) for r in ends if r.lr_negative is not None]
    return UsableRow(
        ends[0],
        finding,
        "+".join(r.id for r in ends),
        _geometric_mean(positives),
        _geometric_mean(negatives),
        (min(positives), max(positives)) if len(positives) > 1 else None,
        (min(negatives), max(negatives)) if len(negatives) > 1 else None,
        from_range=True,
    )


def _geometric_mean(values: list[float]) -> float | None:
    return math.exp(sum(math.log(x) for x in values) / len(values)) if values else None


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _floats(interval: tuple[object, object] | None) -> tuple[float, float] | None:
    return None if interval is None else (float(str(interval[0])), float(str(interval[1])))


def setting_matches(measured_in: str, setting: str) -> bool:
    """Whether a row's setting is the case's; a judgement names none and is made for every setting."""
    return not measured_in or measured_in.replace("_", "-").startswith(setting)


def log_variance(usable: UsableRow, state: str, matches: bool, tables: EvidenceTables) -> tuple[float, str]:
    """The variance of ln LR, and what it comes from: the first of four that the row allows.

    1. Its 95 % interval, published or the ends of a range: SD = (ln high − ln low) / (2 × 1.96).
    2. For a judgement, a bound of a factor 3 either way: SD = ln 3 / 1.96.
    3. Sensitivity, specificity and n, after Simel, Samsa and Matchar (J Clin Epidemiol 1991):
       Var ln LR+ = (1−Se)/(n₁Se) + Sp/(n₀(1−Sp)), for LR− with both exchanged for their complements. The tables
       give n alone, so n₁ = n₀ = n/2.
    4. A bound of a factor 2 either way.

    Where the row was not measured in the setting of the case, (ln 1.5)² is added. The constants are rows of
    factors.tsv.
    """
    row, interval, quantile = usable.row, usable.interval(state), tables.factor("boundQuantile")
    if interval is not None and 0 < interval[0] < interval[1]:
        variance = ((math.log(interval[1]) - math.log(interval[0])) / (2 * quantile)) ** 2
        source = FROM_RANGE if usable.from_range else FROM_INTERVAL
    elif row.lr_origin == JUDGEMENT:
        variance, source = (math.log(tables.factor("judgementBoundFactor")) / quantile) ** 2, FROM_JUDGEMENT
    elif (counted := _variance_from_counts(row, state)) is not None:
        variance, source = counted, FROM_COUNTS
    else:
        variance, source = (math.log(tables.factor("defaultBoundFactor")) / quantile) ** 2, FROM_BOUND
    return (variance if matches else variance + tables.factor("otherSettingSd") ** 2), source


def _variance_from_counts(row: LikelihoodRow, state: str) -> float | None:
    if row.sensitivity is None or row.specificity is None or not row.n:
        return None
    sensitivity, specificity, half = float(row.sensitivity), float(row.specificity), row.n / 2
    if not (0 < sensitivity < 1 and 0 < specificity < 1):
        return None
    if state == ABSENT:
        sensitivity, specificity = 1 - sensitivity, 1 - specificity
    return (1 - sensitivity) / (half * sensitivity) + specificity / (half * (1 - specificity))
