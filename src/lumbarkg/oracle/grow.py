"""A case grown from a definition: each conjunct of one alternative is included, dropped, or spoiled.

A conjunct is included in as many ways as the ontology allows (the class itself, a subclass, its definition spelled
out, a part of the site, both sides as two findings) and spoiled as narrowly as possible (denied, a number just
outside, a neighbouring value), so that agreement is tried where the two reasoners could part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from random import Random

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Exposure, Finding
from lumbarkg.ontology.owl import Expression, Facet, Interval, Named, Some, conjuncts, disjuncts
from lumbarkg.oracle.choices import Choices
from lumbarkg.oracle.parts import CaseParts, Stated

_FAITHFUL, _NEAR_MISS = 0.5, 0.3
"""Shares of the cases that include every conjunct, and all but one; in the rest each has a fate of its own."""
_FATES = (0.55, 0.2, 0.25)
_UNFOLDED = 0.4
_NARROWED = 0.35
_SPLIT = 0.4
_WIDER_DENIAL = 0.4
_DENIED_QUALIFIED = 0.3
_STRAIGHT = 0.4
_DEPTH = 4


class _Fate(Enum):
    INCLUDE = "include"
    DROP = "drop"
    SPOIL = "spoil"


@dataclass
class _Needs:
    """What a finding or an exposure must state to fall under an expression: named classes, links and numbers."""

    names: list[Iri] = field(default_factory=list)
    links: list[Some] = field(default_factory=list)
    facets: list[Facet] = field(default_factory=list)

    @classmethod
    def of(cls, expression: Expression) -> _Needs:
        needs = cls()
        for part in conjuncts(expression):
            if isinstance(part, Named):
                needs.names.append(part.iri)
            elif isinstance(part, Some):
                needs.links.append(part)
            elif isinstance(part, Facet):
                needs.facets.append(part)
            else:
                raise OntologyError(f"No case can be grown from {part}.")
        return needs

    def with_(self, other: _Needs) -> _Needs:
        """Both together, without the names of the other, which the caller has dealt with."""
        return _Needs(self.names, [*self.links, *other.links], [*self.facets, *other.facets])


class Grower:
    """Grows parts of cases from expressions. With ``indirect``, values that only a chain or a link explains go first."""

    def __init__(self, choices: Choices, rng: Random, *, indirect: bool = False) -> None:
        self._choices, self._rng, self._indirect = choices, rng, indirect

    def grow(self, definition: Expression, parts: CaseParts, *, faithful: bool | None = None) -> None:
        """Add to ``parts`` what one alternative of a definition of cases asks for, or nearly."""
        wanted = list(dict.fromkeys(conjuncts(self._rng.choice(disjuncts(definition)))))
        fates = self._fates(len(wanted)) if faithful is None or not faithful else [_Fate.INCLUDE] * len(wanted)
        for conjunct, fate in zip(wanted, fates, strict=True):
            if fate is not _Fate.DROP:
                self._conjunct(conjunct, parts, spoil=fate is _Fate.SPOIL)

    def grow_denial(self, finding: Iri, parts: CaseParts) -> None:
        """Add a denial of the finding class: of itself, of a wider class, or narrower than asked."""
        rng, kind = self._rng, self._rng.random()
        if kind < _FAITHFUL:
            self._deny(finding, parts)
        elif kind < 0.75 and (below := self._below(finding)):
            parts.add(Stated([rng.choice(below)]).denied(qualified=False))
        elif kind < 0.9:
            stated = Stated([self._denied_term(finding)])
            self._qualify_at_random(stated)
            parts.add(stated.denied(qualified=True))
        else:
            self._deny(finding, parts)
            parts.add(*self._split(self._finding(_Needs([finding]), spoil=False)))

    # ------------------------------------------------------------ conjuncts of a case

    def _conjunct(self, part: Expression, parts: CaseParts, *, spoil: bool) -> None:
        rng, choices = self._rng, self._choices
        if isinstance(part, Named):
            if part.iri in choices.denied:
                self._denial_conjunct(choices.denied[part.iri], parts, spoil=spoil)
            elif part.iri in choices.definitions:
                self.grow(choices.definitions[part.iri], parts, faithful=not spoil)
        elif isinstance(part, Facet) and part.property == v.AGE_YEARS:
            parts.age = self._number(part.property, part.interval, inside=not spoil)
        elif isinstance(part, Some) and part.property == v.HAS_FINDING:
            self._finding_conjunct(_Needs.of(rng.choice(disjuncts(part.filler))), parts, spoil=spoil)
        elif isinstance(part, Some) and part.property == v.HAS_EXPOSURE:
            exposure = self._exposure(_Needs.of(rng.choice(disjuncts(part.filler))), spoil=spoil)
            parts.exposures[exposure] = None
        elif isinstance(part, Some) and part.property == v.HAS_SEX:
            wanted = [
                s
                for s in choices.sexes
                if isinstance(part.filler, Named) and choices.knowledge.is_subclass(s, part.filler.iri)
            ]
            fitting = [s for s in choices.sexes if (s in wanted) is not spoil]
            parts.sex = rng.choice(fitting) if fitting else parts.sex
        else:
            raise OntologyError(f"No case can be grown from {part}.")

    def _denial_conjunct(self, finding: Iri, parts: CaseParts, *, spoil: bool) -> None:
        if not spoil:
            self._deny(finding, parts)
        elif below := self._below(finding):
            parts.add(Stated([self._rng.choice(below)]).denied(qualified=False))

    def _finding_conjunct(self, needs: _Needs, parts: CaseParts, *, spoil: bool) -> None:
        rng = self._rng
        stated = self._finding(needs, spoil=spoil)
        if spoil and rng.random() < 0.5:
            parts.add(stated.denied(qualified=rng.random() < _DENIED_QUALIFIED))
        else:
            parts.add(*self._split(stated))

    # ------------------------------------------------------------ findings

    def _finding(self, needs: _Needs, *, spoil: bool, depth: int = 0) -> Stated:
        """A finding that meets the needs, or misses one of them if ``spoil``."""
        rng, choices = self._rng, self._choices
        main, further = self._main(needs.names or [v.FINDING])
        needs = _Needs([main], [*needs.links, *further.links], [*needs.facets, *further.facets])
        definition = choices.definitions.get(main)
        must_unfold = not choices.may_state(main)
        if definition is not None and depth < _DEPTH and (must_unfold or self._indirect or rng.random() < _UNFOLDED):
            inner = _Needs.of(rng.choice(disjuncts(definition)))
            return self._finding(inner.with_(needs), spoil=spoil, depth=depth + 1)
        below = self._below(main)
        if below and (must_unfold or rng.random() < _NARROWED):
            main = rng.choice(below)
        stated = Stated([main])
        links, facets = dict.fromkeys(needs.links), dict.fromkeys(needs.facets)
        missed = rng.choice([*links, *facets]) if spoil and (links or facets) else None
        if spoil and missed is None:
            stated.types[0] = self._beside(main)
        for link in links:
            self._state_link(stated, link, reach=link is not missed)
        for facet in facets:
            stated.quantities[facet.property] = self._number(facet.property, facet.interval, inside=facet is not missed)
        return stated

    def _main(self, names: list[Iri]) -> tuple[Iri, _Needs]:
        """One class to state, and what must be stated besides so that the finding falls under all names."""
        options = [(name, besides) for name in names if (besides := self._besides(name, names, 0)) is not None]
        common = [
            (c, _Needs())
            for c in self._choices.findings
            if len(names) > 1 and all(self._choices.knowledge.is_subclass(c, n) for n in names)
        ]
        if common:
            options.append(self._rng.choice(common))
        return self._rng.choice(options) if options else (names[0], _Needs())

    def _besides(self, main: Iri, names: list[Iri], depth: int) -> _Needs | None:
        """What a finding of class ``main`` must state to fall under the other names; None where no statement helps."""
        found = _Needs()
        for other in names:
            if self._choices.knowledge.is_subclass(main, other):
                continue
            definition = self._choices.definitions.get(other)
            if definition is None or depth > _DEPTH:
                return None
            needs = _Needs.of(self._rng.choice(disjuncts(definition)))
            inner = self._besides(main, needs.names, depth + 1)
            if inner is None:
                return None
            found = found.with_(needs).with_(inner)
        return found

    def _split(self, stated: Stated) -> tuple[Finding, ...]:
        """The finding as present; one on both sides sometimes as two, left and right."""
        knowledge = self._choices.knowledge
        both = [
            q
            for q in stated.qualifiers
            if q[0] == v.HAS_LATERALITY and all(knowledge.is_subclass(q[1], s) for s in (v.LEFT, v.RIGHT))
        ]
        if not both or self._rng.random() > _SPLIT:
            return (stated.finding(),)
        rest = [q for q in stated.qualifiers if q not in both]
        return tuple(
            Stated(stated.types, [*rest, (v.HAS_LATERALITY, side)], stated.quantities).finding()
            for side in (v.LEFT, v.RIGHT)
        )

    def _deny(self, finding: Iri, parts: CaseParts) -> None:
        parts.add(Stated([self._denied_term(finding)]).denied(qualified=False))

    def _denied_term(self, finding: Iri) -> Iri:
        """A class whose denial denies the finding: itself or, at times, a wider one."""
        knowledge = self._choices.knowledge
        wider = sorted(
            c for c in knowledge.superclasses(finding) - knowledge.superclasses(v.FINDING) if self._choices.may_state(c)
        )
        if not self._choices.may_state(finding) or (wider and self._rng.random() < _WIDER_DENIAL):
            return self._rng.choice(wider or [finding])
        return finding

    # ------------------------------------------------------------ exposures

    def _exposure(self, needs: _Needs, *, spoil: bool) -> Exposure:
        """An exposure that meets the needs, or misses one of them if ``spoil``."""
        named: list[Named | Some | Facet] = [Named(n) for n in needs.names if n in self._choices.exposure_types]
        wanted = [*named, *dict.fromkeys(needs.links), *dict.fromkeys(needs.facets)]
        missed = self._rng.choice(wanted) if spoil and wanted else None
        stated = Stated()
        for part in wanted:
            if isinstance(part, Some):
                self._state_link(stated, part, reach=part is not missed)
            elif isinstance(part, Facet):
                stated.quantities[part.property] = self._number(part.property, part.interval, inside=part is not missed)
            elif part is not missed:
                stated.types.append(part.iri)
        return stated.exposure()

    # ------------------------------------------------------------ values

    def _state_link(self, stated: Stated, link: Some, *, reach: bool) -> None:
        choices, rng = self._choices, self._rng
        values = (choices.satisfying if reach else choices.neighbours)(link.property, link.filler)
        if not values:
            return
        name = link.filler.iri if isinstance(link.filler, Named) else None
        indirect = [c for c in values if name is not None and not choices.knowledge.is_subclass(c, name)]
        if self._indirect and indirect:
            values = tuple(indirect)
        elif name in values and rng.random() < _STRAIGHT:
            values = (name,)
        stated.qualify(link.property, rng.choice(values))

    def _qualify_at_random(self, stated: Stated) -> None:
        properties = self._choices.qualifiers[v.FINDING]
        prop = self._rng.choice(sorted(properties))
        stated.qualify(prop, self._rng.choice(properties[prop]))

    def _number(self, prop: Iri, interval: Interval, *, inside: bool) -> Decimal:
        """A number at an end of the interval, just inside or just outside."""
        ends = tuple(e for e in (interval.low, interval.high) if e is not None)
        near = self._choices.numbers_near(prop, ends)
        fitting = [n for n in near if (n in interval) is inside]
        return self._rng.choice(fitting or list(near))

    def _below(self, finding: Iri) -> list[Iri]:
        knowledge = self._choices.knowledge
        return sorted(
            c for c in knowledge.subclasses(finding) - knowledge.equivalents(finding) if self._choices.may_state(c)
        )

    def _beside(self, finding: Iri) -> Iri:
        """A class near the finding that does not lie under it."""
        knowledge = self._choices.knowledge
        near = {
            s
            for a in knowledge.superclasses(finding) - knowledge.superclasses(v.FINDING)
            for s in (a, *knowledge.direct_subclasses(a))
        }
        fitting = sorted(c for c in near - knowledge.subclasses(finding) if self._choices.may_state(c))
        return self._rng.choice(fitting or list(self._choices.findings))
