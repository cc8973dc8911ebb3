"""The gate behind the triage rules, compiled: which alternatives of which rules a case rules out.

Every conjunct of the rules is a bit. What a case denies or states out of range sets bits; an alternative is excluded
when one of its choices lies in them whole. Compiled once per ontology, so that a case costs a few set operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Finding
from lumbarkg.ontology.owl import Named
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.triage_rules import Alternative, CaseConjunct, Conjunct, ExposureConjunct, FindingConjunct

FindingTypes = tuple[tuple[Finding, frozenset[Iri]], ...]
_REMEMBERED = 4096


class Gate:
    """The alternatives of one ontology as masks of bits.

    ``reportable`` gives what a person can be asked for a class; empty where only an examiner can tell.
    """

    def __init__(
        self, alternatives: tuple[Alternative, ...], reportable: Callable[[Iri], tuple[Iri, ...]], knowledge: Knowledge
    ) -> None:
        self._knowledge = knowledge
        conjuncts = dict.fromkeys(c for a in alternatives for choice in a.choices for c in choice)
        self._bits: dict[Conjunct, int] = {c: 1 << number for number, c in enumerate(conjuncts)}
        self._choices = tuple(tuple(self._mask(choice) for choice in a.choices) for a in alternatives)
        self._denied_by: dict[Iri, int] = {}
        self._denied_together: list[tuple[frozenset[Iri], int]] = []
        self._with_details: list[tuple[FindingConjunct, int]] = []
        self._ages = [
            (c.facet.interval, bit)
            for c, bit in self._bits.items()
            if isinstance(c, CaseConjunct) and c.facet.property == v.AGE_YEARS
        ]
        self._exposures = [
            (c.expression.iri, bit)
            for c, bit in self._bits.items()
            if isinstance(c, ExposureConjunct) and isinstance(c.expression, Named)
        ]
        self.examiner = 0
        """The conjuncts that a person cannot report, as bits."""
        for conjunct, bit in self._bits.items():
            if isinstance(conjunct, FindingConjunct):
                self._add_finding(conjunct, bit, reportable(conjunct.cls))
        self._relevant = frozenset(self._denied_by)
        self._of_age = lru_cache(maxsize=_REMEMBERED)(self._excluded_by_age)

    def _add_finding(self, conjunct: FindingConjunct, bit: int, reportable: tuple[Iri, ...]) -> None:
        self._denied_by[conjunct.cls] = self._denied_by.get(conjunct.cls, 0) | bit
        if not reportable:
            self.examiner |= bit
        elif reportable != (conjunct.cls,):
            self._denied_together.append((frozenset(reportable), bit))
        if conjunct.facets or conjunct.qualifiers:
            self._with_details.append((conjunct, bit))

    def _mask(self, conjuncts: Iterable[Conjunct]) -> int:
        mask = 0
        for conjunct in conjuncts:
            mask |= self._bits[conjunct]
        return mask

    # ------------------------------------------------------------ of a case

    def excluded_conjuncts(self, case: Case, denied: frozenset[Iri], finding_types: FindingTypes) -> int:
        """The conjuncts that the case denies or states otherwise, as bits."""
        mask = 0 if case.age is None else self._of_age(case.age)
        for cls in self._relevant & denied:
            mask |= self._denied_by[cls]
        if denied:
            for classes, bit in self._denied_together:
                if classes <= denied:
                    mask |= bit
        for conjunct, bit in self._with_details:
            if not mask & bit:
                matching = [f for f, types in finding_types if conjunct.cls in types]
                if matching and all(self._states_otherwise(f, conjunct) for f in matching):
                    mask |= bit
        if case.exposures:
            for cls, bit in self._exposures:
                # Only what is stated as not so of every exposure excludes; what is not mentioned does not.
                if all(cls in exposure.excluded_types for exposure in case.exposures):
                    mask |= bit
        return mask

    def excluded_alternatives(self, conjuncts: int) -> int:
        """The alternatives that have a choice among the excluded conjuncts, as bits in the order of alternatives."""
        possible, mask, bit = ~conjuncts, 0, 1
        for choices in self._choices:
            for choice in choices:
                if not choice & possible:
                    mask |= bit
                    break
            bit <<= 1
        return mask

    def _excluded_by_age(self, age: Decimal) -> int:
        mask = 0
        for interval, bit in self._ages:
            if age not in interval:
                mask |= bit
        return mask

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
