"""Urgency only rises: whatever is added to a case, present, absent or contradictory, its level does not fall."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, load_engine, read_case
from lumbarkg.model import Disposition
from lumbarkg.resources import release_dir, shapes_dir
from tests.laws.cases import cases, findings

ENGINE = load_engine(release_dir(), shapes_dir())
MANY = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _dispose(document: dict[str, Any], engine: Engine = ENGINE) -> Disposition:
    try:
        return assess(read_case(document, engine), engine).disposition
    except ContradictoryCaseError as refused:
        return refused.disposition


def _with(document: dict[str, Any], *added: dict[str, Any]) -> dict[str, Any]:
    return {**document, "findings": [*document["findings"], *added]}


@MANY
@given(cases(ENGINE), findings(ENGINE))
def test_adding_a_finding_never_lowers_the_level(case: dict[str, Any], finding: dict[str, Any]) -> None:
    assert _dispose(_with(case, finding)).rank >= _dispose(case).rank


@MANY
@given(cases(ENGINE), st.data())
def test_denying_a_present_finding_never_lowers_the_level(case: dict[str, Any], data: st.DataObject) -> None:
    present = [f for f in case["findings"] if f["status"] == "present"]
    assume(present)
    denied = {"finding": data.draw(st.sampled_from(present))["finding"], "status": "absent"}
    assert _dispose(_with(case, denied)).rank >= _dispose(case).rank


@pytest.mark.parametrize("status", ["present", "absent"])
def test_no_term_of_the_vocabulary_lowers_an_emergency(status: str) -> None:
    """Every finding of the vocabulary, one by one: over an emergency, and over a case just below it."""
    emergency = {"findings": [{"finding": "SaddleAnaesthesia"}]}
    urgent = {"age": 30, "findings": [{"finding": "LegNumbness"}]}
    terms = sorted(i.local_name for i in ENGINE.lookup.assertable(v.FINDING))
    assert len(terms) > 150
    for case in (emergency, urgent):
        before = _dispose(case).rank
        lowered = [t for t in terms if _dispose(_with(case, {"finding": t, "status": status})).rank < before]
        assert lowered == []


@MANY
@given(cases(ENGINE), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(case: dict[str, Any], random: Any) -> None:
    shuffled = list(case["findings"])
    random.shuffle(shuffled)
    one, other = _dispose(case), _dispose({**case, "findings": shuffled})
    assert (one.level, one.complete) == (other.level, other.complete)
    assert {m.pattern for m in one.rules} == {m.pattern for m in other.rules}


@MANY
@given(cases(ENGINE), findings(ENGINE))
def test_unknown_is_the_same_as_not_mentioned(case: dict[str, Any], finding: dict[str, Any]) -> None:
    unknown = {"finding": finding["finding"], "status": "unknown"}
    assert _dispose(_with(case, unknown)) == _dispose(case)


@MANY
@given(cases(ENGINE))
def test_self_care_only_where_every_gated_rule_is_excluded(case: dict[str, Any]) -> None:
    disposition = _dispose(case)
    if disposition.level == "SelfCare":
        assert case.get("age") is not None
        assert disposition.complete
        assert disposition.open_rules == ()
    if disposition.level == "NotEnoughAsked":
        assert not disposition.complete
