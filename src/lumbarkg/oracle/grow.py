"""A case grown from a definition: each conjunct of one alternative is included, dropped, or spoiled.

To spoil is to miss narrowly: the finding is denied, the number lies just outside, the value is a neighbour.
"""

from __future__ import annotations

from enum import Enum
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Finding
from lumbarkg.ontology.owl import Expression, Facet, Named, Some, conjuncts, disjuncts
from lumbarkg.oracle.choices import DENIABLE, Choices
from lumbarkg.oracle.compose import Composer, Needs
from lumbarkg.oracle.parts import CaseParts, Stated


class Manner(Enum):
    """How much of a definition a grown case includes."""

    FAITHFUL = "all of it"
    NEAR_MISS = "all of it but one conjunct"
    MIXED = "each conjunct or not, at random"


class _Fate(Enum):
    INCLUDE = "include"
    DROP = "drop"
    SPOIL = "spoil"


class _Denial(Enum):
    STRAIGHT = "the finding or a wider one is denied"
    NARROWER = "only a subclass is denied"
    QUALIFIED = "only some site, side or radiation is denied"
    CONTRADICTED = "the finding is denied, and present"


_MANNERS = (0.2, 0.5, 0.3)
_FATES = (0.55, 0.2, 0.25)
_DENIALS = (0.4, 0.2, 0.2, 0.2)
_SPLIT = 0.4
_WIDER_DENIAL, _WIDER_CONJUNCT = 0.4, 0.1
"""How often a wider class is denied: alone, and as one conjunct of several, where it may contradict the others."""
_EVEN = 0.5


class Grower:
    """Grows parts of cases from definitions; with ``indirect``, by values that only a chain or a link explains."""

    def __init__(self, choices: Choices, rng: Random, *, indirect: bool = False) -> None:
        self._choices, self._rng = choices, rng
        self._compose = Composer(choices, rng, indirect=indirect)

    def grow(self, definition: Expression, parts: CaseParts, manner: Manner | None = None) -> None:
        """Add to ``parts`` what one alternative of a definition of cases asks for, or nearly."""
        alternative = conjuncts(self._rng.choice(disjuncts(definition)))
        wanted = [part for part in dict.fromkeys(alternative) if self._can_be_stated(part)]
        for part, fate in zip(wanted, self._fates(len(wanted), manner), strict=True):
            if fate is not _Fate.DROP:
                self._conjunct(part, parts, spoil=fate is _Fate.SPOIL)

    def grow_denial(self, finding: Iri, parts: CaseParts) -> None:
        """Add a denial of the finding, or one that nearly denies it."""
        kind = self._rng.choices(list(_Denial), _DENIALS)[0]
        if kind is _Denial.NARROWER:
            self._deny_below(finding, parts)
        elif kind is _Denial.QUALIFIED:
            stated = Stated([self._denied_term(finding, _WIDER_DENIAL)])
            stated.qualify(*self._compose.qualifier(DENIABLE))
            parts.add(stated.denied(qualified=True))
        else:
            self._deny(finding, parts)
        if kind is _Denial.CONTRADICTED:
            parts.add(*self._split(self._compose.finding(Needs([finding]), spoil=False)))

    def _can_be_stated(self, part: Expression) -> bool:
        """Whether it is a conjunct for a case to meet: every case falls under the root class of cases."""
        return not isinstance(part, Named) or part.iri in self._choices.denied or part.iri in self._choices.definitions

    def _fates(self, number: int, manner: Manner | None) -> list[_Fate]:
        rng = self._rng
        manner = manner or rng.choices(list(Manner), _MANNERS)[0]
        if manner is Manner.MIXED:
            return rng.choices(list(_Fate), _FATES, k=number)
        fates = [_Fate.INCLUDE] * number
        if manner is Manner.NEAR_MISS and fates:
            fates[rng.randrange(number)] = rng.choice((_Fate.DROP, _Fate.SPOIL, _Fate.SPOIL))
        return fates

    # ------------------------------------------------------------ conjuncts

    def _conjunct(self, part: Expression, parts: CaseParts, *, spoil: bool) -> None:
        rng, compose = self._rng, self._compose
        if isinstance(part, Named) and part.iri in self._choices.denied:
            finding = self._choices.denied[part.iri]
            if spoil:
                self._deny_below(finding, parts)
            else:
                self._deny(finding, parts, _WIDER_CONJUNCT)
        elif isinstance(part, Named):
            self.grow(self._choices.definitions[part.iri], parts, Manner.NEAR_MISS if spoil else Manner.FAITHFUL)
        elif isinstance(part, Facet) and part.property == v.AGE_YEARS:
            parts.age = compose.number(part.property, part.interval, inside=not spoil)
        elif isinstance(part, Some) and part.property == v.HAS_FINDING:
            needs = Needs.of(rng.choice(disjuncts(part.filler)))
            if spoil and rng.random() < _EVEN:
                parts.add(compose.finding(needs, spoil=False).denied(qualified=rng.random() < _EVEN))
            else:
                parts.add(*self._split(compose.finding(needs, spoil=spoil)))
        elif isinstance(part, Some) and part.property == v.HAS_EXPOSURE:
            exposure = compose.exposure(Needs.of(rng.choice(disjuncts(part.filler))), spoil=spoil)
            parts.exposures[exposure.exposure()] = None
        elif isinstance(part, Some) and part.property == v.HAS_SEX and isinstance(part.filler, Named):
            under = self._choices.knowledge.subclasses(part.filler.iri)
            fitting = [sex for sex in self._choices.sexes if (sex in under) is not spoil]
            parts.sex = rng.choice(fitting) if fitting else parts.sex
        else:
            raise OntologyError(f"No case can be grown from {part}.")

    def _split(self, stated: Stated) -> tuple[Finding, ...]:
        """The finding as present; one on both sides at times as two, left and right."""
        knowledge = self._choices.knowledge
        both = [
            (prop, value)
            for prop, value in stated.qualifiers
            if prop == v.HAS_LATERALITY and all(knowledge.is_subclass(value, s) for s in (v.LEFT, v.RIGHT))
        ]
        if not both or self._rng.random() > _SPLIT:
            return (stated.finding(),)
        rest = [q for q in stated.qualifiers if q not in both]
        sides = ([*rest, (v.HAS_LATERALITY, side)] for side in (v.LEFT, v.RIGHT))
        return tuple(Stated(stated.types, qualifiers, stated.quantities).finding() for qualifiers in sides)

    # ------------------------------------------------------------ denials

    def _deny(self, finding: Iri, parts: CaseParts, wider: float = _WIDER_DENIAL) -> None:
        parts.add(Stated([self._denied_term(finding, wider)]).denied(qualified=False))

    def _deny_below(self, finding: Iri, parts: CaseParts) -> None:
        if below := self._choices.below(finding):
            parts.add(Stated([self._rng.choice(below)]).denied(qualified=False))

    def _denied_term(self, finding: Iri, wider: float) -> Iri:
        """A class whose denial denies the finding: itself or, with the probability ``wider``, one above it."""
        above = self._choices.above(finding)
        if not self._choices.may_state(finding) or (above and self._rng.random() < wider):
            return self._rng.choice(above or (finding,))
        return finding
