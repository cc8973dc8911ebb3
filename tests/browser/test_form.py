"""The form in a browser: findings are found by keyboard, have three states, and take the issues about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.visit import Visit


def test_a_finding_is_added_by_keyboard(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    keyboard = visit.page.keyboard
    visit.search.focus()
    keyboard.type("lumbag")
    options = visit.page.get_by_role("listbox", name="Search findings").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.first).to_contain_text("Low back pain · lumbago")
    keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(visit.search).to_have_attribute("aria-expanded", "false")

    visit.search.fill("back")
    expect(visit.search).to_have_attribute("aria-expanded", "true")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowUp")
    chosen = options.nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(visit.search).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    label = chosen.locator(".match-label").inner_text().split(" · ")[0]
    keyboard.press("Enter")
    expect(visit.search).to_have_value("")
    card = visit.page.get_by_role("article")
    expect(card).to_have_count(1)
    expect(card.get_by_role("heading", level=3)).to_have_text(label)
    expect(card.get_by_role("radio", name="Yes", exact=True)).to_be_focused()
    keyboard.press("ArrowRight")
    expect(card.get_by_role("radio", name="No", exact=True)).to_be_checked()


def test_no_match_is_said(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    visit.add("zzzz")
    expect(visit.page.get_by_text("Nothing is known by that name.")).to_be_visible()
    expect(visit.page.get_by_role("article")).to_have_count(0)


def test_a_finding_has_three_states(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    visit.add("low back pain")
    card = visit.card("low back pain")
    severity, side = card.get_by_label("Severity"), card.get_by_label("Side")
    severity.fill("4")
    side.select_option("Left")

    case, _ = visit.assess()
    stated = {"finding": "LowBackPain", "status": "present", "laterality": "Left", "severity": 4}
    assert case["findings"] == [stated]

    card.get_by_role("radio", name="No", exact=True).check()
    expect(severity).to_be_hidden()
    expect(side).to_be_visible()
    expect(visit.page.get_by_text("The form has changed since this report.")).to_be_visible()
    case, _ = visit.assess()
    assert case["findings"] == [{"finding": "LowBackPain", "status": "absent", "laterality": "Left"}]

    card.get_by_role("radio", name="Not asked", exact=True).check()
    expect(side).to_be_hidden()
    case, answer = visit.assess()
    assert case["findings"] == []
    assert answer["triage"]["level"] == "NotEnoughAsked"
    expect(visit.triage).to_have_attribute("data-level", "NotEnoughAsked")

    card.get_by_role("radio", name="Yes", exact=True).check()
    case, _ = visit.assess()
    assert case["findings"] == [stated]


def test_a_bad_number_shows_its_issue_at_its_field(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    visit.add("low back pain")
    severity, age = visit.card("low back pain").get_by_label("Severity"), visit.age
    severity.fill("11")
    age.fill("forty")
    _, answer = visit.assess()
    assert {issue["path"] for issue in answer["issues"]} == {"/age", "/findings/0/severity"}
    for field, issue in ((age, answer["issues"][0]), (severity, answer["issues"][1])):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(f"{issue['message']} {issue['remedy']}")
        expect(visit.page.locator(f"#{field.get_attribute('aria-describedby')}")).to_be_visible()
        listed = visit.report.get_by_role("listitem").filter(has_text=issue["message"])
        listed.get_by_role("button", name="Go to the field").click()
        expect(field).to_be_focused()
    expect(visit.page.get_by_label("Setting")).not_to_have_attribute("aria-invalid", "true")

    severity.fill("4")
    age.fill("40")
    visit.assess()
    for field in (age, severity):
        expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(visit.page.locator(".issue:visible")).to_have_count(0)
    expect(visit.triage).to_be_visible()


def test_nothing_is_stored(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    visit.assess_example("Leg pain after rowing")
    assert visit.page.context.storage_state() == {"cookies": [], "origins": []}
    visit.page.reload()
    expect(visit.age).to_have_value("")
    expect(visit.page.get_by_role("article")).to_have_count(0)
