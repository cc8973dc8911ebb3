"""One case against the saturated ontology: what it falls under, and the contradictions among its findings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Contradiction, Exposure, Finding, Status
from lumbarkg.reasoning.knowledge import Branch, Denial, Knowledge
from lumbarkg.reasoning.parts import Age, Part, Sex

_FINDING_ROOTS = frozenset({v.FINDING, v.SYMPTOM, v.SIGN, v.TEST_RESULT, v.RISK_FACTOR})


@dataclass(frozen=True)
class RealisedCase:
    """A case with the consequences of what hangs from it; ``bits`` are the concepts that it falls under itself."""

    case: Case
    findings: tuple[tuple[Finding, Branch], ...]
    exposures: tuple[tuple[Exposure, Branch], ...]
    denials: tuple[tuple[Finding, Denial], ...]
    bits: int
    knowledge: Knowledge = field(repr=False, compare=False)

    @property
    def consistent(self) -> bool:
        """Whether the case can exist."""
        return not self.bits & self.knowledge.program.bottom

    @cached_property
    def types(self) -> frozenset[Iri]:
        """The named classes that the case falls under."""
        return self.knowledge.named_in(self.bits)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Everything that the case states, in its order."""
        found = [Part(branch, finding, branch.contribution) for finding, branch in self.findings]
        found += [Part(branch, exposure, branch.contribution) for exposure, branch in self.exposures]
        found += [Part(denial, finding, denial.bits) for finding, denial in self.denials]
        return (*found, *_own_parts(self.case, self.knowledge))

    @property
    def finding_types(self) -> tuple[tuple[Finding, frozenset[Iri]], ...]:
        """Each present finding with the named classes that it falls under."""
        return tuple((finding, branch.types) for finding, branch in self.findings)

    @property
    def exposure_types(self) -> frozenset[Iri]:
        """The named classes that some exposure falls under."""
        return frozenset().union(*(branch.types for _, branch in self.exposures))

    @property
    def denied(self) -> frozenset[Iri]:
        """Every named finding class that the absent findings deny."""
        return frozenset().union(*(denial.classes for _, denial in self.denials))

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Present findings that a denied one rules out, judged with their qualifiers."""
        return _contradictions(self.findings, self.denials, self.knowledge)

    def spoken(self, prop: Iri) -> frozenset[Iri]:
        """The named conditions X with case ⊑ ∃prop.X, for ``lkg:suggests`` and ``lkg:arguesAgainst``."""
        found: frozenset[Iri] = frozenset()
        for _, conditions in self.knowledge.patterns.speaking(prop, self.bits):
            found |= conditions
        return found


def realise(case: Case, knowledge: Knowledge) -> RealisedCase:
    """What follows from a case. Never changes ``knowledge`` beyond what it remembers of expressions."""
    findings = tuple((f, knowledge.finding_branch(f)) for f in case.present)
    exposures = tuple((e, knowledge.exposure_branch(e)) for e in case.exposures)
    denials = tuple((f, knowledge.finding_denial(f)) for f in case.absent)
    bits = knowledge.program.top | knowledge.program.closed[knowledge.known(v.PATIENT_CASE)]
    for part in _own_parts(case, knowledge):
        bits |= part.bits
    for _, branch in findings:
        bits |= branch.contribution
    for _, branch in exposures:
        bits |= branch.contribution
    for _, denial in denials:
        bits |= denial.bits
    return RealisedCase(case, findings, exposures, denials, knowledge.program.close(bits), knowledge)


def _own_parts(case: Case, knowledge: Knowledge) -> list[Part]:
    """What the case says of itself: age and sex."""
    found = []
    if case.age is not None:
        ((_, atoms),) = knowledge.atoms(((v.AGE_YEARS, case.age),))
        bits = 0
        for atom in atoms:
            bits |= knowledge.program.closed[atom]
        found.append(Part(Age(atoms), None, bits))
    if case.sex is not None:
        found.append(Part(Sex(case.sex), None, knowledge.qualifier(v.HAS_SEX, case.sex).bits))
    return found


def extend(realised: RealisedCase, finding: Finding) -> RealisedCase:
    """The realised case with one finding more, present or absent; what was derived before is kept, not derived again.

    A finding on the other side of one that is present brings the bilateral finding with it, as intake does.
    """
    knowledge = realised.knowledge
    stated = replace(realised.case, findings=(*realised.case.findings, finding))
    case = add_bilateral_findings(stated, knowledge)
    if finding.status is Status.ABSENT:
        denial = knowledge.finding_denial(finding)
        denials, bits = (*realised.denials, (finding, denial)), realised.bits | denial.bits
        return replace(realised, case=case, denials=denials, bits=knowledge.program.close(bits))
    added = tuple((f, knowledge.finding_branch(f)) for f in case.findings[len(realised.case.findings) :])
    bits = realised.bits
    for _, branch in added:
        bits |= branch.contribution
    return RealisedCase(
        case,
        (*realised.findings, *added),
        realised.exposures,
        realised.denials,
        knowledge.program.close(bits),
        knowledge,
    )


def add_bilateral_findings(case: Case, knowledge: Knowledge) -> Case:
    """The case with a bilateral finding for every term that is present on the left and on the right.

    Two findings meet in their most specific common classes; the new finding keeps the qualifiers they share.
    """
    sides = [
        (finding, branch)
        for finding in case.present
        if (branch := knowledge.finding_branch(finding)).is_left or branch.is_right
    ]
    if not (any(b.is_left for _, b in sides) and any(b.is_right for _, b in sides)):
        return case
    # Once a finding and not once a pair: of hundreds there are tens of thousands of pairs, and few share anything.
    terms = [
        frozenset(c for c in branch.types if c not in _FINDING_ROOTS and knowledge.is_subclass(c, v.FINDING))
        for _, branch in sides
    ]
    added: dict[Finding, None] = {}
    for (first, on_left), of_first in zip(sides, terms, strict=True):
        for (second, on_right), of_second in zip(sides, terms, strict=True):
            if not (on_left.is_left and on_right.is_right) or (on_left.is_right and on_right.is_left):
                continue
            shared = of_first & of_second
            if not shared:
                continue
            qualifiers = tuple(q for q in first.qualifiers if q in second.qualifiers and q[0] != v.HAS_LATERALITY)
            for term in sorted(knowledge.most_specific(shared)):
                added[Finding(term, qualifiers=(*qualifiers, (v.HAS_LATERALITY, v.BILATERAL)), path=first.path)] = None
    known = frozenset(case.findings)
    new = tuple(finding for finding in added if finding not in known)
    return replace(case, findings=(*case.findings, *new)) if new else case


def find_contradictions(case: Case, knowledge: Knowledge) -> tuple[Contradiction, ...]:
    """The contradictions of a case of which nothing else is asked."""
    findings = tuple((f, knowledge.finding_branch(f)) for f in case.present)
    return _contradictions(findings, tuple((f, knowledge.finding_denial(f)) for f in case.absent), knowledge)


def _contradictions(
    findings: tuple[tuple[Finding, Branch], ...], denials: tuple[tuple[Finding, Denial], ...], knowledge: Knowledge
) -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(present, absent)
        for present, branch in findings
        for absent, denial in denials
        if branch.node.bits & denial.bit and knowledge.falls_under(branch.node, denial.expression)
    )


def denied_types(finding: Finding, knowledge: Knowledge) -> tuple[Iri, ...]:
    """The generated classes that an absent finding puts its case under."""
    return knowledge.finding_denial(finding).types


def without_denials(case: Case) -> Case:
    """The case with its present findings alone."""
    return replace(case, findings=tuple(f for f in case.findings if f.status is Status.PRESENT))
