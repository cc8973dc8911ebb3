"""The report in a browser: urgency first, then the causes, with what they rest on and what was not asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.visit import Visit

SORENESS = "Soreness after deadlifts"
MARKS = {"judgement": "judgement", "unverified": "not verified"}


def test_soreness_is_ranked_first_and_left_open(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example(SORENESS)
    expect(visit.triage).to_have_attribute("data-level", "NotEnoughAsked")
    expect(visit.triage.get_by_role("heading", level=2)).to_have_text(answer["triage"]["statement"])
    expect(visit.triage.get_by_role("heading", level=2)).to_be_focused()
    expect(visit.triage.locator(".question")).to_have_count(len(answer["triage"]["redFlagsNotAsked"]))
    first = visit.report.locator(".cause").first
    assert answer["differential"][0]["condition"] == "DelayedOnsetMuscleSoreness"
    expect(first.locator(".cause-name")).to_have_text("Delayed onset muscle soreness")
    expect(first.locator(".bar")).to_be_visible()
    expect(first.locator(".whisker")).to_be_visible()


def test_bars_and_intervals_are_those_of_the_answer(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example(SORENESS)
    visit.unfold()
    causes = visit.report.locator(".cause")
    expect(causes).to_have_count(len(answer["differential"]))
    for cause, item in zip(causes.all(), answer["differential"], strict=True):
        track, bar, whisker = (cause.locator(part).bounding_box() for part in (".track", ".bar", ".whisker"))
        assert track
        assert bar
        assert whisker
        low, high = item["interval"]
        assert bar["width"] / track["width"] == pytest.approx(item["posttestProbability"], abs=0.005)
        assert (whisker["x"] - track["x"]) / track["width"] == pytest.approx(low, abs=0.01)
        assert whisker["width"] / track["width"] == pytest.approx(high - low, abs=0.01)
        expect(cause.locator(".cause-figure")).to_have_text(percent(item["posttestProbability"]))
        expect(cause.locator(".cause-note")).to_contain_text(f"95 % interval {percent(low)} to {percent(high)}")


def percent(p: float) -> str:
    shown = "<1" if p < 0.01 else ">99" if p > 0.99 else str(int(p * 100 + 0.5))
    return f"{shown}\u202f%"


def test_unasked_groups_denied_in_place_reach_self_care(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example(SORENESS)
    unasked = [group["question"] for group in answer["triage"]["redFlagsNotAsked"]]
    assert len(unasked) >= 5
    for left, question in reversed(list(enumerate(reversed(unasked)))):
        expect(visit.triage).to_have_attribute("data-level", "NotEnoughAsked")
        group = visit.triage.get_by_role("group", name=question, exact=True)
        visit.assess_by(group.get_by_role("button", name="No", exact=True).click)
        expect(visit.triage.locator(".question")).to_have_count(left)
        answered = visit.page.locator("#form").get_by_role("radiogroup", name=question, exact=True)
        expect(answered.get_by_role("radio", name="No", exact=True)).to_be_checked()
    expect(visit.triage).to_have_attribute("data-level", "SelfCare")
    expect(visit.triage.locator(".self-care")).to_be_visible()


def test_an_affirmed_group_asks_for_its_members(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example(SORENESS)
    group = next(g for g in answer["triage"]["redFlagsNotAsked"] if g["group"] == "InfectionRedFlag")
    asked = visit.triage.get_by_role("group", name=group["question"], exact=True)
    _, answer = visit.assess_by(asked.get_by_role("button", name="Yes", exact=True).click)
    assert answer["triage"]["level"] not in ("NotEnoughAsked", "SelfCare")
    expect(visit.triage).to_have_attribute("data-level", answer["triage"]["level"])
    expect(visit.triage.locator(".question.affirmed .question")).to_have_count(len(group["members"]))


def test_saddle_numbness_is_an_emergency(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example("Saddle numbness")
    assert answer["triage"]["level"] == "Emergency"
    expect(visit.triage).to_have_attribute("data-level", "Emergency")
    expect(visit.triage.get_by_role("heading", level=2)).to_have_text("Emergency")
    expect(visit.triage.get_by_role("heading", level=2)).to_be_in_viewport()
    expect(visit.triage).to_contain_text(answer["triage"]["action"])
    expect(visit.triage.locator(".to-exclude")).to_contain_text("Cauda equina syndrome")
    expect(visit.page.locator("#announcement")).to_have_text("Emergency")


def test_a_contradictory_case_still_shows_its_triage(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    visit.add("saddle numbness")
    visit.card("saddle anaesthesia").get_by_role("button", name="Report it once more").click()
    second = visit.card("saddle anaesthesia").nth(1)
    second.get_by_role("radio", name="No", exact=True).check()
    case, answer = visit.assess()
    assert [finding["status"] for finding in case["findings"]] == ["present", "absent"]
    assert answer["status"] == 422
    expect(visit.triage).to_have_attribute("data-level", "Emergency")
    problem = visit.report.get_by_role("alert")
    expect(problem).to_contain_text("saddle anaesthesia is present, but saddle anaesthesia is denied")
    expect(visit.card("saddle anaesthesia").first.locator(".issue:visible")).to_contain_text("is denied")
    expect(visit.report).to_contain_text(answer["disclaimer"])
    expect(visit.report.locator(".cause")).to_have_count(0)


def test_judgement_and_unverified_are_marked_where_they_count(visit: Visit, expect: Callable[..., Any]) -> None:
    """Each prior, row of evidence and reference bears the mark of its status, and no other."""
    visit.open()
    visit.page.get_by_label("Setting").select_option("primary-care")
    visit.add("positive lasegue")
    visit.add("low back pain")
    _, answer = visit.assess()
    visit.unfold()
    seen: set[str] = set()
    for item, cause in zip(answer["differential"], visit.report.locator(".cause").all(), strict=True):
        statuses = [item["prior"]["status"], *(row["status"] for row in item["evidence"] if row["counted"])]
        summary = [MARKS[status] for status in MARKS if status in statuses]
        assert cause.locator("summary .cause-note .mark").all_inner_texts() == summary
        for status in (item["prior"]["status"], *(row["status"] for row in item["evidence"])):
            seen.add(status)
        rows = cause.locator(".evidence > .row")
        expect(rows).to_have_count(len(item["evidence"]))
        for row, evidence in zip(rows.all(), item["evidence"], strict=True):
            due = [evidence["status"], *(reference["status"] for reference in evidence["references"])]
            assert row.locator(".mark").all_inner_texts() == [MARKS[status] for status in due if status in MARKS]
        for mark in cause.locator(".mark").all():
            expect(mark).to_be_visible()
    assert set(MARKS) < seen


def test_advice_contributors_and_what_would_change_are_shown(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example("Leg pain after rowing")
    visit.unfold()
    advised = visit.report.locator(".advice > details")
    expect(advised).to_have_count(len(answer["advice"]))
    aspects = ("leaveOut", "modify", "substitute", "firstDays", "returnRule", "watchFor", "seeAgain")
    for part, cause in zip(advised.all(), answer["advice"], strict=True):
        items = [item for aspect in aspects for item in cause[aspect]]
        expect(part.locator(".patterns > li")).to_have_count(len(items))
        for item in items:
            expect(part).to_contain_text(item["text"] or item["about"][0]["label"], ignore_case=True)
    contributing = next(c for c in answer["differential"] if c["contributors"])
    cause = visit.report.locator(".cause").nth(contributing["rank"] - 1)
    for contributor in contributing["contributors"]:
        expect(cause).to_contain_text(contributor["label"], ignore_case=True)
    changing = visit.report.locator(".sensitivity li")
    expect(changing).to_have_count(len(answer["sensitivity"]))
    assert answer["sensitivity"]


def test_a_question_says_what_it_would_tell_apart(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    _, answer = visit.assess_example("Leg pain after rowing")
    asked = next(q for q in answer["nextQuestions"] if "gain" in q)
    question = visit.report.locator(".next .question").filter(has_text=asked["question"])
    expect(question).to_contain_text(asked["separates"][0]["label"])
    _, later = visit.assess_by(question.get_by_role("button", name="No", exact=True).click)
    assert asked["term"] not in {q["term"] for q in later["nextQuestions"] if "gain" in q}
