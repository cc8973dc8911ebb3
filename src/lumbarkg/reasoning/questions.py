"""What to ask next for the sake of triage: red-flag groups, members of affirmed groups, and missing numbers."""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Disposition, Question
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.triage import GateView, TriageRules
from lumbarkg.reasoning.triage_rules import Alternative, CaseConjunct, FindingConjunct

_GROUP_REASON = "A warning sign that has not been asked about."
_MEMBER_REASON = "Its group was affirmed; which one it is decides the level."
_AGE_REASON = "Age decides which warning signs matter."


def next_questions(
    case: Case, view: GateView, disposition: Disposition, rules: TriageRules, graph: Graph
) -> tuple[Question, ...]:
    """Groups first, then findings that would complete a rule, then numbers; each says why it is asked."""
    interview = _Interview(case, view, rules, graph)
    interview.ask_red_flags(disposition)
    still_open = set(disposition.open_rules)
    for alternative in sorted((a for a in rules.alternatives if a.cls in still_open), key=lambda a: -a.level.rank):
        for choice in alternative.choices:
            for conjunct in choice:
                interview.ask_for(alternative, conjunct)
    if case.age is None:
        interview.ask_number(v.AGE_YEARS, v.PATIENT_CASE, _AGE_REASON)
    return (*interview.findings.values(), *interview.numbers.values())


class _Interview:
    def __init__(self, case: Case, view: GateView, rules: TriageRules, graph: Graph) -> None:
        self._case, self._view, self._rules, self._graph = case, view, rules, graph
        self._grouped: set[Iri] = set()
        self.findings: dict[Iri, Question] = {}
        self.numbers: dict[Iri, Question] = {}

    def ask_red_flags(self, disposition: Disposition) -> None:
        """One question a group; an affirmed group opens its members instead."""
        for status in disposition.red_flags_not_asked:
            self._grouped.update(status.open_members)
            if status.finding not in self._view.present:
                self.findings[status.finding] = Question(
                    "redFlagGroup", status.finding, status.question, _GROUP_REASON, status.open_members
                )
            else:
                for member in status.open_members:
                    self._ask_finding(member, _MEMBER_REASON)

    def ask_for(self, alternative: Alternative, conjunct: object) -> None:
        """What is missing of one conjunct of a rule that could still apply."""
        reason = f"Could raise the level to {alternative.level.name}."
        if isinstance(conjunct, CaseConjunct) and self._case.age is None:
            self.ask_number(conjunct.facet.property, v.PATIENT_CASE, reason)
        elif isinstance(conjunct, FindingConjunct) and conjunct.cls not in self._view.denied:
            matching = self._view.matching(conjunct.cls)
            if matching:
                self._ask_details(conjunct, reason)
            elif self._others_are_met(alternative, conjunct):
                for cls in self._rules.reportable(conjunct.cls):
                    if cls not in self._view.denied and not self._rules.is_below(cls, self._grouped):
                        self._ask_finding(cls, reason)

    def _ask_details(self, conjunct: FindingConjunct, reason: str) -> None:
        matching = self._view.matching(conjunct.cls)
        for facet in conjunct.facets:
            if any(f.quantity(facet.property) is None for f in matching):
                self.ask_number(facet.property, matching[0].term, reason)
        for prop, _ in conjunct.qualifiers:
            if any(not f.values(prop) for f in matching):
                self.ask_number(prop, matching[0].term, reason, kind="qualifier")

    def _others_are_met(self, alternative: Alternative, conjunct: FindingConjunct) -> bool:
        """Whether the classes of every other choice are present: only then does the answer decide."""
        return all(
            conjunct in choice or any(not isinstance(c, FindingConjunct) or c.cls in self._view.present for c in choice)
            for choice in alternative.choices
        )

    def _ask_finding(self, cls: Iri, reason: str) -> None:
        words = self._graph.text(cls, v.QUESTION)
        if words:
            self.findings.setdefault(cls, Question("finding", cls, words, reason))

    def ask_number(self, prop: Iri, term: Iri, reason: str, *, kind: str = "quantity") -> None:
        """Ask for a number or a qualifier, once."""
        words = self._graph.text(prop, v.QUESTION) or f"What is the {self._graph.text(prop, v.RDFS_LABEL)}?"
        self.numbers.setdefault(prop, Question(kind, term, words, reason, property=prop))
