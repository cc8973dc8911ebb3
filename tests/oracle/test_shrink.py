"""Shrinking ends at a case that still disagrees and of which nothing more can be left out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.oracle.shrink import shrink, smaller

A, B, C, D = (Iri(f"urn:test:{name}") for name in "ABCD")
WHOLE = Case(
    findings=(
        Finding(
            A, qualifiers=((v.LOCATED_IN, C), (v.HAS_LATERALITY, v.LEFT)), quantities=((v.DURATION_HOURS, Decimal(3)),)
        ),
        Finding(B, Status.ABSENT, qualifiers=((v.LOCATED_IN, D),)),
        Finding(C),
        Finding(D, quantities=((v.SEVERITY_SCORE, Decimal(4)),)),
    ),
    exposures=(Exposure((v.HEAVY_LOAD_EXPOSURE,), qualifiers=((v.OF_EXERCISE, A), (v.WITH_FAULT, B))), Exposure()),
    age=Decimal(40),
    sex=A,
)


def test_each_part_can_be_left_out() -> None:
    assert len(smaller(WHOLE)) == 4 + 2 + 1 + 1 + 3 + 1 + 1 + 3
    assert len(set(smaller(WHOLE))) == len(smaller(WHOLE))
    assert smaller(Case()) == ()


def test_only_what_the_disagreement_needs_is_left() -> None:
    def disagrees(case: Case) -> bool:
        is_located = any(f.term == A and f.values(v.LOCATED_IN) for f in case.present)
        return is_located and any(e.types for e in case.exposures) and bool(case.absent)

    assert shrink(WHOLE, disagrees) == Case(
        findings=(Finding(A, qualifiers=((v.LOCATED_IN, C),)), Finding(B, Status.ABSENT)),
        exposures=(Exposure((v.HEAVY_LOAD_EXPOSURE,)),),
    )


def test_parts_that_can_go_only_after_others_go_too() -> None:
    """The age is needed as long as there is a sex: a second pass takes it out."""

    def disagrees(case: Case) -> bool:
        return any(f.term == C for f in case.present) and (case.sex is None or case.age is not None)

    assert shrink(WHOLE, disagrees) == Case(findings=(Finding(C),))


def test_a_minimal_case_stays_as_it_is() -> None:
    minimal = Case(findings=(Finding(A),))
    tried: list[Case] = []
    assert shrink(minimal, lambda case: tried.append(case) or bool(case.findings)) == minimal
    assert tried == [replace(minimal, findings=())]
