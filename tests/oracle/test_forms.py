"""What counts as a difference in each form, and how a denial is stated in each."""

from __future__ import annotations

from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Finding, Status
from lumbarkg.oracle.answers import CASE, INCONSISTENT, Answer, differences, unsound
from lumbarkg.oracle.draw import Drawn
from lumbarkg.oracle.forms import COMPLEMENT, HORN
from lumbarkg.reasoning.knowledge import Knowledge
from tests.oracle.conftest import Draw

A, B = Iri("urn:test:A"), Iri("urn:test:B")
LESS = Answer(True, {CASE: frozenset({A})}, frozenset(), frozenset(), {})
MORE = Answer(True, {CASE: frozenset({A, B})}, frozenset({B}), frozenset(), {})


def test_in_the_released_form_each_must_say_what_the_other_says() -> None:
    assert {d.about for d in differences(MORE, LESS)} == {d.about for d in differences(LESS, MORE)}
    assert len(differences(MORE, LESS)) == 2
    assert differences(MORE, MORE) == ()


def test_against_the_complement_only_what_the_engine_adds_counts() -> None:
    assert unsound(LESS, MORE) == ()
    assert [(d.about, d.only_engine, d.only_hermit) for d in unsound(MORE, LESS)] == [
        ("types of the case", {B}, frozenset()),
        ("suggests", {B}, frozenset()),
    ]


def test_a_refusal_counts_in_both_forms() -> None:
    for differ in (differences, unsound):
        assert differ(INCONSISTENT, INCONSISTENT) == ()
        assert [d.about for d in differ(INCONSISTENT, LESS)] == ["consistency"]
        assert [d.about for d in differ(LESS, INCONSISTENT)] == ["consistency"]


def _denying(drawn: Draw) -> Drawn:
    return next(d for d in drawn(400) if d.case.absent and d.case.present)


def test_a_denial_is_a_generated_type_or_a_complement(drawn: Draw, knowledge: Knowledge) -> None:
    case = _denying(drawn).case
    generated = set(knowledge.denials.values())
    _, horn = HORN.state(case, 0, knowledge)
    _, complement = COMPLEMENT.state(case, 0, knowledge)
    assert {t.object for t in horn} & generated or not any(
        knowledge.denied_classes(knowledge.finding_expression(f)) & knowledge.denials.keys() for f in case.absent
    )
    assert not {t.object for t in complement} & generated
    negations = [t for t in complement if t.predicate == v.OWL_COMPLEMENT_OF]
    assert len(negations) == len(case.absent)
    assert not [t for t in horn if t.predicate == v.OWL_COMPLEMENT_OF]


def test_answers_to_the_complement_form_name_no_generated_class(drawn: Draw, knowledge: Knowledge) -> None:
    generated = frozenset(knowledge.denials.values())
    case = next(d.case for d in drawn(400) if HORN.answer(d.case, knowledge).case_types & generated)
    assert not COMPLEMENT.answer(case, knowledge).case_types & generated


def test_what_is_contradictory_by_its_denials_is_refused_in_the_complement_form(knowledge: Knowledge) -> None:
    """The released form sees a contradiction only where there is a generated class; intake sees the others."""
    finding = min(knowledge.subclasses(v.FINDING) - knowledge.denials.keys() - {v.FINDING})
    case = Case((Finding(finding), Finding(finding, Status.ABSENT)), age=Decimal(40))
    assert COMPLEMENT.answer(case, knowledge) == INCONSISTENT
