"""How urgent a case is: the triage classes that logic found, and the closed-world gate behind them.

Logic can only raise a level. The gate says what is still open: an alternative of a rule is excluded when at least
one of its conjuncts is denied or out of range. It reads the conjuncts from the definitions in the ontology, so that
it needs no rule of its own. Order: {NotEnoughAsked, SelfCare} < the levels by ``lkg:triageRank``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Disposition, Entailments, Finding, RedFlagStatus
from lumbarkg.ontology.owl import Expression, Named
from lumbarkg.rdf.terms import Literal
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.triage_rules import (
    Alternative,
    CaseConjunct,
    Conjunct,
    ExposureConjunct,
    FindingConjunct,
    concerns,
    read_alternatives,
    read_groups,
    read_levels,
    reportable_below,
)

SELF_CARE = "SelfCare"
NOT_ENOUGH_ASKED = "NotEnoughAsked"


@dataclass(frozen=True)
class GateView:
    """What the gate sees of a case: denied classes, and the classes of each present finding."""

    denied: frozenset[Iri]
    finding_types: tuple[tuple[Finding, frozenset[Iri]], ...]

    @cached_property
    def present(self) -> frozenset[Iri]:
        """Every class that some present finding falls under."""
        return frozenset(c for _, types in self.finding_types for c in types)

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
        self._concerning = {
            member: tuple(a for a in self.alternatives if concerns(a, member, knowledge))
            for group in self.groups
            for member in group.members
        }

    # ------------------------------------------------------------ the gate

    def view(self, case: Case, entailments: Entailments) -> GateView:
        """What the gate sees of a case."""
        return GateView(self.denied(case), entailments.finding_types)

    def denied(self, case: Case) -> frozenset[Iri]:
        """Every named finding class that the case's absent findings deny."""
        knowledge = self._knowledge
        return frozenset(c for f in case.absent for c in knowledge.denied_classes(knowledge.finding_expression(f)))

    def is_excluded(self, alternative: Alternative, case: Case, view: GateView) -> bool:
        """Whether the case rules the alternative out."""
        return any(all(self._conjunct_excluded(c, case, view) for c in choice) for choice in alternative.choices)

    def blocks(self, alternative: Alternative, case: Case, view: GateView) -> bool:
        """Whether the alternative keeps the gate shut: not excluded, and not resting on what nobody can report."""
        return not any(
            all(self._conjunct_excluded(c, case, view) or self._needs_examiner(c) for c in choice)
            for choice in alternative.choices
        )

    def _needs_examiner(self, conjunct: Conjunct) -> bool:
        return isinstance(conjunct, FindingConjunct) and not self.reportable(conjunct.cls)

    def reportable(self, cls: Iri) -> tuple[Iri, ...]:
        """What a person can be asked for a class: itself, or the nearest subclasses where it is a group or a
        finding that nobody can report; empty where only an examiner, a laboratory or imaging can tell.
        """
        return self._reportable.get(cls, (cls,))

    def _conjunct_excluded(self, conjunct: Conjunct, case: Case, view: GateView) -> bool:
        if isinstance(conjunct, CaseConjunct):
            stated = case.age if conjunct.facet.property == v.AGE_YEARS else None
            return stated is not None and stated not in conjunct.facet.interval
        if isinstance(conjunct, ExposureConjunct):
            return self._exposure_excluded(conjunct.expression, case)
        if self._is_denied(conjunct.cls, view):
            return True
        matching = view.matching(conjunct.cls)
        return bool(matching) and all(self._states_otherwise(f, conjunct) for f in matching)

    def is_below(self, cls: Iri, classes: set[Iri]) -> bool:
        """Whether the class is one of those given or lies under one."""
        return bool(self._knowledge.superclasses(cls) & classes)

    def _is_denied(self, cls: Iri, view: GateView) -> bool:
        """Whether the class was denied, or everything that a person can be asked for it."""
        reportable = self.reportable(cls)
        return cls in view.denied or (bool(reportable) and all(c in view.denied for c in reportable))

    def _states_otherwise(self, finding: Finding, conjunct: FindingConjunct) -> bool:
        for facet in conjunct.facets:
            stated = finding.quantity(facet.property)
            if stated is not None and stated not in facet.interval:
                return True
        for prop, term in conjunct.qualifiers:
            values = finding.values(prop)
            if values and not any(self._knowledge.is_subclass(value, term) for value in values):
                return True
        return False

    def _exposure_excluded(self, expression: Expression, case: Case) -> bool:
        """Only what is stated as not so of every exposure excludes; an exercise not mentioned does not."""
        return (
            isinstance(expression, Named)
            and bool(case.exposures)
            and all(expression.iri in exposure.excluded_types for exposure in case.exposures)
        )

    # ------------------------------------------------------------ the answer

    def dispose(self, case: Case, entailments: Entailments) -> Disposition:
        """The level of a case, what it rests on, what is to be excluded first, and what has not been asked."""
        view = self.view(case, entailments)
        fired = {m.pattern for m in entailments.rules}
        open_alternatives = tuple(a for a in self.alternatives if a.cls not in fired and self.blocks(a, case, view))
        by_class = {level.cls: level for level in self.levels}
        reached = max((by_class[m.level] for m in entailments.rules), key=lambda level: level.rank, default=None)
        red_flags = self._red_flags_not_asked(case, view)
        if reached is None:
            complete = case.age is not None and not any(a.level.gated for a in open_alternatives)
            name, rank = (SELF_CARE if complete else NOT_ENOUGH_ASKED), 0
            action = "" if complete else "Answer the questions below first."
            statement = "Self-care" if complete else "Not enough has been asked to say how urgent this is."
            above = tuple(a for a in open_alternatives if a.level.gated)
        else:
            above = tuple(a for a in open_alternatives if a.level.rank > reached.rank)
            complete = not above
            name, rank, action = reached.name, reached.rank, reached.action
            statement = name if complete else f"At least {name}: a more urgent level is not yet excluded."
        to_exclude: dict[Iri, list[Iri]] = {}
        for match in sorted(entailments.rules, key=lambda m: -by_class[m.level].rank):
            for condition in self._knowledge.ontology.graph.objects(match.pattern, v.SUSPECTS):
                to_exclude.setdefault(Iri(str(condition)), []).append(match.pattern)
        return Disposition(
            level=name,
            rank=rank,
            complete=complete,
            action=action,
            statement=statement,
            rules=tuple(sorted(entailments.rules, key=lambda m: (-by_class[m.level].rank, m.pattern))),
            to_exclude=tuple((condition, tuple(rules)) for condition, rules in to_exclude.items()),
            red_flags_not_asked=red_flags,
            open_rules=tuple(a.cls for a in above),
            self_care=self._self_care(entailments) if name == SELF_CARE else None,
        )

    def _red_flags_not_asked(self, case: Case, view: GateView) -> tuple[RedFlagStatus, ...]:
        found = []
        for group in self.groups:
            open_members = tuple(
                m
                for m in group.members
                if m not in view.present
                and m not in view.denied
                and m not in self.not_self_reportable
                and not self._member_excluded(m, case, view)
            )
            if open_members:
                found.append(RedFlagStatus(group.iri, group.finding, group.question, open_members))
        return tuple(found)

    def _member_excluded(self, member: Iri, case: Case, view: GateView) -> bool:
        """Whether every alternative that the member could help to fire is excluded."""
        concerned = self._concerning[member]
        return bool(concerned) and all(self.is_excluded(a, case, view) for a in concerned)

    def _self_care(self, entailments: Entailments) -> Iri | None:
        """The text for one of the patterns that the case falls under."""
        graph = self._knowledge.ontology.graph
        for advice in sorted(graph.instances(v.SELF_CARE_ADVICE)):
            if any(target in entailments.types for target in graph.objects(advice, v.APPLIES_TO)):
                return Iri(advice)
        return None
