"""Why a right cause did not come first: what stood above it, what counted on both, and what was not asked."""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg.evaluation.outcome import Outcome, Placed
from lumbarkg.identifiers import Iri
from lumbarkg.model import EvidenceItem
from lumbarkg.ontology.evidence import EvidenceTables

_SHOWN_UNASKED = 8


@dataclass(frozen=True)
class Standing:
    """A hypothesis where it stood, with the rows that counted for and against it."""

    condition: Iri
    rank: int
    probability: float
    pretest: float
    counted: tuple[EvidenceItem, ...]


@dataclass(frozen=True)
class Miss:
    """A case whose right cause is not first. ``right`` is None where no hypothesis is right, or the case was refused.

    ``not_asked`` are the findings that have a row on the right hypothesis and were neither reported nor denied;
    ``refused`` says why a case was not ranked.
    """

    id: str
    bucket: str
    right: Standing | None
    above: tuple[Standing, ...]
    not_asked: tuple[Iri, ...]
    to_exclude: tuple[Iri, ...]
    excludes_right: bool
    refused: tuple[str, ...]

    @property
    def is_within_three(self) -> bool:
        """Whether the right cause is at least among the first three."""
        return self.right is not None and self.right.rank <= 3


def explain_miss(outcome: Outcome, tables: EvidenceTables) -> Miss | None:
    """Why the right cause of a case is not first; None where it is."""
    if outcome.rank == 1:
        return None
    right = next(((i, p) for i, p in enumerate(outcome.placed, start=1) if p.is_right), None)
    above = outcome.placed[: min(3, right[0] - 1)] if right else outcome.placed[:3]
    standing = _standing(right[0], right[1]) if right else None
    not_asked: tuple[Iri, ...] = ()
    if standing is not None:
        rows = {
            r.finding: _strength(r.lr_positive, r.lr_negative)
            for r in tables.likelihood_ratios
            if r.condition == standing.condition and r.finding is not None and not r.not_used_because
        }
        asked = sorted((f for f in rows if f in outcome.not_assessed), key=lambda f: (-rows[f], f))
        not_asked = tuple(asked[:_SHOWN_UNASKED])
    return Miss(
        id=outcome.label.id,
        bucket=outcome.label.bucket,
        right=standing,
        above=tuple(_standing(place, p) for place, p in enumerate(above, start=1)),
        not_asked=not_asked,
        to_exclude=outcome.to_exclude,
        excludes_right=outcome.excludes_right,
        refused=tuple(str(issue) for issue in outcome.issues),
    )


def _standing(rank: int, placed: Placed) -> Standing:
    hypothesis = placed.hypothesis
    return Standing(
        condition=hypothesis.condition,
        rank=rank,
        probability=hypothesis.posttest_probability.value,
        pretest=hypothesis.pretest_probability.value,
        counted=tuple(item for item in hypothesis.evidence if item.counted),
    )


def _strength(positive: object, negative: object) -> float:
    """How far a row could move its hypothesis, for the order of what was not asked."""
    ratios = [float(str(r)) for r in (positive, negative) if r is not None and float(str(r)) > 0]
    return max((max(r, 1 / r) for r in ratios), default=1.0)
