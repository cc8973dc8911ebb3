"""Drawn cases: the same for a seed, three of four grown, and nothing in them that intake would refuse."""

from __future__ import annotations

import json

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, read_case
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import parse_json
from lumbarkg.model import Case
from lumbarkg.ontology.owl import SubPropertyOf
from lumbarkg.oracle.choices import DENIABLE, Choices
from lumbarkg.oracle.constructors import Constructor, constructors_of
from lumbarkg.oracle.draw import draw
from lumbarkg.oracle.targets import Targets, pattern_classes, triage_classes
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.render.case import case_document
from tests.oracle.conftest import Draw

NUMBER = 400


def test_a_seed_gives_the_same_cases_again(knowledge: Knowledge) -> None:
    first = draw(knowledge, 60, 7)
    assert draw(knowledge, 60, 7) == first
    assert draw(knowledge, 60, 8) != first


def test_a_longer_draw_begins_with_the_shorter(knowledge: Knowledge) -> None:
    assert draw(knowledge, 60, 7)[:20] == draw(knowledge, 20, 7)


def test_three_of_four_are_grown(drawn: Draw) -> None:
    cases = drawn(NUMBER)
    assert len(cases) == NUMBER
    assert [d.index for d in cases] == list(range(NUMBER))
    assert sum(d.origin is not None for d in cases) == 3 * NUMBER // 4


def test_cases_are_grown_from_every_kind_of_definition(drawn: Draw, knowledge: Knowledge) -> None:
    choices = Choices(knowledge)
    origins = {d.origin for d in drawn(NUMBER)}
    assert origins & pattern_classes(choices)
    assert origins & triage_classes(choices)
    assert origins & choices.denied.keys()
    assert any(o is not None and knowledge.is_subclass(o, v.FINDING) for o in origins)


def test_each_constructor_gets_its_turn(knowledge: Knowledge) -> None:
    choices = Choices(knowledge)
    targets = Targets(choices, 1)
    taken = [t for i in range(300) if (t := targets.turn(i)) is not None and t.constructor is not None]
    assert {t.constructor for t in taken} == set(Constructor)
    assert all(t.constructor in constructors_of(t.cls, choices) for t in taken)


def test_denied_findings_carry_nothing_but_site_side_and_radiation(drawn: Draw) -> None:
    denied = [f for d in drawn(NUMBER) for f in d.case.absent]
    assert len(denied) > NUMBER / 4
    assert not [f for f in denied if f.quantities]
    assert {prop for f in denied for prop, _ in f.qualifiers} == set(DENIABLE)


def test_only_what_a_case_may_assert_is_stated(drawn: Draw, engine: Engine) -> None:
    findings = engine.lookup.assertable(v.FINDING)
    assert all(f.term in findings for d in drawn(NUMBER) for f in d.case.findings)


def test_numbers_lie_at_the_ends_of_facets_and_on_both_sides(drawn: Draw, knowledge: Knowledge) -> None:
    choices = Choices(knowledge)
    for prop in (v.AGE_YEARS, v.DURATION_HOURS, v.HOURS_AFTER_EXERCISE, v.MEASURED_VALUE):
        ends = set(choices.ends[prop])
        stated = {n for d in drawn(NUMBER) for f in d.case.present for p, n in f.quantities if p == prop}
        stated |= {d.case.age for d in drawn(NUMBER) if prop == v.AGE_YEARS and d.case.age is not None}
        assert stated & ends
        assert stated - ends
        assert all(min(abs(n - end) for end in ends) <= 1 for n in stated)


def test_both_sides_are_also_reported_as_two_findings(drawn: Draw) -> None:
    def sides(case: Case) -> set[tuple[Iri, Iri]]:
        return {(f.term, value) for f in case.present for p, value in f.qualifiers if p == v.HAS_LATERALITY}

    found = [sides(d.case) for d in drawn(NUMBER)]
    assert any((term, v.RIGHT) in case for case in found for term, side in case if side == v.LEFT)


def test_some_sites_reach_their_pattern_only_by_a_chain(drawn: Draw, knowledge: Knowledge) -> None:
    choices = Choices(knowledge)
    chained = {a.sup for a in knowledge.ontology.axioms if isinstance(a, SubPropertyOf) and len(a.chain) > 1}
    assert choices.chained == chained
    stated = {(p, c) for d in drawn(NUMBER) for f in d.case.present for p, c in f.qualifiers if p in chained}
    assert len(stated) > 20


def test_intake_accepts_the_drawn_cases_as_they_are_written(drawn: Draw, engine: Engine) -> None:
    for d in drawn(NUMBER)[:200]:
        document = parse_json(json.dumps(case_document(d.case)).encode())
        read = read_case(document, engine)
        assert (read.findings, read.exposures) == (d.case.findings, d.case.exposures)
        assert (read.age, read.sex) == (d.case.age, d.case.sex)
