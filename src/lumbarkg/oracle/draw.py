"""Cases drawn for the comparison: three of four grown from a definition, the fourth made of anything a case may state.

The case of one index depends on the seed and the index alone, so that a longer draw begins with a shorter one's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.ontology.owl import Expression, Some
from lumbarkg.oracle.answers import engine_answer
from lumbarkg.oracle.choices import DENIABLE, Choices
from lumbarkg.oracle.constructors import Constructor
from lumbarkg.oracle.grow import Grower, Manner
from lumbarkg.oracle.parts import CaseParts, Stated
from lumbarkg.oracle.targets import Target, Targets
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import add_bilateral_findings

_CYCLE = 4
"""One case in so many is random, the others are grown."""

_FAITHFUL_CONSTRUCTOR = 0.85
_ATTEMPTS = 12
"""So often a case is grown anew where it misses the class that it must hit."""

_EXTRA_FINDINGS = 4
_COMPANIONS, _COMPANY = 2, 0.5
"""So many further definitions, each so often, are grown into the same case, so that what they state meets."""

_ABSENT = 0.3
_MORE = 0.4
_EVEN = 0.5


@dataclass(frozen=True)
class Drawn:
    """A case as drawn, and the class from whose definition it was grown, None where it is random."""

    index: int
    case: Case
    origin: Iri | None


def seed_of(release: bytes) -> int:
    """The seed of a release: the first eight bytes of its SHA-256."""
    return int.from_bytes(hashlib.sha256(release).digest()[:8], "big")


def draw(knowledge: Knowledge, number: int, seed: int) -> tuple[Drawn, ...]:
    """So many cases. Equal ontology, number and seed give equal cases."""
    one = _Draw(Choices(knowledge), seed)
    return tuple(one.drawn(index) for index in range(number))


class _Draw:
    def __init__(self, choices: Choices, seed: int) -> None:
        self._choices, self._seed = choices, seed
        self._targets = Targets(choices, seed)

    def drawn(self, index: int) -> Drawn:
        is_grown = index % _CYCLE != _CYCLE - 1
        target = self._targets.turn(index - index // _CYCLE) if is_grown else None
        if target is None:
            return Drawn(index, self._case(None, self._rng(index)), None)
        case = self._case(target, self._rng(index))
        for attempt in range(1, _ATTEMPTS if target.must_hit else 1):
            if self._falls_under(case, target.cls):
                break
            case = self._case(target, self._rng(index, attempt))
        return Drawn(index, case, target.cls)

    def _rng(self, index: int, attempt: int = 0) -> Random:
        name = f"{self._seed} case {index} attempt {attempt}"
        return Random(name)  # noqa: S311 - the same cases from the same seed, no secret

    def _falls_under(self, case: Case, cls: Iri) -> bool:
        """Whether the engine finds the case under a class. It decides what is asked, never who is right."""
        knowledge = self._choices.knowledge
        return cls in engine_answer(add_bilateral_findings(case, knowledge), knowledge).case_types

    def _case(self, target: Target | None, rng: Random) -> Case:
        parts = CaseParts()
        if target is None:
            self._fill(parts, rng, 1, _EXTRA_FINDINGS + 1)
        else:
            self._grow(target, parts, rng)
            for _ in range(_COMPANIONS):
                if rng.random() < _COMPANY and (companion := self._targets.companion(rng)) is not None:
                    self._grow(companion, parts, rng)
            self._fill(parts, rng, 0, _EXTRA_FINDINGS // 2 if target.constructor is None else 1)
        return parts.case()

    def _grow(self, target: Target, parts: CaseParts, rng: Random) -> None:
        grower = Grower(self._choices, rng, indirect=target.constructor is Constructor.CHAIN)
        if target.cls in self._choices.denied:
            grower.grow_denial(self._choices.denied[target.cls], parts)
            return
        is_faithful = target.must_hit or (target.constructor is not None and rng.random() < _FAITHFUL_CONSTRUCTOR)
        grower.grow(self._of_case(target.cls), parts, Manner.FAITHFUL if is_faithful else None)

    def _of_case(self, cls: Iri) -> Expression:
        """The definition of a class of cases, or of the cases that have a defined finding or exposure."""
        definition, knowledge = self._choices.definitions[cls], self._choices.knowledge
        if knowledge.is_subclass(cls, v.FINDING):
            return Some(v.HAS_FINDING, definition)
        return Some(v.HAS_EXPOSURE, definition) if knowledge.is_subclass(cls, v.EXPOSURE) else definition

    # ------------------------------------------------------------ random

    def _fill(self, parts: CaseParts, rng: Random, fewest: int, most: int) -> None:
        """Add some findings, and at times exposures, age and sex, all at random."""
        choices = self._choices
        for _ in range(rng.randint(fewest, most)):
            stated = self._random(v.FINDING, [rng.choice(choices.findings)], rng)
            if rng.random() < _ABSENT:
                parts.add(stated.denied(qualified=True))
            else:
                parts.add(stated.finding())
        for _ in self._repeat(rng):
            types = [t for t in choices.exposure_types if rng.random() < _MORE]
            parts.exposures[self._random(v.EXPOSURE, types, rng).exposure()] = None
        if parts.age is None and rng.random() < _MORE:
            parts.age = rng.choice(choices.numbers_near(v.AGE_YEARS))
        if parts.sex is None and choices.sexes and rng.random() < _MORE:
            parts.sex = rng.choice(choices.sexes)

    def _random(self, root: Iri, types: list[Iri], rng: Random) -> Stated:
        stated = Stated(types)
        properties = self._choices.qualifiers[root]
        for _ in self._repeat(rng):
            # sites, sides and radiation as often as all others together: they are what a denial may carry
            deniable = rng.random() < _EVEN
            prop = rng.choice([p for p in properties if (p in DENIABLE) is deniable] or list(properties))
            stated.qualify(prop, rng.choice(properties[prop]))
        for prop in self._choices.quantities[root]:
            if rng.random() < _MORE / 2:
                stated.quantities[prop] = rng.choice(self._choices.numbers_near(prop))
        return stated

    @staticmethod
    def _repeat(rng: Random) -> Iterator[None]:
        while rng.random() < _MORE:
            yield
