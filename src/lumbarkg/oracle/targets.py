"""From which definition the next case is grown: all are taken in turn, in an order that the seed decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import Named, Some, SubClassOf, subexpressions
from lumbarkg.oracle.choices import Choices
from lumbarkg.oracle.constructors import Constructor, constructors_of

_TURNS = tuple(
    {"p": "pattern", "t": "triage", "d": "denial", "c": "constructor", "o": "other"}[turn]
    for turn in "pctpdpdoptpdpcptpopd"
)
"""The order of turns: 2,000 cases take each pattern, triage class and denial class at least three times."""

_WEIGHTS = {
    Constructor.AT_LEAST: 12,
    Constructor.DENIAL: 4,
    Constructor.FACET: 4,
    Constructor.CHAIN: 2,
    Constructor.UNION: 1,
}
"""How often the turn of a constructor comes. Few patterns need the first; the others come with most patterns."""

_COUNTED = ("pattern", "triage", "denial")
"""The kinds of which every class is to be hit."""

_LOOSE = 4
"""Once in so many times that a class of a counted kind is taken it may be missed; which time, its place says."""


@dataclass(frozen=True)
class Target:
    """A class to grow a case from, and the constructor for whose sake it was taken, if for one.

    ``must_hit`` asks for a case that falls under the class, and not for one that may narrowly miss it.
    """

    cls: Iri
    constructor: Constructor | None = None
    must_hit: bool = False


class Targets:
    """The classes of one ontology that cases can be grown from, by kind, each kind shuffled."""

    def __init__(self, choices: Choices, seed: int) -> None:
        defined = frozenset(choices.definitions)
        triage, patterns = triage_classes(choices), pattern_classes(choices)
        roots = (v.FINDING, v.EXPOSURE, v.PATIENT_CASE)
        others = {c for c in defined if any(choices.knowledge.is_subclass(c, r) for r in roots)} - patterns - triage
        kinds = {"pattern": patterns, "triage": triage & defined, "denial": frozenset(choices.denied), "other": others}
        self._decks = {
            kind: tuple(Target(c) for c in _shuffled(classes, f"{seed} {kind}"))
            for kind, classes in kinds.items()
            if classes
        }
        if by_constructor := _by_constructor(choices, seed):
            self._decks["constructor"] = by_constructor

    def turn(self, ordinal: int) -> Target | None:
        """The target of the grown case of this ordinal; None where the ontology defines nothing."""
        kinds = [kind for kind in _TURNS if kind in self._decks]
        if not kinds:
            return None
        rounds, position = divmod(ordinal, len(kinds))
        kind = kinds[position]
        deck = self._decks[kind]
        taken, place = divmod(rounds * kinds.count(kind) + kinds[:position].count(kind), len(deck))
        must_hit = kind in _COUNTED and (taken + place) % _LOOSE != 0
        return replace(deck[place], must_hit=True) if must_hit else deck[place]

    def companion(self, rng: Random) -> Target | None:
        """A target to grow beside another one, for its constructor; None where no definition uses one."""
        deck = self._decks.get("constructor")
        return rng.choice(deck) if deck else None


def pattern_classes(choices: Choices) -> frozenset[Iri]:
    """The clinical patterns with a definition that are no triage classes."""
    return choices.knowledge.subclasses(v.CLINICAL_PATTERN) & choices.definitions.keys() - triage_classes(choices)


def triage_classes(choices: Choices) -> frozenset[Iri]:
    """The classes of cases that an editor put under a level of urgency."""
    return frozenset(choices.knowledge.triage_classes)


def _by_constructor(choices: Choices, seed: int) -> tuple[Target, ...]:
    """Patterns that speak for or against a condition, by the constructors that they need, each as often as weighed."""
    speaking = [
        axiom.sub.iri
        for axiom in choices.knowledge.ontology.axioms
        if isinstance(axiom, SubClassOf)
        and isinstance(axiom.sub, Named)
        and axiom.sub.iri in choices.definitions
        and any(isinstance(p, Some) and p.property in (v.SUGGESTS, v.ARGUES_AGAINST) for p in subexpressions(axiom.sup))
    ]
    patterns = _shuffled(speaking, f"{seed} constructor")
    needing = {kind: [p for p in patterns if kind in constructors_of(p, choices)] for kind in _WEIGHTS}
    rounds = max((len(found) for found in needing.values()), default=0)
    return tuple(
        Target(found[(number * weight + i) % len(found)], kind, must_hit=kind is Constructor.AT_LEAST)
        for number in range(rounds)
        for kind, weight in _WEIGHTS.items()
        if (found := needing[kind])
        for i in range(weight)
    )


def _shuffled(classes: Iterable[Iri], seed: str) -> list[Iri]:
    found = sorted(set(classes))
    Random(seed).shuffle(found)  # noqa: S311 - the same cases from the same seed, no secret
    return found
