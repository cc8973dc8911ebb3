"""The page in a browser: it needs no other host, runs no foreign script, says what it is and fits a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.browser.visit import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Route

STRUCK = '<b class="struck">x</b><img class="struck" src="/struck"><script class="struck">struck = 1</script>'
PLACES = ("on opening", "with a report", "unfolded", "searching", "refused")


def test_it_loads_without_a_fault(visit: Visit, expect: Callable[..., Any]) -> None:
    """That no error, violation or foreign request came up is held at the end of every visit."""
    visit.open()
    expect(visit.page).to_have_title("Lumbarkg")
    for heading in ("Person", "Warning signs", "Findings", "Exercises done", "The report will stand here"):
        expect(visit.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    loaded = {address.removeprefix(visit.address) for address in visit.requests}
    assert {"/", "/static/style.css", "/static/app.js", "/api/v1/form"} <= loaded


def test_a_foreign_script_does_not_run_unseen(visit: Visit) -> None:
    """The policy holds in the browser, and a visit notices what breaks it."""

    def smuggle(route: Route) -> None:
        response = route.fetch()
        scripts = '<script>struck = 1</script><script src="https://example.org/struck.js"></script>'
        route.fulfill(response=response, body=response.text().replace("</head>", f"{scripts}</head>"))

    visit.page.route(f"{visit.address}/", smuggle)
    visit.open()
    assert visit.page.evaluate("typeof struck") == "undefined"
    for noticed in ("violates script-src-elem: inline", "violates script-src-elem: https://example.org/struck.js"):
        assert f"error: {noticed}" in visit.faults
    visit.faults.clear()


def test_the_disclaimer_is_in_view(visit: Visit, expect: Callable[..., Any]) -> None:
    visit.open()
    notice = visit.page.get_by_role("banner").get_by_text("Not a medical device.")
    expect(notice).to_be_in_viewport()
    _, answer = visit.assess_example("Soreness after deadlifts")
    expect(notice).to_be_in_viewport()
    assert "Not a medical device" in answer["disclaimer"]
    expect(visit.report.get_by_text(answer["disclaimer"], exact=True)).to_be_visible()


def struck(value: Any) -> Any:
    """A document with markup behind every text in it."""
    if isinstance(value, dict):
        return {key: struck(each) for key, each in value.items()}
    if isinstance(value, list):
        return [struck(each) for each in value]
    return f"{value}{STRUCK}" if isinstance(value, str) else value


def struck_labels(value: Any) -> Any:
    """A document with markup behind what is shown of each term; its names stay as they are."""
    if isinstance(value, dict):
        shown = ("label", "question", "definition", "synonyms", "title", "kind")
        return {key: struck(each) if key in shown else struck_labels(each) for key, each in value.items()}
    return [struck_labels(each) for each in value] if isinstance(value, list) else value


def answer_with(visit: Visit, path: str, change: Callable[[Any], Any]) -> None:
    def manipulate(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=json.dumps(change(response.json())))

    visit.page.route(lambda address: urlsplit(address).path == path, manipulate)


def assert_not_struck(visit: Visit, expect: Callable[..., Any]) -> None:
    expect(visit.page.locator(".struck")).to_have_count(0)
    assert visit.page.evaluate("typeof struck") == "undefined"
    assert not [address for address in visit.requests if address.endswith("/struck")]


@pytest.mark.parametrize("case", ["soreness", "emergency", "refused"])
def test_markup_in_an_answer_stays_text(case: str, visit: Visit, expect: Callable[..., Any]) -> None:
    answer_with(visit, "/api/v1/assessments", struck)
    visit.open()
    if case == "refused":
        visit.add("fever")
        visit.card("fever").get_by_label("Severity").fill("11")
        visit.assess()
    else:
        visit.assess_example("Saddle numbness" if case == "emergency" else "Soreness after deadlifts")
    visit.unfold()
    expect(visit.report).to_contain_text(STRUCK)
    assert_not_struck(visit, expect)


def test_markup_in_the_form_stays_text(visit: Visit, expect: Callable[..., Any]) -> None:
    answer_with(visit, "/api/v1/form", struck_labels)
    visit.open()
    visit.page.get_by_role("button", name="Add an exercise").click()
    visit.add("low back pain")
    expect(visit.page.get_by_role("article")).to_have_count(2)
    visit.search.fill("fever")
    expect(visit.page.get_by_role("listbox", name="Search findings")).to_contain_text(STRUCK)
    assert_not_struck(visit, expect)
    visit.assess()
    visit.unfold()
    assert_not_struck(visit, expect)


@pytest.mark.parametrize("width", [320, 390])
def test_it_fits_a_phone(width: int, visit: Visit, expect: Callable[..., Any]) -> None:
    visit.page.set_viewport_size({"width": width, "height": 740})
    visit.open()
    widths = {"on opening": page_width(visit)}
    visit.assess_example("Leg pain after rowing")
    expect(visit.triage.get_by_role("heading", level=2)).to_be_in_viewport()
    widths["with a report"] = page_width(visit)
    visit.unfold()
    widths["unfolded"] = page_width(visit)
    visit.search.fill("pain")
    expect(visit.page.get_by_role("listbox", name="Search findings")).to_be_visible()
    widths["searching"] = page_width(visit)
    visit.age.fill("forty")
    visit.assess()
    widths["refused"] = page_width(visit)
    assert widths == dict.fromkeys(PLACES, width)


def page_width(visit: Visit) -> int:
    found: int = visit.page.evaluate("document.documentElement.scrollWidth")
    return found
