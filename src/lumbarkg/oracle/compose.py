"""A finding or an exposure that falls under an expression, or narrowly misses it.

What falls under an expression can be said in many ways: by the class itself, by a subclass, by a definition spelled
out, by a part of the site. All are tried, for that is where two reasoners could part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.owl import Expression, Facet, Interval, Named, Some, conjuncts, disjuncts
from lumbarkg.oracle.choices import Choices
from lumbarkg.oracle.parts import Stated

_UNFOLDED = 0.4
_NARROWED = 0.35
_STRAIGHT = 0.4
_DEPTH = 4


@dataclass
class Needs:
    """What a finding or an exposure must state to fall under an expression: classes, links and numbers."""

    names: list[Iri] = field(default_factory=list)
    links: list[Some] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)

    @classmethod
    def of(cls, expression: Expression) -> Needs:
        """The needs of an expression without unions. Raises OntologyError where no finding could meet them."""
        needs = cls()
        for part in conjuncts(expression):
            if isinstance(part, Named):
                needs.names.append(part.iri)
            elif isinstance(part, Some):
                needs.links.append(part)
            elif isinstance(part, Facet):
                needs.facets.append(part)
            else:
                raise OntologyError(f"No finding can be grown from {part}.")
        return needs

    def beside(self, names: list[Iri]) -> Needs:
        """The same links and numbers under other names."""
        return Needs(names, self.links, self.facets)

    def and_(self, other: Needs) -> Needs:
        """Both together."""
        return Needs([*self.names, *other.names], [*self.links, *other.links], [*self.facets, *other.facets])


class Composer:
    """Composes what a case states. With ``indirect``, a value that only a chain or a link explains goes first."""

    def __init__(self, choices: Choices, rng: Random, *, indirect: bool = False) -> None:
        self._choices, self._rng, self._indirect = choices, rng, indirect

    def finding(self, needs: Needs, *, spoil: bool, depth: int = 0) -> Stated:
        """A finding that meets the needs, or misses one of them if ``spoil``."""
        rng, choices = self._rng, self._choices
        main, besides = self._main(needs.names or [v.FINDING])
        needs = needs.beside([]).and_(besides)
        definition = choices.definitions.get(main)
        must_unfold = not choices.may_state(main)
        if definition and depth < _DEPTH and (must_unfold or self._indirect or rng.random() < _UNFOLDED):
            inner = Needs.of(rng.choice(disjuncts(definition)))
            return self.finding(inner.and_(needs), spoil=spoil, depth=depth + 1)
        below = choices.below(main)
        if below and (must_unfold or rng.random() < _NARROWED):
            main = rng.choice(below)
        stated = Stated([main])
        wanted: list[Some | Facet] = list(dict.fromkeys([*needs.links, *needs.facets]))
        missed = rng.choice(wanted) if spoil and wanted else None
        if spoil and missed is None:
            stated.types[0] = rng.choice(choices.beside(main))
        for part in wanted:
            self._state(stated, part, reach=part is not missed)
        return stated

    def exposure(self, needs: Needs, *, spoil: bool) -> Stated:
        """An exposure that meets the needs, or misses one of them if ``spoil``."""
        types = [n for n in needs.names if n in self._choices.exposure_types]
        wanted: list[Iri | Some | Facet] = list(dict.fromkeys([*types, *needs.links, *needs.facets]))
        missed = self._rng.choice(wanted) if spoil and wanted else None
        stated = Stated()
        for part in wanted:
            if not isinstance(part, Iri):
                self._state(stated, part, reach=part is not missed)
            elif part is not missed:
                stated.types.append(part)
        return stated

    def number(self, prop: Iri, interval: Interval, *, inside: bool) -> Decimal:
        """A number at an end of the interval, just inside or just outside."""
        ends = tuple(e for e in (interval.low, interval.high) if e is not None)
        near = self._choices.numbers_near(prop, ends)
        fitting = [n for n in near if (n in interval) is inside]
        return self._rng.choice(fitting or near)

    def qualifier(self, properties: tuple[Iri, ...]) -> tuple[Iri, Iri]:
        """A qualifier of a finding at random, of one of the properties given."""
        prop = self._rng.choice(properties)
        return prop, self._rng.choice(self._choices.qualifiers[v.FINDING][prop])

    # ------------------------------------------------------------ several classes at once

    def _main(self, names: list[Iri]) -> tuple[Iri, Needs]:
        """One class to state, and what must be stated besides so that the finding falls under all names."""
        knowledge = self._choices.knowledge
        options = [(name, found) for name in names if (found := self._besides(name, names, 0)) is not None]
        if len(names) > 1:
            common = [c for c in self._choices.findings if all(knowledge.is_subclass(c, n) for n in names)]
            options += [(self._rng.choice(common), Needs())] if common else []
        return self._rng.choice(options) if options else (names[0], Needs())

    def _besides(self, main: Iri, names: list[Iri], depth: int) -> Needs | None:
        """What a finding of class ``main`` must state to fall under the names too; None where nothing helps."""
        found = Needs()
        for other in names:
            if self._choices.knowledge.is_subclass(main, other):
                continue
            definition = self._choices.definitions.get(other)
            if definition is None or depth > _DEPTH:
                return None
            needs = Needs.of(self._rng.choice(disjuncts(definition)))
            inner = self._besides(main, needs.names, depth + 1)
            if inner is None:
                return None
            found = found.and_(needs.beside([])).and_(inner)
        return found

    # ------------------------------------------------------------ links and numbers

    def _state(self, stated: Stated, part: Some | Facet, *, reach: bool) -> None:
        if isinstance(part, Facet):
            stated.quantities[part.property] = self.number(part.property, part.interval, inside=reach)
            return
        choices, rng = self._choices, self._rng
        values = (choices.satisfying if reach else choices.neighbours)(part.property, part.filler)
        if not values:
            return
        name = part.filler.iri if isinstance(part.filler, Named) else None
        indirect = [c for c in values if name is not None and not choices.knowledge.is_subclass(c, name)]
        if self._indirect and indirect:
            values = tuple(indirect)
        elif name in values and rng.random() < _STRAIGHT:
            values = (name,)
        stated.qualify(part.property, rng.choice(values))
