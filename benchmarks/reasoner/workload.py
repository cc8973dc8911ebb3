"""The cases that are measured: twelve findings each, as a person who was asked would report them, from a seed.

Each case begins with one that the oracle grows from a definition, so that patterns match and conditions are suggested.
It is filled up to twelve findings, most present, with qualifiers and numbers, some denied, and has an exposure and an
age.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import TypeVar

from benchmarks.reasoner.engine import Reasoner
from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.oracle.choices import DENIABLE, SINGLE, Choices
from lumbarkg.oracle.draw import draw

FINDINGS = 12
_DENIED = 0.3
_QUALIFIED = (0, 0, 1, 1, 2)
"""How many qualifiers a finding carries; each is as likely."""
_NUMBERED = 0.25
_QUALIFIED_DENIAL = 0.15
_DRAWN_TOGETHER = 512
_AGES = (16, 85)
_Part = TypeVar("_Part", Finding, Exposure)


class Workload:
    """Cases over one ontology. Equal ontology and seed give equal cases."""

    def __init__(self, reasoner: Reasoner, seed: int) -> None:
        self._reasoner, self._seed = reasoner, seed
        self._choices = Choices(reasoner.knowledge)

    def cases(self, number: int) -> list[Case]:
        """So many different cases that contradict nothing."""
        found: dict[Case, None] = {}
        batch = 0
        while len(found) < number:
            for drawn in draw(self._reasoner.knowledge, _DRAWN_TOGETHER, self._seed + batch):
                case = self._filled(drawn.case, Random(f"{self._seed} {batch} {drawn.index}"))  # noqa: S311 - no secret
                if case is not None and self._reasoner.is_fit(case):
                    found[case] = None
                if len(found) == number:
                    break
            batch += 1
        return list(found)

    def recombined(self, cases: Sequence[Case], number: int) -> list[Case]:
        """New cases made of findings of the cases given and of nothing else: what is known of expressions serves."""
        return list(_some(self._recombinations(cases), number, self._reasoner))

    def stream(self, cases: Sequence[Case], chunk: int) -> Iterator[list[Case]]:
        """New cases without end, made of the findings of the cases given, a chunk at a time.

        They are not held against contradictions: that would take longer than what is measured.
        """
        made = self._recombinations(cases)
        while True:
            yield [next(made) for _ in range(chunk)]

    # ------------------------------------------------------------ making one

    def _recombinations(self, cases: Sequence[Case]) -> Iterator[Case]:
        rng = Random(f"{self._seed} recombined")  # noqa: S311 - no secret
        present = list(dict.fromkeys(f for case in cases for f in case.present))
        absent = list(dict.fromkeys(f for case in cases for f in case.absent))
        exposures = list(dict.fromkeys(e for case in cases for e in case.exposures))
        while True:
            like = rng.choice(cases)
            denied = min(len(like.absent), len(absent))
            findings = (*rng.sample(present, FINDINGS - denied), *rng.sample(absent, denied))
            stated = (rng.choice(exposures),) if exposures else ()
            yield Case(tuple(map(_another, findings)), tuple(map(_another, stated)), like.age, like.sex, like.setting)

    def _filled(self, grown: Case, rng: Random) -> Case | None:
        """The case with findings added until there are twelve; None where it has more to begin with."""
        findings = dict.fromkeys(grown.findings)
        terms = {f.term for f in findings}
        if len(findings) > FINDINGS:
            return None
        while len(findings) < FINDINGS:
            term = rng.choice(self._choices.findings)
            if term not in terms:
                terms.add(term)
                findings[self._finding(term, rng)] = None
        exposures = grown.exposures or (self._exposure(rng),)
        age = grown.age if grown.age is not None else Decimal(rng.randint(*_AGES))
        return Case(tuple(findings), exposures, age, grown.sex, grown.setting)

    def _finding(self, term: Iri, rng: Random) -> Finding:
        if rng.random() < _DENIED:
            return Finding(
                term, Status.ABSENT, self._qualifiers(v.FINDING, rng, only=DENIABLE, often=_QUALIFIED_DENIAL)
            )
        return Finding(term, Status.PRESENT, self._qualifiers(v.FINDING, rng), self._quantities(v.FINDING, rng))

    def _exposure(self, rng: Random) -> Exposure:
        types = tuple(t for t in self._choices.exposure_types if rng.random() < _NUMBERED)
        return Exposure(types, (), self._qualifiers(v.EXPOSURE, rng), self._quantities(v.EXPOSURE, rng))

    def _qualifiers(
        self, root: Iri, rng: Random, only: Sequence[Iri] | None = None, often: float = 1.0
    ) -> tuple[tuple[Iri, Iri], ...]:
        properties = {p: values for p, values in self._choices.qualifiers[root].items() if only is None or p in only}
        found: list[tuple[Iri, Iri]] = []
        for _ in range(rng.choice(_QUALIFIED) if rng.random() < often else 0):
            prop = rng.choice(list(properties))
            if prop not in SINGLE or all(p != prop for p, _ in found):
                found.append((prop, rng.choice(properties[prop])))
        return tuple(found)

    def _quantities(self, root: Iri, rng: Random) -> tuple[tuple[Iri, Decimal], ...]:
        return tuple(
            (prop, rng.choice(self._choices.numbers_near(prop)))
            for prop in self._choices.quantities[root]
            if rng.random() < _NUMBERED
        )


def _another(part: _Part) -> _Part:
    """An equal finding or exposure that is another object, as each new case brings them: to be found by its value."""
    found = object.__new__(type(part))
    found.__dict__.update(part.__dict__)
    return found


def _some(made: Iterator[Case], number: int, reasoner: Reasoner) -> Iterator[Case]:
    found = 0
    while found < number:
        if reasoner.is_fit(case := next(made)):
            found += 1
            yield case
