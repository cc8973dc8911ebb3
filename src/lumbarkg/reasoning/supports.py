"""Minimal sets of labels from which a goal follows, over the inferences behind it.

Sets of labels are integers, one bit a label. The inferences are a monotone program, so a set suffices if and only if
the goal is derivable with the inferences whose labels lie in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lumbarkg.reasoning.inferences import Fact, Inference, Labels

_MOST_INSIDE = 1_000
"""So many sets are kept for a fact on the way to the goal; dropping more would lose justifications of the goal."""
_MOST_JOINED = 50_000
"""So many sets are made at most when the sets of two premises are joined."""
_BETWEEN_LOOKS = 256
"""So many sets are compared between two looks at the clock."""
_FEW = 5
"""So many sets are made minimal even when time has expired."""
Step = tuple[int, tuple[int, ...]]
"""The labels of an inference as bits, and the numbers of its premises."""


@dataclass(frozen=True)
class Supports:
    """Minimal sets of labels, the smallest first; ``complete`` says that there are no others."""

    sets: tuple[Labels, ...]
    complete: bool


class InferenceProgram:
    """The inferences of a goal over numbered facts and bit sets of labels."""

    def __init__(self, goal: Fact, inferences: dict[Fact, list[Inference]]) -> None:
        numbers = {fact: number for number, fact in enumerate(inferences)}
        self._labels = sorted({label for steps in inferences.values() for step in steps for label in step.labels})
        bit = {label: 1 << position for position, label in enumerate(self._labels)}
        self._steps: list[list[Step]] = [
            [(sum(bit[x] for x in step.labels), tuple(numbers[p] for p in step.premises)) for step in steps]
            for steps in inferences.values()
        ]
        self._goal = numbers[goal]

    def one(self) -> Labels | None:
        """A minimal set, found from a short derivation by leaving out what is not needed; None where nothing suffices.

        Statements of the case (negative labels) are left out before axioms.
        """
        best = self._short_supports()[self._goal]
        return None if best is None else self._set(self._minimal(best))

    def all(self, limit: int, expired: Callable[[], bool] = lambda: False) -> Supports:
        """All minimal sets, or some of the smaller ones if there are more than ``limit`` or time has expired.

        Where time expires before one was found, one is given all the same.
        """
        found: list[list[int]] = [[] for _ in self._steps]
        complete, changed, rounds = True, True, 0
        while changed and rounds <= len(self._steps):
            changed, rounds = False, rounds + 1
            for number, steps in enumerate(self._steps):
                if expired():
                    complete, changed = False, False
                    break
                joined, whole = _join_all(steps, found, expired)
                complete = complete and whole
                if joined != found[number]:
                    found[number], changed = joined, True
        sets = found[self._goal]
        if not complete:
            sets = self._some_minimal(sets, limit, expired)
        return Supports(tuple(self._set(s) for s in sets[:limit]), complete and len(sets) <= limit)

    def _some_minimal(self, sets: list[int], limit: int, expired: Callable[[], bool]) -> list[int]:
        """At most ``limit`` minimal sets within those given, which need not be minimal; few once time has expired."""
        if not sets:
            best = self._short_supports()[self._goal]
            sets = [] if best is None else [best]
        found: set[int] = set()
        for candidate in sets:
            if len(found) >= limit or (len(found) >= _FEW and expired()):
                break
            found.add(self._minimal(candidate))
        return _smallest(list(found))[0]

    def _minimal(self, bits: int) -> int:
        """A minimal set within one that suffices; statements of the case are left out first, being sorted first."""
        # Whatever else the case states cannot help: most inferences are put aside once and not at every try.
        steps = [
            (number, within)
            for number, all_steps in enumerate(self._steps)
            if (within := [step for step in all_steps if step[0] & bits == step[0]])
        ]
        for position, _ in enumerate(self._labels):
            single = 1 << position
            if bits & single and self._suffices(bits & ~single, steps):
                bits &= ~single
        return bits

    def _suffices(self, allowed: int, steps: list[tuple[int, list[Step]]]) -> bool:
        """Whether the goal is derivable with these labels, by these steps of numbered facts."""
        derived: set[int] = set()
        changed = True
        while changed and self._goal not in derived:
            changed = False
            for number, own in steps:
                if number not in derived:
                    for labels, premises in own:
                        if labels & allowed == labels and derived.issuperset(premises):
                            derived.add(number)
                            changed = True
                            break
        return self._goal in derived

    def _short_supports(self) -> list[int | None]:
        """For each fact the labels of a short derivation: the union of its premises' own short ones."""
        best: list[int | None] = [None] * len(self._steps)
        changed = True
        while changed:
            changed = False
            for number, steps in enumerate(self._steps):
                for labels, premises in steps:
                    joined = labels
                    for premise in premises:
                        support = best[premise]
                        if support is None:
                            break
                        joined |= support
                    else:
                        known = best[number]
                        if known is None or joined.bit_count() < known.bit_count():
                            best[number], changed = joined, True
        return best

    def _set(self, bits: int) -> Labels:
        return frozenset(label for position, label in enumerate(self._labels) if bits >> position & 1)


def _join_all(steps: list[Step], found: list[list[int]], expired: Callable[[], bool]) -> tuple[list[int], bool]:
    """The minimal sets of a fact from those of its premises, and whether none was dropped for number or time."""
    joined: list[int] = []
    whole = True
    for labels, premises in steps:
        sets = [labels]
        for premise in premises:
            others = found[premise]
            if len(sets) * len(others) > _MOST_JOINED:
                sets, whole = sets[: _MOST_JOINED // len(others)], False
            sets, is_all = _smallest([a | b for a in sets for b in others], expired)
            whole = whole and is_all
        joined += sets
    joined, is_all = _smallest(joined, expired)
    return joined[:_MOST_INSIDE], whole and is_all and len(joined) <= _MOST_INSIDE


def _smallest(sets: list[int], expired: Callable[[], bool] = lambda: False) -> tuple[list[int], bool]:
    """The sets that hold no other one, the smallest first, until time has expired; and whether all were looked at."""
    kept: list[int] = []
    for number, candidate in enumerate(sorted(set(sets), key=lambda s: (s.bit_count(), s)), 1):
        if not any(smaller & candidate == smaller for smaller in kept):
            kept.append(candidate)
        if number % _BETWEEN_LOOKS == 0 and expired():
            return kept, False
    return kept, True
