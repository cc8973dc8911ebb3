"""A shown justification suffices, and without any one of its axioms or assertions it no longer does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.model import Assertion, Case, Entailments, Exposure, Finding, Justification
from lumbarkg.oracle.draw import draw
from lumbarkg.reasoning.entail import read_entailments
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer, Goal, Justifications
from lumbarkg.reasoning.realise import add_bilateral_findings, denied_types, realise
from lumbarkg.reasoning.recheck import Statement, entails

CASES = 200
LIMIT = 20
SEED = 20261123


@dataclass(frozen=True)
class Shown:
    """A justification with what it justifies."""

    case: Case
    goal: Goal
    justification: Justification


@pytest.fixture(scope="module")
def knowledge(engine: Engine) -> Knowledge:
    return engine.knowledge


@pytest.fixture(scope="module")
def cases(knowledge: Knowledge) -> tuple[Case, ...]:
    """Consistent cases, three of four grown from a definition of the ontology."""
    drawn = (add_bilateral_findings(d.case, knowledge) for d in draw(knowledge, 4 * CASES, SEED))
    kept, explainer = [], Explainer(knowledge)
    for case in drawn:
        found = read_entailments(realise(case, knowledge), knowledge, explainer)
        if found.consistent and (found.patterns or found.rules):
            kept.append(case)
    assert len(kept) >= CASES
    return tuple(kept[:CASES])


def justified(case: Case, found: Entailments) -> Iterator[Shown]:
    for match in found.patterns:
        prop = v.SUGGESTS if match.supports else v.ARGUES_AGAINST
        yield Shown(case, Goal(match.condition, prop), match.justification)
    for rule in found.rules:
        yield Shown(case, Goal(rule.pattern), rule.justification)


@pytest.fixture(scope="module")
def shown(cases: tuple[Case, ...], knowledge: Knowledge) -> tuple[Shown, ...]:
    explainer = Explainer(knowledge)
    return tuple(s for c in cases for s in justified(c, read_entailments(realise(c, knowledge), knowledge, explainer)))


@pytest.fixture(scope="module")
def alternatives(cases: tuple[Case, ...], knowledge: Knowledge) -> tuple[tuple[Shown, ...], ...]:
    """For every suggestion of some cases, all its justifications up to a limit."""
    explainer, found = Explainer(knowledge), []
    for case in cases[:60]:
        realised = realise(case, knowledge)
        for prop in (v.SUGGESTS, v.ARGUES_AGAINST):
            for condition in sorted(realised.spoken(prop)):
                goal = Goal(condition, prop)
                every = explainer.justify_all(realised, goal, LIMIT)
                assert every.found
                assert every.complete or len(every.found) == LIMIT
                found.append(tuple(Shown(case, goal, one) for one in every.found))
    return tuple(found)


def stated(assertion: Assertion, case: Case, knowledge: Knowledge) -> Statement:
    """What an assertion says to logic, made from the assertion alone."""
    subject, prop, value = assertion.subject, assertion.property, assertion.value
    if assertion.denied:
        assert isinstance(subject, Finding)
        return Statement(None, tuple(knowledge.known(c) for c in denied_types(subject, knowledge)))
    branch = None
    if isinstance(subject, Finding):
        branch = (v.HAS_FINDING, case.present.index(subject))
    elif isinstance(subject, Exposure):
        branch = (v.HAS_EXPOSURE, case.exposures.index(subject))
    if isinstance(value, Decimal):
        assert prop is not None
        return Statement(branch, tuple(a for _, atoms in knowledge.atoms(((prop, value),)) for a in atoms))
    if prop is None:
        return Statement(branch, (knowledge.known(value),))
    return Statement(branch, link=(prop, value))


def statements(one: Shown, knowledge: Knowledge) -> tuple[Statement, ...]:
    return tuple(stated(a, one.case, knowledge) for a in one.justification.assertions)


def test_the_cases_show_every_kind_of_assertion(shown, alternatives) -> None:
    kinds: Counter[str] = Counter()
    for one in (*shown, *(a for every in alternatives for a in every)):
        for a in one.justification.assertions:
            subject = type(a.subject).__name__
            kinds[
                "denial" if a.denied else f"{subject} {'class' if a.property is None else a.property.local_name}"
            ] += 1
    needed = {"denial", "Finding class", "Finding hasLaterality", "Exposure ofExercise", "NoneType ageYears"}
    assert needed <= kinds.keys(), kinds
    assert any(
        isinstance(a.value, Decimal) and a.subject is not None for s in shown for a in s.justification.assertions
    )
    assert len(shown) > 2 * CASES
    assert len({s.goal for s in shown}) >= 40


def test_every_justification_suffices(shown: tuple[Shown, ...], knowledge: Knowledge) -> None:
    for one in shown:
        assert entails(frozenset(one.justification.axioms), statements(one, knowledge), one.goal, knowledge), one


def test_every_axiom_of_a_justification_is_needed(shown: tuple[Shown, ...], knowledge: Knowledge) -> None:
    for one in shown:
        axioms = frozenset(one.justification.axioms)
        assert axioms
        for axiom in axioms:
            assert not entails(axioms - {axiom}, statements(one, knowledge), one.goal, knowledge), (axiom, one)


def test_every_assertion_of_a_justification_is_needed(shown: tuple[Shown, ...], knowledge: Knowledge) -> None:
    for one in shown:
        said = statements(one, knowledge)
        assert said
        for left_out in range(len(said)):
            fewer = said[:left_out] + said[left_out + 1 :]
            assert not entails(frozenset(one.justification.axioms), fewer, one.goal, knowledge), (left_out, one)


def test_each_of_all_justifications_suffices_and_is_minimal(alternatives, knowledge: Knowledge) -> None:
    for one in (a for every in alternatives for a in every[:6]):
        axioms, said = frozenset(one.justification.axioms), statements(one, knowledge)
        assert entails(axioms, said, one.goal, knowledge), one
        for axiom in axioms:
            assert not entails(axioms - {axiom}, said, one.goal, knowledge), (axiom, one)
        for left_out in range(len(said)):
            assert not entails(axioms, said[:left_out] + said[left_out + 1 :], one.goal, knowledge), (left_out, one)


def test_in_a_case_of_many_findings_each_justification_suffices_and_is_minimal(cases, knowledge: Knowledge) -> None:
    """There the few that are needed are picked out first: all that the drawn cases state, put together."""
    findings = tuple(dict.fromkeys(f for case in cases for f in case.present))
    exposures = tuple(dict.fromkeys(e for case in cases for e in case.exposures))
    assert len(findings) + len(exposures) > 200
    case = replace(cases[0], findings=findings, exposures=exposures)
    found = read_entailments(realise(case, knowledge), knowledge, Explainer(knowledge))
    many = tuple(justified(case, found))
    assert len(many) > 100
    for one in many[::3]:
        axioms, said = frozenset(one.justification.axioms), statements(one, knowledge)
        assert entails(axioms, said, one.goal, knowledge), one
        assert not any(entails(axioms - {axiom}, said, one.goal, knowledge) for axiom in axioms), one
        for left_out in range(len(said)):
            assert not entails(axioms, said[:left_out] + said[left_out + 1 :], one.goal, knowledge), (left_out, one)


def test_a_justification_rests_on_the_first_part_that_suffices_alone(cases, knowledge: Knowledge) -> None:
    """By another way: the case cut down to each of its parts in turn, and realised."""
    explainer, compared = Explainer(knowledge), 0
    for case in cases:
        alone = [(f, realise(Case(findings=(f,)), knowledge).types) for f in case.present]
        alone += [(e, realise(Case(exposures=(e,)), knowledge).types) for e in case.exposures]
        alone += [(f, realise(Case(findings=(f,)), knowledge).types) for f in case.absent]
        for rule in read_entailments(realise(case, knowledge), knowledge, explainer).rules:
            first = next((part for part, types in alone if rule.pattern in types), None)
            subjects = {a.subject for a in rule.justification.assertions}
            if first is not None:
                assert subjects == {first}, rule
                compared += 1
            else:
                assert len(subjects) > 1 or subjects == {None}, rule
    assert compared > 60


def test_no_justification_holds_another(alternatives) -> None:
    more = [every for every in alternatives if len(every) > 1]
    assert len(more) > 20
    for every in more:
        sets = [{*o.justification.axioms, *map(repr, o.justification.assertions)} for o in every]
        assert not any(a < b or (a == b and i != j) for i, a in enumerate(sets) for j, b in enumerate(sets)), every[0]


def test_without_one_axiom_of_each_justification_the_goal_is_lost(alternatives, knowledge: Knowledge) -> None:
    """They are all there are: hitting every one of them leaves nothing that could derive the goal."""
    tried = 0
    for every in alternatives:
        if len(every) == LIMIT:
            continue
        case = every[0].case
        said = tuple(stated(a, case, knowledge) for a in all_assertions(case))
        hit = frozenset(min(one.justification.axioms) for one in every)
        rest = frozenset(range(len(knowledge.ontology.axioms))) - hit
        if tried < 40:
            assert not entails(rest, said, every[0].goal, knowledge), every
            tried += 1
    assert tried == 40


def all_assertions(case: Case) -> Iterator[Assertion]:
    for finding in case.absent:
        yield Assertion(finding, None, finding.term, denied=True)
    for finding in case.present:
        yield Assertion(finding, None, finding.term)
        yield from (Assertion(finding, p, value) for p, value in (*finding.qualifiers, *finding.quantities))
    for exposure in case.exposures:
        yield from (Assertion(exposure, None, cls) for cls in (v.EXPOSURE, *exposure.types))
        yield from (Assertion(exposure, p, value) for p, value in (*exposure.qualifiers, *exposure.quantities))
    if case.age is not None:
        yield Assertion(None, v.AGE_YEARS, case.age)
    if case.sex is not None:
        yield Assertion(None, v.HAS_SEX, case.sex)


def test_every_assertion_is_one_that_the_case_states(shown: tuple[Shown, ...]) -> None:
    for one in shown:
        case = one.case
        for a in one.justification.assertions:
            if a.denied:
                assert a.subject in case.absent
                assert a.value == a.subject.term
            elif isinstance(a.subject, Finding):
                assert a.subject in case.present
                said = {(None, a.subject.term), *a.subject.qualifiers, *a.subject.quantities}
                assert (a.property, a.value) in said
            elif isinstance(a.subject, Exposure):
                assert a.subject in case.exposures
                classes = {(None, c) for c in (v.EXPOSURE, *a.subject.types)}
                assert (a.property, a.value) in {*classes, *a.subject.qualifiers, *a.subject.quantities}
            else:
                assert (a.property, a.value) in {(v.AGE_YEARS, case.age), (v.HAS_SEX, case.sex)}


def only_what_is_asserted(one: Shown) -> Case | None:
    """The case cut down to the assertions of a justification, None where a finding's class is none of them."""
    kept: dict[Finding | Exposure, list[Assertion]] = {}
    case = Case(setting=one.case.setting)
    for a in one.justification.assertions:
        if a.subject is None:
            case = replace(case, age=a.value) if a.property == v.AGE_YEARS else replace(case, sex=a.value)
        else:
            kept.setdefault(a.subject, []).append(a)
    for subject, said in kept.items():
        pairs = {(a.property, a.value) for a in said}
        qualifiers = tuple(q for q in subject.qualifiers if q in pairs)
        quantities = tuple(q for q in subject.quantities if q in pairs)
        if isinstance(subject, Exposure):
            types = tuple(c for c in subject.types if (None, c) in pairs)
            less = Exposure(types, qualifiers=qualifiers, quantities=quantities)
            case = replace(case, exposures=(*case.exposures, less))
        elif any(a.denied for a in said):
            case = replace(case, findings=(*case.findings, subject))
        elif (None, subject.term) in pairs:
            less = Finding(subject.term, subject.status, qualifiers, quantities)
            case = replace(case, findings=(*case.findings, less))
        else:
            return None
    return case


def test_an_ontology_of_the_justification_alone_entails_the_same_of_what_it_asserts(
    shown: tuple[Shown, ...], knowledge: Knowledge
) -> None:
    """The same by another way: a smaller ontology and a smaller case, realised as any other."""
    ontology, tried = knowledge.ontology, 0
    for one in {s.goal: s for s in shown if s.goal.property is None}.values():
        case = only_what_is_asserted(one)
        if case is None or case.absent:  # what a denial denies rests on the whole hierarchy
            continue
        axioms = tuple(ontology.axioms[i] for i in one.justification.axioms)
        small = Knowledge(replace(ontology, axioms=axioms))
        assert one.goal.cls in realise(case, small).types, one
        tried += 1
    assert tried >= 12


def test_remembered_justifications_equal_fresh_ones(cases: tuple[Case, ...], knowledge: Knowledge) -> None:
    remembering = Explainer(knowledge)
    for case in (*cases[:60], *reversed(cases[:60])):
        fresh = read_entailments(realise(case, knowledge), knowledge, Explainer(knowledge))
        again = read_entailments(realise(case, knowledge), knowledge, remembering)
        assert again == fresh
        for one, other in zip((*again.patterns, *again.rules), (*fresh.patterns, *fresh.rules), strict=True):
            assert one.justification == other.justification


def test_what_does_not_follow_is_not_justified(cases: tuple[Case, ...], knowledge: Knowledge) -> None:
    explainer = Explainer(knowledge)
    for case in cases[:20]:
        realised = realise(case, knowledge)
        other = sorted(knowledge.subclasses(v.DISORDER) - realised.spoken(v.SUGGESTS))[0]
        assert explainer.justify_all(realised, Goal(other, v.SUGGESTS), LIMIT) == Justifications((), complete=True)


def test_a_limit_is_kept_and_said(alternatives, knowledge: Knowledge) -> None:
    every = max(alternatives, key=len)
    assert len(every) > 3
    realised = realise(every[0].case, knowledge)
    some = Explainer(knowledge).justify_all(realised, every[0].goal, 2)
    assert len(some.found) == 2
    assert not some.complete
    out_of_time = Explainer(knowledge).justify_all(realised, every[0].goal, LIMIT, lambda: True)
    assert not out_of_time.complete


@pytest.mark.parametrize("looks", [0, 1, 7, 40, 200])
def test_whenever_time_ends_what_is_given_is_minimal_and_there_is_one(looks: int, alternatives, knowledge) -> None:
    """The clock runs out at the n-th look at it: the sets found are among those of all time."""
    explainer = Explainer(knowledge)
    compared = 0
    for every in alternatives[:30]:
        if len(every) == LIMIT:
            continue
        left = iter(range(looks))
        goal, case = every[0].goal, every[0].case
        found = explainer.justify_all(realise(case, knowledge), goal, LIMIT, lambda left=left: next(left, None) is None)
        assert found.found
        assert {j.axioms for j in found.found} <= {one.justification.axioms for one in every}
        assert found.complete or set(found.found) <= {one.justification for one in every}
        compared += 1
    assert compared > 10


def test_a_justification_names_its_pattern_by_the_axiom_that_links_it(knowledge: Knowledge, shown) -> None:
    """The last step of a suggestion is an editor's axiom: pattern ⊑ ∃suggests.condition."""
    axioms = knowledge.ontology.axioms
    for one in shown:
        if one.goal.property is not None:
            links = [axioms[i] for i in one.justification.axioms if one.goal.property in _properties(axioms[i])]
            assert len(links) == 1, one


def _properties(axiom: object) -> set[Iri]:
    found = getattr(axiom, "sup", None)
    return {found.property} if hasattr(found, "property") else set()
