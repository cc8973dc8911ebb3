"""Outcomes made by hand, without an engine."""

from __future__ import annotations

from lumbarkg.evaluation.labelled import Label, Trigger
from lumbarkg.evaluation.outcome import Outcome, Placed
from lumbarkg.identifiers import Iri
from lumbarkg.model import Hypothesis, Probability

UNKNOWN = (Probability(0), Probability(1))
LEVELS = ("Emergency", "SameDay", "Urgent", "Routine", "SelfCare", "NotEnoughAsked")


def outcome(
    name: str,
    probabilities: list[float],
    right: list[int],
    *,
    level: str = "NotEnoughAsked",
    triage: tuple[str, ...] = (),
    convention: tuple[str, ...] = (),
    triggers: tuple[Trigger, ...] = (),
    excludes_right: bool = False,
    strict: bool = False,
) -> Outcome:
    """An outcome with these post-test probabilities, in order; ``right`` are the places, from 0, that count."""
    placed = tuple(
        Placed(
            Hypothesis(
                Iri(f"urn:c{i}"), i + 1, Probability(0.5), Probability(p), (Probability(0), Probability(1)), "", (), ()
            ),
            i in right,
        )
        for i, p in enumerate(probabilities)
    )
    label = Label(
        name,
        "bucket",
        frozenset({Iri("urn:c0")}),
        strict=strict,
        triage=triage,
        triage_convention=convention,
        triggers=triggers,
    )
    return Outcome(label, level, 0, False, (), excludes_right, placed, frozenset())
