"""Why a condition was not suggested: the smallest sets of further statements with which it would be.

A condition is suggested by its patterns. For each way in which a pattern's definition can hold, what the case lacks of
it is looked for; the parts found are added to the case, the case is realised, and only what makes the difference is
kept. So every set returned is one that was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.ontology.owl import Expression, Facet, Named, Some, conjuncts, disjuncts
from lumbarkg.reasoning.instances import Instances, number_in
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import RealisedCase, add_bilateral_findings, find_contradictions, realise

_MOST_TRIED = 24
"""So many combinations of parts are tried for one way in which a pattern can hold."""


@dataclass(frozen=True)
class Addition:
    """One further statement of a case: a finding present or denied, an exposure, or an age or sex not stated so far."""

    value: Finding | Exposure | Decimal | Iri

    def add_to(self, case: Case) -> Case:
        """The case with the statement."""
        if isinstance(self.value, Finding):
            return replace(case, findings=(*case.findings, self.value))
        if isinstance(self.value, Exposure):
            return replace(case, exposures=(*case.exposures, self.value))
        return replace(case, age=self.value) if isinstance(self.value, Decimal) else replace(case, sex=self.value)


@dataclass(frozen=True)
class Completion:
    """A smallest set of further statements with which a pattern would hold and suggest the condition."""

    pattern: Iri
    additions: tuple[Addition, ...]


@dataclass(frozen=True)
class Obstacle:
    """Why a pattern can no longer hold, whatever else is found: what it needs and the case states otherwise."""

    pattern: Iri
    needed: Expression


@dataclass(frozen=True)
class WhyNot:
    """What is missing for a condition: sets of statements, the smallest first, and what stands in the way of others.

    ``patterns`` are all that suggest the condition; where there is none, nothing can. ``complete`` says that there was
    time to look at every way in which each can hold.
    """

    condition: Iri
    patterns: tuple[Iri, ...]
    completions: tuple[Completion, ...]
    obstacles: tuple[Obstacle, ...]
    complete: bool = True


class Completer:
    """Finds completions over one ontology."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._instances = Instances(knowledge)
        self._finding_denied = {cls: finding for finding, cls in knowledge.denials.items()}

    def complete(
        self, realised: RealisedCase, condition: Iri, limit: int = 5, expired: Callable[[], bool] = lambda: False
    ) -> WhyNot:
        """Up to ``limit`` completions of a case for a condition that it does not suggest, of those found in time."""
        patterns = self.patterns(condition)
        whole = True
        completions: dict[tuple[Addition, ...], Completion] = {}
        obstacles: dict[Obstacle, None] = {}
        for pattern in patterns:
            for parts in self._ways(pattern):
                if expired():
                    whole = False
                    break
                missing = [part for part in parts if not self._holds(part, realised)]
                options = [self._options(part, realised.case) for part in missing]
                blocked = [part for part, option in zip(missing, options, strict=True) if not option]
                obstacles.update(dict.fromkeys(Obstacle(pattern, part) for part in blocked))
                if not blocked:
                    found = self._first_that_works(options, realised.case, condition, expired)
                    if found:
                        completions.setdefault(found, Completion(pattern, found))
        smallest = sorted(completions.values(), key=lambda c: (len(c.additions), c.pattern, str(c.additions)))
        return WhyNot(condition, patterns, tuple(smallest[:limit]), tuple(obstacles), whole and not expired())

    def patterns(self, condition: Iri) -> tuple[Iri, ...]:
        """The defined classes of cases that suggest the condition or a kind of it, sorted."""
        knowledge, found = self._knowledge, []
        for cls in self._instances.definitions:
            node = knowledge.node(cls)
            if node is not None and knowledge.is_subclass(cls, v.PATIENT_CASE):
                spoken = knowledge.patterns.speaking(v.SUGGESTS, node.bits)
                if any(condition in conditions for _, conditions in spoken):
                    found.append(cls)
        return tuple(sorted(found))

    # ------------------------------------------------------------ what a pattern needs

    def _ways(self, pattern: Iri) -> Iterator[tuple[Expression, ...]]:
        """Each way in which a pattern can hold, as the parts that must all hold; patterns within are spelled out."""
        instances = self._instances
        for way in disjuncts(instances.definitions[pattern], instances.unions):
            parts: list[Expression] = []
            inner = [Named(pattern)]
            for part in conjuncts(way):
                is_pattern = isinstance(part, Named) and part.iri in instances.definitions and part not in inner
                if is_pattern and isinstance(part, Named) and self._knowledge.is_subclass(part.iri, v.PATIENT_CASE):
                    parts += conjuncts(instances.definitions[part.iri])
                else:
                    parts.append(part)
            yield tuple(dict.fromkeys(parts))

    def _holds(self, part: Expression, realised: RealisedCase) -> bool:
        if isinstance(part, Some) and part.property in (v.HAS_FINDING, v.HAS_EXPOSURE):
            hanging = realised.findings if part.property == v.HAS_FINDING else realised.exposures
            return any(self._instances.satisfies(branch.node, part.filler) for _, branch in hanging)
        concept = self._knowledge.rules.concepts.get(part)
        return concept is not None and bool(realised.bits & self._knowledge.program.bit(concept))

    def _options(self, part: Expression, case: Case) -> tuple[Addition, ...]:
        """What could be stated so that a part holds; nothing where the case already says otherwise."""
        if isinstance(part, Named) and part.iri in self._finding_denied:
            denied = Finding(self._finding_denied[part.iri], Status.ABSENT)
            return self._consistent([Addition(denied)], case)
        if isinstance(part, Facet) and part.property == v.AGE_YEARS:
            number = number_in([part.interval])
            return () if case.age is not None or number is None else (Addition(number),)
        if isinstance(part, Some) and part.property == v.HAS_FINDING:
            return self._consistent([Addition(f) for f in self._instances.findings(part.filler)], case)
        if isinstance(part, Some) and part.property == v.HAS_EXPOSURE:
            return tuple(Addition(e) for e in self._instances.exposures(part.filler))
        if isinstance(part, Some) and part.property == v.HAS_SEX and case.sex is None:
            return tuple(Addition(sex) for sex in self._instances.classes(v.SEX, part.filler))
        return ()

    def _consistent(self, options: list[Addition], case: Case) -> tuple[Addition, ...]:
        return tuple(o for o in options if not find_contradictions(o.add_to(case), self._knowledge))

    # ------------------------------------------------------------ trying

    def _first_that_works(
        self, options: list[tuple[Addition, ...]], case: Case, condition: Iri, expired: Callable[[], bool]
    ) -> tuple[Addition, ...] | None:
        for chosen in islice(product(*options), _MOST_TRIED):
            if expired():
                return None
            additions = tuple(dict.fromkeys(chosen))
            if self._suggests(case, additions, condition):
                return self._needed(case, additions, condition)
        return None

    def _needed(self, case: Case, additions: tuple[Addition, ...], condition: Iri) -> tuple[Addition, ...]:
        """The additions without those that make no difference."""
        for addition in additions:
            fewer = tuple(a for a in additions if a != addition)
            if self._suggests(case, fewer, condition):
                additions = fewer
        return additions

    def _suggests(self, case: Case, additions: tuple[Addition, ...], condition: Iri) -> bool:
        for addition in additions:
            case = addition.add_to(case)
        case = add_bilateral_findings(case, self._knowledge)
        realised = realise(case, self._knowledge)
        return (
            realised.consistent
            and not find_contradictions(case, self._knowledge)
            and condition in realised.spoken(v.SUGGESTS)
        )
