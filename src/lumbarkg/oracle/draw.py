"""Cases drawn for the comparison: three of four grown from a definition, the fourth made of anything a case may state.

The case of one index depends on the seed and the index alone, so that a longer draw begins with a shorter one's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.ontology.owl import Expression, Some
from lumbarkg.oracle.choices import DENIABLE, Choices
from lumbarkg.oracle.constructors import Constructor, constructors_of
from lumbarkg.oracle.grow import Grower
from lumbarkg.oracle.parts import CaseParts, Stated
from lumbarkg.reasoning.knowledge import Knowledge

_CYCLE = 4
"""One case in so many is random, the others are grown."""

_KINDS = ("pattern", "triage", "constructor", "denial", "pattern", "triage", "constructor", "finding")
_FAITHFUL_CONSTRUCTOR = 0.8
_EXTRA_FINDINGS = 4
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
    deck = _Deck(Choices(knowledge), seed)
    return tuple(deck.drawn(index) for index in range(number))


@dataclass
class _Deck:
    choices: Choices
    seed: int
    _targets: dict[str, tuple[Iri, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        knowledge, defined = self.choices.knowledge, self.choices.definitions
        triage = frozenset(knowledge.triage_classes)
        patterns = knowledge.subclasses(v.CLINICAL_PATTERN)
        kinds = {
            "pattern": patterns & defined.keys() - triage,
            "triage": triage & defined.keys(),
            "denial": frozenset(self.choices.denied),
            "finding": frozenset(
                c for c in defined if any(knowledge.is_subclass(c, r) for r in (v.FINDING, v.PATIENT_CASE, v.EXPOSURE))
            )
            - patterns
            - triage,
        }
        for kind, classes in kinds.items():
            shuffled = sorted(classes)
            Random(f"{self.seed} {kind}").shuffle(shuffled)
            self._targets[kind] = tuple(shuffled)

    @cached_property
    def _by_constructor(self) -> tuple[tuple[Constructor, tuple[Iri, ...]], ...]:
        """Constructor → the suggesting patterns that need it, for constructors that occur."""
        found = {
            kind: tuple(p for p in self._targets["pattern"] if kind in constructors_of(p, self.choices))
            for kind in Constructor
        }
        return tuple((kind, patterns) for kind, patterns in found.items() if patterns)

    def drawn(self, index: int) -> Drawn:
        rng = Random(f"{self.seed} case {index}")
        parts = CaseParts()
        origin = None
        if index % _CYCLE != _CYCLE - 1:
            origin = self._grow(index - index // _CYCLE, parts, rng)
        self._fill(parts, rng, 1 if origin is None else 0)
        return Drawn(index, parts.case(), origin)

    # ------------------------------------------------------------ grown

    def _grow(self, ordinal: int, parts: CaseParts, rng: Random) -> Iri | None:
        turn, position = divmod(ordinal, len(_KINDS))
        kind = _KINDS[position]
        turn = turn * _KINDS.count(kind) + _KINDS[:position].count(kind)
        if kind == "constructor" and self._by_constructor:
            constructor, patterns = self._by_constructor[turn % len(self._by_constructor)]
            target = patterns[turn // len(self._by_constructor) % len(patterns)]
            grower = Grower(self.choices, rng, indirect=constructor is Constructor.CHAIN)
            faithful = rng.random() < _FAITHFUL_CONSTRUCTOR
            grower.grow(self.choices.definitions[target], parts, faithful=faithful)
            return target
        targets = self._targets.get(kind) or next((t for t in self._targets.values() if t), ())
        if not targets:
            return None
        target = targets[turn % len(targets)]
        grower = Grower(self.choices, rng)
        if target in self.choices.denied:
            grower.grow_denial(self.choices.denied[target], parts)
        else:
            grower.grow(self._of_case(target), parts)
        return target

    def _of_case(self, target: Iri) -> Expression:
        """The definition of a class of cases, or of the cases that have a defined finding or exposure."""
        definition, knowledge = self.choices.definitions[target], self.choices.knowledge
        if knowledge.is_subclass(target, v.FINDING):
            return Some(v.HAS_FINDING, definition)
        return Some(v.HAS_EXPOSURE, definition) if knowledge.is_subclass(target, v.EXPOSURE) else definition

    # ------------------------------------------------------------ random

    def _fill(self, parts: CaseParts, rng: Random, at_least: int) -> None:
        """Add up to four findings, and at times exposures, age and sex, all at random."""
        choices = self.choices
        for _ in range(rng.randint(at_least, _EXTRA_FINDINGS + at_least)):
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
        properties = self.choices.qualifiers[root]
        for _ in self._repeat(rng):
            # sites, sides and radiation as often as all others together: they are what a denial may carry
            deniable = rng.random() < _EVEN
            prop = rng.choice([p for p in properties if (p in DENIABLE) is deniable] or list(properties))
            stated.qualify(prop, rng.choice(properties[prop]))
        for prop in self.choices.quantities[root]:
            if rng.random() < _MORE / 2:
                stated.quantities[prop] = rng.choice(self.choices.numbers_near(prop))
        return stated

    @staticmethod
    def _repeat(rng: Random) -> Iterator[None]:
        while rng.random() < _MORE:
            yield
