"""How urgent a case is: the triage classes that logic found, and the closed-world gate behind them.

Logic can only raise a level. The gate says what is still open: an alternative of a rule is excluded when at least
one of its conjuncts is denied or out of range. It reads the conjuncts from the definitions in the ontology, so that
it needs no rule of its own. Order: {NotEnoughAsked, SelfCare} < the levels by ``lkg:triageRank``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Disposition, Entailments, Finding, RedFlagStatus
from lumbarkg.rdf.terms import Literal
from lumbarkg.reasoning.gate import Gate
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.triage_rules import (
    Alternative,
    concerns,
    read_alternatives,
    read_groups,
    read_levels,
    reportable_below,
)

SELF_CARE = "SelfCare"
NOT_ENOUGH_ASKED = "NotEnoughAsked"
_ALL = -1
"""As bits, every alternative, and one beyond them that nothing excludes."""


@dataclass(frozen=True)
class GateView:
    """What the gate sees of a case: denied classes, the classes of each present finding, and what these exclude.

    ``excluded`` are conjuncts as bits of the gate.
    """

    denied: frozenset[Iri]
    finding_types: tuple[tuple[Finding, frozenset[Iri]], ...]
    excluded: int
    age_is_given: bool

    @cached_property
    def present(self) -> frozenset[Iri]:
        """Every class that some present finding falls under."""
        return frozenset().union(*(types for _, types in self.finding_types))

    def matching(self, cls: Iri) -> tuple[Finding, ...]:
        """The present findings that fall under a class."""
        return tuple(finding for finding, types in self.finding_types if cls in types)


class TriageRules:
    """The levels, alternatives, groups and self-care texts of one ontology."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        graph = knowledge.ontology.graph
        self.levels = read_levels(graph)
        self.alternatives = read_alternatives(knowledge, self.levels)
        self.not_self_reportable = frozenset(
            Iri(t.subject)
            for t in graph.with_predicate(v.NOT_SELF_REPORTABLE)
            if isinstance(t.object, Literal) and t.object.is_true
        )
        self.groups = read_groups(knowledge, self.not_self_reportable)
        umbrellas = self.not_self_reportable | {group.finding for group in self.groups}
        self._reportable = {cls: reportable_below(cls, knowledge, self.not_self_reportable) for cls in umbrellas}
        self._gate = Gate(self.alternatives, self.reportable, knowledge)
        self._place = {a.cls: number for number, a in enumerate(self.alternatives)}
        self._level_of = {level.cls: level for level in self.levels}
        self._gated = self._mask(a.cls for a in self.alternatives if a.level.gated)
        self._above = {
            level.cls: self._mask(a.cls for a in self.alternatives if a.level.rank > level.rank)
            for level in self.levels
        }
        self._members = {
            group.iri: tuple(
                (member, self._mask(a.cls for a in self.alternatives if concerns(a, member, knowledge)) or _ALL)
                for member in group.members
                if member not in self.not_self_reportable
            )
            for group in self.groups
        }
        """Group → the members that can be asked about, with the alternatives that each concerns."""
        self._suspects = {
            cls: tuple(Iri(str(condition)) for condition in graph.objects(cls, v.SUSPECTS))
            for cls in knowledge.triage_classes
        }
        self._self_care_advice = tuple(
            (Iri(advice), frozenset(graph.objects(advice, v.APPLIES_TO)))
            for advice in sorted(graph.instances(v.SELF_CARE_ADVICE))
        )

    def _mask(self, classes: Iterable[Iri]) -> int:
        """Triage classes as bits, in the order of the alternatives."""
        mask = 0
        for cls in classes:
            if cls in self._place:
                mask |= 1 << self._place[cls]
        return mask

    # ------------------------------------------------------------ the gate

    def view(self, case: Case, entailments: Entailments) -> GateView:
        """What the gate sees of a case."""
        denied, types = entailments.denied, entailments.finding_types
        return GateView(denied, types, self._gate.excluded_conjuncts(case, denied, types), case.age is not None)

    def is_excluded(self, alternative: Alternative, view: GateView) -> bool:
        """Whether the case rules the alternative out."""
        return bool(self._gate.excluded_alternatives(view.excluded) >> self._place[alternative.cls] & 1)

    def is_gated(self, disposition: Disposition) -> bool:
        """Whether the level reached is one that must be excluded before self-care: care comes before exercise."""
        return any(level.gated and level.name == disposition.level for level in self.levels)

    def reportable(self, cls: Iri) -> tuple[Iri, ...]:
        """What a person can be asked for a class: itself, or the nearest subclasses where it is a group or a
        finding that nobody can report; empty where only an examiner, a laboratory or imaging can tell.
        """
        return self._reportable.get(cls, (cls,))

    def is_below(self, cls: Iri, classes: set[Iri]) -> bool:
        """Whether the class is one of those given or lies under one."""
        return bool(self._knowledge.superclasses(cls) & classes)

    # ------------------------------------------------------------ the answer

    def dispose(self, entailments: Entailments, view: GateView) -> Disposition:
        """The level of a case, what it rests on, what is to be excluded first, and what has not been asked."""
        excluded = self._gate.excluded_alternatives(view.excluded)
        # An alternative that rests on what nobody can report does not keep the gate shut.
        closed = self._gate.excluded_alternatives(view.excluded | self._gate.examiner)
        closed |= self._mask(m.pattern for m in entailments.rules)
        by_level = self._level_of
        rules = tuple(sorted(entailments.rules, key=lambda m: (-by_level[m.level].rank, m.pattern)))
        reached = by_level[rules[0].level] if rules else None
        if reached is None:
            above = self._gated & ~closed
            complete = view.age_is_given and not above
            name, rank = (SELF_CARE if complete else NOT_ENOUGH_ASKED), 0
            action = "" if complete else "Answer the questions below first."
            statement = "Self-care" if complete else "Not enough has been asked to say how urgent this is."
        else:
            above = self._above[reached.cls] & ~closed
            complete = not above
            name, rank, action = reached.name, reached.rank, reached.action
            statement = name if complete else f"At least {name}: a more urgent level is not yet excluded."
        to_exclude: dict[Iri, list[Iri]] = {}
        for match in sorted(entailments.rules, key=lambda m: -by_level[m.level].rank):
            for condition in self._suspects[match.pattern]:
                to_exclude.setdefault(condition, []).append(match.pattern)
        return Disposition(
            level=name,
            rank=rank,
            complete=complete,
            action=action,
            statement=statement,
            rules=rules,
            to_exclude=tuple((condition, tuple(found)) for condition, found in to_exclude.items()),
            red_flags_not_asked=self._red_flags_not_asked(excluded, view),
            open_rules=tuple(a.cls for number, a in enumerate(self.alternatives) if above >> number & 1),
            self_care=self._self_care(entailments) if name == SELF_CARE else None,
        )

    def _red_flags_not_asked(self, excluded: int, view: GateView) -> tuple[RedFlagStatus, ...]:
        """The groups with a member neither answered nor excluded: some alternative that it concerns is still open.

        A member that no alternative reads directly counts as open until it is answered.
        """
        found, answered, possible = [], view.present | view.denied, ~excluded
        for group in self.groups:
            members = self._members[group.iri]
            open_members = tuple(m for m, concerned in members if concerned & possible and m not in answered)
            if open_members:
                found.append(RedFlagStatus(group.iri, group.finding, group.question, open_members))
        return tuple(found)

    def _self_care(self, entailments: Entailments) -> Iri | None:
        """The text for one of the patterns that the case falls under."""
        return next((iri for iri, targets in self._self_care_advice if targets & entailments.types), None)
