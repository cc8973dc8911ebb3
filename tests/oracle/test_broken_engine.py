"""The oracle can fail: an engine that lacks or bends one axiom is told apart from HermiT."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.model import Case
from lumbarkg.ontology.owl import (
    And,
    Axiom,
    EquivalentClasses,
    Expression,
    Facet,
    Interval,
    Named,
    Or,
    Some,
    SubClassOf,
    SubPropertyOf,
    subexpressions,
)
from lumbarkg.oracle.answers import Answer, engine_answer
from lumbarkg.oracle.compare import Oracle
from lumbarkg.oracle.shrink import shrink, smaller
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import add_bilateral_findings
from lumbarkg.render.case import case_document
from tests.oracle.conftest import Break, Draw

pytestmark = pytest.mark.slow

NUMBER = 400
Bend = Callable[[Axiom], Axiom | None]


def _without_site_chain(axiom: Axiom) -> Axiom | None:
    return None if isinstance(axiom, SubPropertyOf) and axiom.sup == v.LOCATED_IN else axiom


def _without_suggestions(axiom: Axiom) -> Axiom | None:
    parts = subexpressions(axiom.sup) if isinstance(axiom, SubClassOf) else ()
    return None if any(isinstance(p, Some) and p.property == v.SUGGESTS for p in parts) else axiom


def _without_conflicts(axiom: Axiom) -> Axiom | None:
    """A denied finding no longer rules out that it is present."""
    return None if isinstance(axiom, SubClassOf) and axiom.sup == Named(v.OWL_NOTHING) else axiom


def _with_open_ages(axiom: Axiom) -> Axiom | None:
    """An age at the end of an interval no longer lies in it."""
    return replace(axiom, definition=_opened(axiom.definition)) if isinstance(axiom, EquivalentClasses) else axiom


def _opened(expression: Expression) -> Expression:
    if isinstance(expression, And | Or):
        return replace(expression, operands=tuple(_opened(o) for o in expression.operands))
    if isinstance(expression, Facet) and expression.property == v.AGE_YEARS:
        return Facet(expression.property, Interval(expression.interval.low, expression.interval.high, True, True))
    return expression


BENDS: dict[str, Bend] = {
    "a chain is missing": _without_site_chain,
    "suggestions are missing": _without_suggestions,
    "denials contradict nothing": _without_conflicts,
    "closed ends are open": _with_open_ages,
}


def _answer(case: Case, knowledge: Knowledge) -> Answer:
    return engine_answer(add_bilateral_findings(case, knowledge), knowledge)


def _bent(bend: Bend, knowledge: Knowledge, knowing: Break) -> Knowledge:
    bent = tuple(kept for axiom in knowledge.ontology.axioms if (kept := bend(axiom)) is not None)
    assert bent != knowledge.ontology.axioms
    return knowing(bent)


@pytest.mark.parametrize("name", BENDS)
def test_a_bent_axiom_is_a_difference(
    name: str, knowledge: Knowledge, knowing: Break, release: list[Triple], drawn: Draw
) -> None:
    """Two cases that the bent axiom touches stand among others in one run; they and no others are reported."""
    broken = _bent(BENDS[name], knowledge, knowing)
    touched: list[Case] = []
    untouched: list[Case] = []
    for d in drawn(NUMBER):
        answer = _answer(d.case, broken)
        if answer.consistent:
            (untouched if answer == _answer(d.case, knowledge) else touched).append(d.case)
    assert len(touched) >= 2
    cases = [*untouched[:3], touched[0], *untouched[3:6], touched[1]]
    with Oracle(broken, release) as oracle:
        report = oracle.compare(cases)
    assert [c.case for c in report.compared] == cases
    assert [c.case for c in report.differing] == touched[:2]
    assert report.hermit_runs > 1


def test_a_difference_shrinks_to_what_the_axiom_needs(knowledge: Knowledge, knowing: Break, drawn: Draw) -> None:
    broken = _bent(_without_site_chain, knowledge, knowing)

    def differs(case: Case) -> bool:
        return _answer(case, broken).case_types != _answer(case, knowledge).case_types

    case = next(d.case for d in drawn(NUMBER) if len(d.case.findings) > 2 and differs(d.case))
    shrunk = shrink(case, differs)
    assert not any(differs(less) for less in smaller(shrunk))
    assert len(case_document(shrunk)["findings"]) < len(case.findings)
    assert any(prop == v.LOCATED_IN for f in shrunk.findings for prop, _ in f.qualifiers)
