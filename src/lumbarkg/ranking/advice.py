"""Advice for a likely cause: from the table of advice, and from what the ontology says of the exercises done.

An exercise that the ontology avoids in the condition is to be left out, one that only aggravates it is to be
modified. A substitute is stated to serve the same training purpose, is neither avoided in the condition nor
aggravates it, and puts fewer kinds of load on what the condition affects. Contested relations are not read.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.guidance import AdviceItem, Aspect, CauseAdvice
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Differential, Disposition
from lumbarkg.ontology.evidence import EvidenceTables, FactRow
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.relations import Relations

_ASPECTS = {
    "avoid": Aspect.LEAVE_OUT,
    "modify": Aspect.MODIFY,
    "substitute": Aspect.SUBSTITUTE,
    "first_days": Aspect.FIRST_DAYS,
    "return_rule": Aspect.RETURN,
    "watch_for": Aspect.WATCH_FOR,
    "come_back": Aspect.COME_BACK,
}
_ORDER = {aspect: number for number, aspect in enumerate(_ASPECTS.values())}
_WHILE_URGENT = frozenset({Aspect.LEAVE_OUT, Aspect.WATCH_FOR, Aspect.COME_BACK})
_LIKELY = 3
_WITHHELD = "Exercises are not offered before the urgency has been dealt with."
_REMEMBERED = 2_000


class Adviser:
    """The advice of one ontology and its tables, by condition and by condition and exercise."""

    def __init__(self, knowledge: Knowledge, relations: Relations, tables: EvidenceTables) -> None:
        self._knowledge, self._relations = knowledge, relations
        self._rows: dict[Iri, list[FactRow]] = {}
        for row in tables.table("advice"):
            for column, condition in row.terms:
                if column == "condition":
                    self._rows.setdefault(condition, []).append(row)
        self._general = lru_cache(maxsize=_REMEMBERED)(self._advise)
        self._about = lru_cache(maxsize=_REMEMBERED)(self.advise_about)
        self._cause = lru_cache(maxsize=_REMEMBERED)(self._advise_cause)

    def advise(
        self, case: Case, differential: Differential, disposition: Disposition, *, urgent: bool
    ) -> tuple[CauseAdvice, ...]:
        """Advice for what is to be excluded first and for the first three hypotheses, in this order.

        With ``urgent``, only what to leave out, what to watch for and when to come back.
        """
        first = (h.condition for h in differential.hypotheses[:_LIKELY])
        done = (t for e in case.exposures for p, t in e.qualifiers if p in (v.OF_EXERCISE, v.WITH_FAULT))
        reported = tuple(dict.fromkeys(done))
        causes = dict.fromkeys((*(c for c, _ in disposition.to_exclude), *first))
        return tuple(self._cause(condition, reported, urgent) for condition in causes)

    def _advise_cause(self, condition: Iri, reported: tuple[Iri, ...], urgent: bool) -> CauseAdvice:
        about = [item for term in reported for item in self._about(condition, term)]
        general = [replace(i, reported=True) if self._names(i, reported) else i for i in self._general(condition)]
        items = sorted((*about, *general), key=lambda i: (_ORDER[i.aspect], not i.reported, i.row, i.exercises))
        if urgent:
            kept = tuple(i for i in items if i.aspect in _WHILE_URGENT)
            return CauseAdvice(condition, kept, _WITHHELD)
        return CauseAdvice(condition, tuple(items))

    def _names(self, item: AdviceItem, reported: tuple[Iri, ...]) -> bool:
        """Whether a row speaks of something that was done: the exercise, or a movement or load that is part of it."""
        return any(self._is_part(term, cls) for term in reported for cls in item.exercises)

    def _is_part(self, term: Iri, cls: Iri) -> bool:
        relations = self._relations
        return (
            self._knowledge.is_subclass(term, cls)
            or relations.holds(term, v.INVOLVES, cls)
            or relations.holds(term, v.LOADS, cls)
        )

    # ------------------------------------------------------------ by condition

    def _advise(self, condition: Iri) -> tuple[AdviceItem, ...]:
        """The rows on the condition or on a wider one, and stated avoidance that no row repeats."""
        rows = [row for c in sorted(self._knowledge.superclasses(condition)) for row in self._rows.get(c, ())]
        items = [
            AdviceItem(
                aspect=_ASPECTS[row.cells["aspect"]],
                exercises=tuple(iri for column, iri in row.terms if column != "condition"),
                text=row.cells.get("text", ""),
                row=row.id,
                grade=row.cells.get("grade", ""),
                status=row.status,
                reference=row.reference,
                note=row.cells.get("note", ""),
            )
            for row in rows
        ]
        said = {e for i in items if i.aspect is Aspect.LEAVE_OUT for e in i.exercises}
        stated = self._relations.stated_links(v.AVOIDED_IN, condition)
        items += [
            AdviceItem(aspect=Aspect.LEAVE_OUT, exercises=(link.subject,), steps=(link,))
            for link in stated
            if link.subject not in said
        ]
        return tuple(items)

    # ------------------------------------------------------------ by condition and what was done

    def advise_about(self, condition: Iri, term: Iri) -> tuple[AdviceItem, ...]:
        """What the ontology says of one exercise or fault of the case: left out or modified, and what instead."""
        relations = self._relations
        for prop, aspect in ((v.AVOIDED_IN, Aspect.LEAVE_OUT), (v.AGGRAVATES, Aspect.MODIFY)):
            if relations.holds(term, prop, condition):
                steps = relations.explain(term, prop, condition)
                item = AdviceItem(aspect=aspect, exercises=(term,), reported=True, steps=steps)
                return (item, *self.substitutes(condition, term))
        return ()

    def substitutes(self, condition: Iri, term: Iri) -> tuple[AdviceItem, ...]:
        """What can be done instead of an exercise: the same purpose, safer in the condition."""
        relations, found = self._relations, []
        for other in relations.sources(v.SUBSTITUTE_FOR, term):
            if other == term or not self._is_safer(other, term, condition):
                continue
            keeps = self._knowledge.most_specific(
                relations.targets(v.TRAINS, other) & relations.targets(v.TRAINS, term)
            )
            found.append(
                AdviceItem(
                    aspect=Aspect.SUBSTITUTE,
                    exercises=(other,),
                    reported=True,
                    instead_of=term,
                    keeps=tuple(sorted(keeps)),
                    steps=relations.explain(other, v.SUBSTITUTE_FOR, term),
                )
            )
        return tuple(found)

    def _is_safer(self, other: Iri, term: Iri, condition: Iri) -> bool:
        relations = self._relations
        if relations.holds(other, v.AVOIDED_IN, condition) or relations.holds(other, v.AGGRAVATES, condition):
            return False
        return len(self.loads_on(other, condition)) < len(self.loads_on(term, condition))

    def loads_on(self, exercise: Iri, condition: Iri) -> frozenset[Iri]:
        """The kinds of load that an exercise puts on a structure that the condition affects."""
        relations, affected = self._relations, self._relations.targets(v.AFFECTS, condition)
        return self._knowledge.most_specific(
            load for load in relations.targets(v.LOADS, exercise) if relations.targets(v.ACTS_ON, load) & affected
        )
