"""One case against the saturated ontology: its contexts, and the contradictions among its findings."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Contradiction, Exposure, Finding, Status
from lumbarkg.reasoning.knowledge import Expression, Knowledge
from lumbarkg.reasoning.saturate import Context, Saturation, asserted

_FINDING_ROOTS = frozenset({v.FINDING, v.SYMPTOM, v.SIGN, v.TEST_RESULT, v.RISK_FACTOR})


@dataclass(frozen=True)
class RealisedCase:
    """The saturated root of a case with the contexts of what hangs from it."""

    case: Case
    root: Context
    findings: tuple[tuple[Finding, Context], ...]
    exposures: tuple[tuple[Exposure, Context], ...]


def add_bilateral_findings(case: Case, knowledge: Knowledge) -> Case:
    """The case with a bilateral finding for every term that is present on the left and on the right.

    Two findings meet in their most specific common classes; the new finding keeps the qualifiers they share.
    """
    sides: list[tuple[Finding, Context, bool, bool]] = []
    for finding in case.present:
        context = knowledge.expression_context(knowledge.finding_expression(finding), v.HAS_FINDING)
        left, right = _is_on(knowledge, context, v.LEFT), _is_on(knowledge, context, v.RIGHT)
        if left or right:
            sides.append((finding, context, left, right))
    added: dict[Finding, None] = {}
    for first, first_context, left, first_right in sides:
        for second, second_context, second_left, right in sides:
            if not (left and right) or (first_right and second_left):
                continue
            shared = (knowledge.named(first_context) & knowledge.named(second_context)) - _FINDING_ROOTS
            qualifiers = tuple(q for q in first.qualifiers if q in second.qualifiers and q[0] != v.HAS_LATERALITY)
            for term in sorted(knowledge.most_specific(c for c in shared if knowledge.is_subclass(c, v.FINDING))):
                added[Finding(term, qualifiers=(*qualifiers, (v.HAS_LATERALITY, v.BILATERAL)), path=first.path)] = None
    new = tuple(finding for finding in added if finding not in case.findings)
    return replace(case, findings=(*case.findings, *new)) if new else case


def _is_on(knowledge: Knowledge, context: Context, side: Iri) -> bool:
    return knowledge.falls_under(context, Expression((), ((v.HAS_LATERALITY, side),), ()))


def realise(case: Case, knowledge: Knowledge) -> RealisedCase:
    """Saturate a case. Never changes ``knowledge`` beyond what it remembers of expressions."""
    saturation = knowledge.saturation()
    root = saturation.open(Context())
    findings = tuple(
        (f, knowledge.expression_context(knowledge.finding_expression(f), v.HAS_FINDING)) for f in case.present
    )
    exposures = tuple(
        (e, knowledge.expression_context(knowledge.exposure_expression(e), v.HAS_EXPOSURE)) for e in case.exposures
    )
    state_case(saturation, root, case, knowledge)
    for index, (_, context) in enumerate(findings):
        _link(saturation, root, v.HAS_FINDING, context, ("finding", index), knowledge)
    for index, (_, context) in enumerate(exposures):
        _link(saturation, root, v.HAS_EXPOSURE, context, ("exposure", index), knowledge)
    saturation.run()
    return RealisedCase(case, root, findings, exposures)


def state_case(saturation: Saturation, root: Context, case: Case, knowledge: Knowledge) -> None:
    """Add to the root what the case states about itself: age, sex and denials."""
    saturation.add(root, knowledge.known(v.PATIENT_CASE), ((), (), None))
    if case.age is not None:
        for prop, atoms in knowledge.atoms(((v.AGE_YEARS, case.age),)):
            for atom in atoms:
                saturation.add(root, atom, asserted(("quantity", prop)))
    if case.sex is not None:
        role = knowledge.rules.roles[v.HAS_SEX]
        key = (knowledge.known(case.sex), role if role in knowledge.rules.ranges else None)
        saturation.link(root, role, saturation.context(key), asserted(("sex",)))
    for index, finding in enumerate(case.absent):
        for cls in denied_types(finding, knowledge):
            saturation.add(root, knowledge.known(cls), asserted(("denial", index)))


def denied_types(finding: Finding, knowledge: Knowledge) -> tuple[Iri, ...]:
    """The generated classes that an absent finding puts its case under."""
    denied = knowledge.denied_classes(knowledge.finding_expression(finding))
    return tuple(sorted(knowledge.denials[cls] for cls in denied if cls in knowledge.denials))


def _link(
    saturation: Saturation,
    root: Context,
    prop: Iri,
    target: Context,
    key: tuple[object, ...],
    knowledge: Knowledge,
) -> None:
    saturation.link(root, knowledge.rules.roles[prop], target, asserted(key))


def find_contradictions(case: Case, knowledge: Knowledge) -> tuple[Contradiction, ...]:
    """Present findings that a denied one rules out, judged with their qualifiers."""
    contexts = [(f, knowledge.expression_context(knowledge.finding_expression(f), v.HAS_FINDING)) for f in case.present]
    return tuple(
        Contradiction(present, absent)
        for present, context in contexts
        for absent in case.absent
        if knowledge.falls_under(context, knowledge.finding_expression(absent))
    )


def without_denials(case: Case) -> Case:
    """The case with its present findings alone."""
    return replace(case, findings=tuple(f for f in case.findings if f.status is Status.PRESENT))
