"""One labelled case, assessed: where the right cause stood, what stood above it, and which urgency was given."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lumbarkg.assessment import ContradictoryCaseError, Engine, assess
from lumbarkg.evaluation.labelled import Bucket, Label, LabelledCase
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue
from lumbarkg.model import Case, Disposition, Hypothesis


@dataclass(frozen=True)
class Placed:
    """A hypothesis of the answer, and whether it counts as right."""

    hypothesis: Hypothesis
    is_right: bool


@dataclass(frozen=True)
class Outcome:
    """What came of a case. ``placed`` is empty where the case was refused for ``issues``; its triage stands even so."""

    label: Label
    level: str
    level_rank: int
    complete: bool
    to_exclude: tuple[Iri, ...]
    excludes_right: bool
    placed: tuple[Placed, ...]
    not_assessed: frozenset[Iri]
    issues: tuple[Issue, ...] = ()
    bucket_rank: int | None = None
    """The rank of the right bucket when hypotheses of one bucket are taken together, None without a table."""

    @property
    def rank(self) -> int | None:
        """The rank of the first right hypothesis, None where there is none."""
        return next((place for place, p in enumerate(self.placed, start=1) if p.is_right), None)

    @property
    def probability_of_right(self) -> float:
        """The post-test probability of the right hypotheses together, 0 where the case was refused."""
        return sum(p.hypothesis.posttest_probability.value for p in self.placed if p.is_right)

    @property
    def wrong_probabilities(self) -> tuple[float, ...]:
        """The post-test probabilities of the others."""
        return tuple(p.hypothesis.posttest_probability.value for p in self.placed if not p.is_right)

    def is_within(self, places: int) -> bool:
        """Whether a right hypothesis is among the first ``places`` of the differential."""
        return self.rank is not None and self.rank <= places


def score_case(labelled: LabelledCase, case: Case, engine: Engine, buckets: tuple[Bucket, ...] = ()) -> Outcome:
    """Assess ``case``, which is one of the two forms of the labelled case, and compare it with the label."""
    label = labelled.label
    try:
        answer = assess(case, engine)
    except ContradictoryCaseError as refused:
        return _outcome(label, refused.disposition, (), frozenset(), engine, refused.issues)
    placed = tuple(
        Placed(hypothesis, _is_right(hypothesis.condition, label, engine))
        for hypothesis in answer.differential.hypotheses
    )
    outcome = _outcome(label, answer.disposition, placed, frozenset(answer.differential.not_assessed), engine, ())
    return replace(outcome, bucket_rank=_bucket_rank(placed, buckets, engine)) if buckets else outcome


def _bucket_rank(placed: tuple[Placed, ...], buckets: tuple[Bucket, ...], engine: Engine) -> int | None:
    """The rank of what is right by summed probability; the first bucket of the table that fits a hypothesis has it."""
    sums: dict[str, float] = {}
    right = 0.0
    for place in placed:
        condition, probability = place.hypothesis.condition, place.hypothesis.posttest_probability.value
        if place.is_right:
            right += probability
            continue
        name = next(
            (b.name for b in buckets if any(engine.knowledge.is_subclass(condition, c) for c in b.conditions)),
            str(condition),
        )
        sums[name] = sums.get(name, 0.0) + probability
    return 1 + sum(other >= right for other in sums.values()) if right else None


def _outcome(
    label: Label,
    disposition: Disposition,
    placed: tuple[Placed, ...],
    not_assessed: frozenset[Iri],
    engine: Engine,
    issues: tuple[Issue, ...],
) -> Outcome:
    to_exclude = tuple(condition for condition, _ in disposition.to_exclude)
    return Outcome(
        label=label,
        level=disposition.level,
        level_rank=disposition.rank,
        complete=disposition.complete,
        to_exclude=to_exclude,
        excludes_right=any(_is_right(condition, label, engine) for condition in to_exclude),
        placed=placed,
        not_assessed=not_assessed,
        issues=issues,
    )


def _is_right(condition: Iri, label: Label, engine: Engine) -> bool:
    """Whether a condition is one of those expected, or a kind of one."""
    return any(engine.knowledge.is_subclass(condition, expected) for expected in label.conditions)
