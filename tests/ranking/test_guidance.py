"""Contributors, advice, what else to consider: each rests on a relation or a row, contested ones only as such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.reasoning.relations import Relations

Answer = Callable[[dict[str, Any]], dict[str, Any]]
ASPECTS = ("leaveOut", "modify", "substitute", "firstDays", "returnRule", "watchFor", "seeAgain")

ROWER: dict[str, Any] = {
    "age": 30,
    "exposures": [{"exercise": "SitUp", "faults": ["RoundedBack"]}, {"exercise": "Deadlift"}],
    "findings": [
        {"finding": "LegPain", "laterality": "Left"},
        {"finding": "PainBelowKnee"},
        {"finding": "LegParaesthesia"},
        {"finding": "PositiveStraightLegRaise"},
        {"finding": "PainAggravatedByFlexion"},
    ],
}
SADDLE = {"age": 30, "exposures": [{"exercise": "Deadlift"}], "findings": [{"finding": "SaddleAnaesthesia"}]}


def _cause(answer: dict[str, Any], condition: str) -> dict[str, Any]:
    return next(c for c in answer["differential"] if c["condition"] == condition)


def _advice(answer: dict[str, Any], condition: str) -> dict[str, Any]:
    return next(a for a in answer["advice"] if a["condition"] == condition)


def _about(items: list[dict[str, Any]]) -> set[str]:
    return {term["term"] for item in items for term in item["about"]}


# ---------------------------------------------------------------- contributors


def test_a_fault_is_listed_beneath_the_cause_it_contributes_to(answer: Answer) -> None:
    found = {c["term"]: c for c in _cause(answer(ROWER), "DiscHerniation")["contributors"]}
    fault = found["RoundedBack"]
    assert (fault["kind"], fault["relation"], fault["contested"]) == ("techniqueFault", "aggravates", False)
    assert [(s["subject"]["term"], s["relation"]["term"], s["object"]["term"]) for s in fault["steps"]] == [
        ("RoundedBack", "loads", "DiscPressure"),
        ("DiscPressure", "aggravates", "DiscHerniation"),
    ]
    assert [c["stance"] for s in fault["steps"] for c in s["claims"]] == ["supported", "supported"]


def test_a_contested_link_says_so_and_moves_nothing(answer: Answer) -> None:
    case = {**ROWER, "exposures": []}
    with_fault = answer({**case, "exposures": [{"faults": ["RoundedBack"]}]})
    strain = _cause(with_fault, "MuscleStrain")
    (link,) = strain["contributors"]
    assert (link["relation"], link["contested"]) == ("mayContributeTo", True)
    assert {c["stance"] for s in link["steps"] for c in s["claims"]} <= {"contested", "hypothesis"}
    assert [c["posttestProbability"] for c in with_fault["differential"]] == [
        c["posttestProbability"] for c in answer(case)["differential"]
    ]


def test_no_advice_rests_on_a_contested_relation(engine: Engine) -> None:
    """Over all exercises and faults of the ontology and all hypotheses."""
    contested = {v.MAY_CONTRIBUTE_TO, Iri(v.LKG + "mayLoad")}
    exercises = engine.knowledge.subclasses(v.EXERCISE) | engine.knowledge.subclasses(v.TECHNIQUE_FAULT)
    items = [
        item
        for p in engine.ranker.settings[engine.ranker.default_setting].conditions
        for e in exercises
        for item in engine.adviser.advise_about(p, e)
    ]
    assert len(items) > 500
    assert not {s.property for i in items for s in i.steps} & contested


def test_a_mechanism_that_a_pattern_suggests_is_a_contributor(answer: Answer, engine: Engine) -> None:
    """Every cause that names it lists it, and it is no hypothesis."""
    relations = Relations(engine.knowledge)
    bulge = answer({"age": 40, "findings": [{"finding": "DiscBulgeOnImaging"}, {"finding": "PainBelowKnee"}]})
    listed = {c["condition"] for c in bulge["differential"] for x in c["contributors"] if x["term"] == "DiscBulge"}
    stated = {
        c["condition"]
        for c in bulge["differential"]
        for prop in (v.CAN_CAUSE, v.MAY_CONTRIBUTE_TO)
        if relations.holds(Iri(v.LKG + "DiscBulge"), prop, Iri(c["iri"]))
    }
    assert listed == stated
    assert "LumbarRadiculopathy" in listed
    assert "DiscBulge" not in {c["condition"] for c in bulge["differential"]}


# ---------------------------------------------------------------- also consider


def test_a_cause_of_other_findings_is_to_be_considered_too(answer: Answer) -> None:
    two = {
        "age": 27,
        "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": 18, "unaccustomed": True}],
        "findings": [
            {"finding": "LowBackPain", "character": ["Dull"], "hoursAfterExercise": 18, "course": "Improving"},
            {"finding": "LowBackMuscleSoreness", "hoursAfterExercise": 18},
            {"finding": "PositiveStraightLegRaise"},
            {"finding": "LegParaesthesia"},
            {"finding": "PainBelowKnee"},
        ],
    }
    found = answer(two)
    first = found["differential"][0]["condition"]
    others = {c["condition"]: {f["finding"] for f in c["explains"]} for c in found["alsoConsider"]}
    assert first == "DelayedOnsetMuscleSoreness"
    assert first not in others
    assert "LegParaesthesia" in others["LumbarRadiculopathy"]


def test_what_explains_nothing_more_is_not_named(answer: Answer, engine: Engine) -> None:
    hypotheses = {c["condition"] for c in answer(ROWER)["differential"]}
    for other in answer(ROWER)["alsoConsider"]:
        assert other["explains"] or other["condition"] not in hypotheses
        assert other["patterns"]


# ---------------------------------------------------------------- advice


def test_what_was_done_comes_first(answer: Answer) -> None:
    disc = _advice(answer(ROWER), "LumbarRadiculopathy")
    for aspect in ASPECTS:
        reported = [item["reported"] for item in disc[aspect]]
        assert reported == sorted(reported, reverse=True)
    assert disc["leaveOut"][0]["about"][0]["term"] == "SitUp"
    assert "Deadlift" in _about(disc["modify"])
    for item in disc["substitute"]:
        assert item["row"] or item["insteadOf"]["term"] in ("SitUp", "Deadlift")


def test_a_substitute_keeps_the_purpose_and_lowers_the_load(answer: Answer, engine: Engine) -> None:
    """Every substitute read off the ontology, for every exercise and hypothesis."""
    relations = Relations(engine.knowledge)
    checked = 0
    for condition in engine.ranker.settings[engine.ranker.default_setting].conditions:
        for exercise in engine.knowledge.subclasses(v.EXERCISE):
            for item in engine.adviser.substitutes(condition, exercise):
                (other,) = item.exercises
                assert relations.holds(other, v.SUBSTITUTE_FOR, exercise)
                assert not relations.holds(other, v.AGGRAVATES, condition)
                assert not relations.holds(other, v.AVOIDED_IN, condition)
                assert len(engine.adviser.loads_on(other, condition)) < len(
                    engine.adviser.loads_on(exercise, condition)
                )
                checked += 1
    assert checked > 300


def test_no_row_of_advice_suggests_what_the_ontology_avoids(engine: Engine) -> None:
    """The tables and the relations do not contradict each other."""
    relations = Relations(engine.knowledge)
    rows = [
        (row.id, condition, term)
        for row in engine.ranker.tables.table("advice")
        if row.cells["aspect"] == "substitute"
        for column, condition in row.terms
        if column == "condition"
        for other, term in row.terms
        if other != "condition"
    ]
    assert len(rows) > 60
    assert [r for r in rows if relations.holds(r[2], v.AVOIDED_IN, r[1])] == []


def test_every_piece_has_a_source_or_says_that_it_is_judged(answer: Answer, engine: Engine) -> None:
    statuses = {"abstract", "secondary", "computed", "judgement", "unverified"}
    facts = {row.id for row in engine.ranker.tables.table("advice")}
    pieces = [i for case in (ROWER, SADDLE) for a in answer(case)["advice"] for x in ASPECTS for i in a[x]]
    assert len(pieces) > 20
    for item in pieces:
        assert item["status"] in statuses
        if item["origin"] == "table":
            assert item["row"] in facts
            assert item["text"]
            assert item["references"] or item["grade"] or item["status"] == "judgement"
        else:
            assert item["steps"]
            assert all(s["claims"] or s["status"] == "judgement" for s in item["steps"])


def test_exercises_wait_until_urgency_is_dealt_with(answer: Answer) -> None:
    found = answer(SADDLE)
    assert found["triage"]["level"] == "Emergency"
    assert found["advice"][0]["condition"] in {c["condition"] for c in found["triage"]["toExclude"]}
    for advice in found["advice"]:
        assert advice["withheld"]
        assert advice["modify"] == advice["substitute"] == advice["firstDays"] == advice["returnRule"] == []
    assert found["advice"][0]["seeAgain"]


def test_the_first_three_causes_are_advised_on(answer: Answer) -> None:
    found = answer(ROWER)
    advised = [a["condition"] for a in found["advice"]]
    assert {c["condition"] for c in found["differential"][:3]} <= set(advised)
    assert all(a["watchFor"] or a["seeAgain"] for a in found["advice"])


# ---------------------------------------------------------------- relations


@pytest.mark.parametrize("prop", [v.AGGRAVATES, v.AVOIDED_IN, v.CAN_CAUSE, v.SUBSTITUTE_FOR])
def test_an_edge_is_explained_by_what_editors_stated(prop: Iri, engine: Engine) -> None:
    """From its subject, step by step, each step starting at a class that the last one reached, to its object."""
    relations, knowledge = Relations(engine.knowledge), engine.knowledge
    edges = [
        (exercise, target)
        for exercise in sorted(knowledge.subclasses(v.EXERCISE) | knowledge.subclasses(v.DISORDER))
        for target in sorted(relations.targets(prop, exercise))
    ]
    assert len(edges) > 100
    explained = 0
    for subject, target in edges[::5]:
        steps = relations.explain(subject, prop, target)
        at = subject
        for step in steps:
            assert knowledge.is_subclass(at, step.subject)
            at = step.object
        if steps:
            explained += 1
            assert knowledge.is_subclass(at, target)
    assert explained > 0.95 * len(edges[::5])
