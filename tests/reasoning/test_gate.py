"""The compiled gate says what its plain reading says: over drawn cases, conjunct by conjunct."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Conclusions, ContradictoryCaseError, conclude, load_engine
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Finding
from lumbarkg.ontology.owl import Named
from lumbarkg.reasoning.triage_rules import Alternative, CaseConjunct, Conjunct, ExposureConjunct, FindingConjunct
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases

ENGINE = load_engine(release_dir(), shapes_dir())


def _is_excluded(alternative: Alternative, found: Conclusions) -> bool:
    """An alternative is excluded when one of its choices is, a choice when all of its conjuncts are."""
    return any(all(_conjunct_excluded(c, found) for c in choice) for choice in alternative.choices)


def _conjunct_excluded(conjunct: Conjunct, found: Conclusions) -> bool:
    case = found.case
    if isinstance(conjunct, CaseConjunct):
        return (
            conjunct.facet.property == v.AGE_YEARS and case.age is not None and case.age not in conjunct.facet.interval
        )
    if isinstance(conjunct, ExposureConjunct):
        expression = conjunct.expression
        return (
            isinstance(expression, Named)
            and bool(case.exposures)
            and all(expression.iri in e.excluded_types for e in case.exposures)
        )
    reportable = ENGINE.rules.reportable(conjunct.cls)
    denied = found.view.denied
    if conjunct.cls in denied or (reportable and all(c in denied for c in reportable)):
        return True
    matching = [f for f, types in found.entailments.finding_types if conjunct.cls in types]
    return bool(matching) and all(_states_otherwise(f, conjunct) for f in matching)


def _states_otherwise(finding: Finding, conjunct: FindingConjunct) -> bool:
    stated = [(f, finding.quantity(f.property)) for f in conjunct.facets]
    if any(number is not None and number not in f.interval for f, number in stated):
        return True
    return any(
        finding.values(prop) and not any(ENGINE.knowledge.is_subclass(x, term) for x in finding.values(prop))
        for prop, term in conjunct.qualifiers
    )


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE))
def test_the_compiled_gate_excludes_what_the_plain_reading_excludes(case: dict[str, Any]) -> None:
    try:
        found = conclude(draft_case(case, ENGINE.lookup, ENGINE.ranker.tables.settings()).case(), ENGINE)
    except ContradictoryCaseError:
        assume(False)
    excluded = {a.cls for a in ENGINE.rules.alternatives if ENGINE.rules.is_excluded(a, found.view)}
    assert excluded == {a.cls for a in ENGINE.rules.alternatives if _is_excluded(a, found)}


def test_there_are_alternatives_to_exclude() -> None:
    assert len(ENGINE.rules.alternatives) > 40
