"""What a case states, part by part, and the few parts that a conclusion can rest on.

To read the inferences behind a goal takes milliseconds where many parts bear on it, and cases differ in these. Which
few parts suffice is a question of bit sets, answered in microseconds, and many cases have the same few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Exposure, Finding
from lumbarkg.reasoning.knowledge import Branch, Denial, Knowledge
from lumbarkg.reasoning.normalise import Concept

_REMEMBERED_CLOSURES = 2_000
_MOST_PAIRED = 24
"""Of more parts no pairs are tried: there are hundreds, and leaving out takes fewer steps."""


@dataclass(frozen=True)
class Age:
    """The facet atoms that the age of a case falls in."""

    atoms: tuple[Concept, ...]


@dataclass(frozen=True)
class Sex:
    """The sex that a case states."""

    value: Iri


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a case states: ``bits`` are what the case falls under for it, ``subject`` is whose it is."""

    stated: Branch | Denial | Age | Sex
    subject: Finding | Exposure | None
    bits: int


Position = tuple[str, int]
"""Which part of a case a statement belongs to: a kind and a place among the parts of that kind."""


@dataclass(frozen=True)
class Parts:
    """Parts of a case by kind; equal ones give equal justifications, whoever's they are."""

    branches: tuple[Branch, ...]
    denials: tuple[Denial, ...]
    age_atoms: tuple[Concept, ...]
    sex: Iri | None


def gather_parts(found: Iterable[Part]) -> tuple[Parts, dict[Position, Finding | Exposure]]:
    """Parts by kind, and whose each branch and each denial is."""
    branches: list[Branch] = []
    denials: list[Denial] = []
    subjects: dict[Position, Finding | Exposure] = {}
    age_atoms: tuple[Concept, ...] = ()
    sex = None
    for part in found:
        stated, subject = part.stated, part.subject
        if isinstance(stated, Age):
            age_atoms = stated.atoms
        elif isinstance(stated, Sex):
            sex = stated.value
        elif subject is not None:
            if isinstance(stated, Branch):
                subjects["branch", len(branches)] = subject
                branches.append(stated)
            else:
                subjects["denial", len(denials)] = subject
                denials.append(stated)
    return Parts(tuple(branches), tuple(denials), age_atoms, sex), subjects


class FewestParts:
    """Picks the parts that a goal can rest on: one, else two, else all but those that are not needed."""

    def __init__(self, knowledge: Knowledge) -> None:
        program = knowledge.program
        given = program.top | program.closed[knowledge.known(v.PATIENT_CASE)]
        self._close = lru_cache(maxsize=_REMEMBERED_CLOSURES)(lambda bits: program.close(given | bits))

    def pick(self, parts: Sequence[Part], goal: int) -> list[Part]:
        """Parts of which none can be left out, the first ones of the case where others would do too.

        ``goal`` is the bit of a concept that follows from all ``parts`` together.
        """
        if self._close(0) & goal:
            return []
        for part in parts:
            if self._close(part.bits) & goal:
                return [part]
        if len(parts) <= _MOST_PAIRED:
            for first, second in combinations(parts, 2):
                if self._close(first.bits | second.bits) & goal:
                    return [first, second]
        return self._leave_out(list(parts), goal)

    def _leave_out(self, parts: list[Part], goal: int) -> list[Part]:
        """Leave out half of the parts, then quarters, and so on: of hundreds most go in a few steps."""
        size = len(parts)
        while size:
            size = min(size, len(parts))
            for start in range(0, len(parts), size):
                rest = parts[:start] + parts[start + size :]
                if self._suffice(rest, goal):
                    parts = rest
                    break
            else:
                size = 0 if size == 1 else (size + 1) // 2
        return parts

    def _suffice(self, parts: list[Part], goal: int) -> bool:
        bits = 0
        for part in parts:
            bits |= part.bits
        return bool(self._close(bits) & goal)
