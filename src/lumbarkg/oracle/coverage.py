"""What a comparison covered: agreement on cases that reach nothing would say little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lumbarkg.identifiers import Iri
from lumbarkg.model import PatternMatch
from lumbarkg.ontology.build.certificate import ClassCount
from lumbarkg.oracle.choices import Choices
from lumbarkg.oracle.compare import Compared
from lumbarkg.oracle.constructors import Constructor, constructors_in
from lumbarkg.oracle.draw import Drawn
from lumbarkg.oracle.targets import pattern_classes, triage_classes
from lumbarkg.reasoning.entail import read_entailments
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer
from lumbarkg.reasoning.realise import add_bilateral_findings, realise


@dataclass(frozen=True)
class Coverage:
    """Counts for every pattern, triage class and denial class, and the constructors of the suggestions compared.

    A suggestion is one pattern of one case that speaks for or against one condition; it counts for each constructor
    that its justification rests on.
    """

    cases: int
    inconsistent: int
    grown: int
    classes: dict[str, dict[Iri, ClassCount]]
    suggestions: int
    constructors: dict[Constructor, int]

    def share_hit(self, kind: str) -> float:
        """The share of the classes of one kind that at least one case fell under."""
        counts = self.classes[kind].values()
        return sum(c.hit > 0 for c in counts) / len(counts) if counts else 1.0

    def lines(self) -> list[str]:
        """The coverage for people: totals first, then the classes never hit and those never nearly missed."""
        found = [f"{self.cases} cases: {self.grown} grown from a definition, {self.inconsistent} inconsistent"]
        for kind, counts in self.classes.items():
            often = sum(c.hit >= 3 and c.missed >= 3 for c in counts.values())
            found.append(
                f"{kind}: {sum(c.hit > 0 for c in counts.values())} of {len(counts)} hit, {often} hit and missed at "
                f"least 3 times, {sum(c.nearly > 0 for c in counts.values())} nearly hit"
            )
            never = sorted(iri.local_name for iri, c in counts.items() if not c.hit)
            if never:
                found.append(f"  never hit: {', '.join(never)}")
        shares = (f"{kind.value} {n} ({_percent(n, self.suggestions)})" for kind, n in self.constructors.items())
        return [*found, f"suggestions: {self.suggestions}, resting on {', '.join(shares)}"]


def cover(drawn: Sequence[Drawn], compared: Sequence[Compared], knowledge: Knowledge) -> Coverage:
    """What the compared cases covered; ``drawn`` are the same cases in the same order."""
    consistent = [(d, c) for d, c in zip(drawn, compared, strict=True) if c.answer.consistent]
    hits = Counter(cls for _, c in consistent for cls in c.answer.case_types)
    nearly = Counter(d.origin for d, c in consistent if d.origin is not None and d.origin not in c.answer.case_types)
    explainer, constructors = Explainer(knowledge), Counter[Constructor]()
    suggestions = 0
    for _, one in consistent:
        for match in _suggestions(one, knowledge, explainer):
            suggestions += 1
            constructors.update(constructors_in(match.justification, knowledge))
    return Coverage(
        cases=len(drawn),
        inconsistent=len(drawn) - len(consistent),
        grown=sum(d.origin is not None for d in drawn),
        classes={
            kind: {c: ClassCount(hits[c], len(consistent) - hits[c], nearly[c]) for c in sorted(classes)}
            for kind, classes in counted_classes(knowledge).items()
        },
        suggestions=suggestions,
        constructors={kind: constructors[kind] for kind in Constructor},
    )


def _suggestions(one: Compared, knowledge: Knowledge, explainer: Explainer) -> tuple[PatternMatch, ...]:
    realised = realise(add_bilateral_findings(one.case, knowledge), knowledge)
    return read_entailments(realised, knowledge, explainer).patterns


def counted_classes(knowledge: Knowledge) -> dict[str, frozenset[Iri]]:
    """Kind → the classes that a comparison must reach and must miss."""
    choices = Choices(knowledge)
    return {
        "patterns": pattern_classes(choices),
        "triage classes": triage_classes(choices),
        "denial classes": frozenset(choices.denied),
    }


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "0 %"
