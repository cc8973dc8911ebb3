"""The reference in a browser: its search leads to a term, and its pages fit a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.visit import Visit


def test_a_synonym_leads_to_its_term(visit: Visit, expect: Callable[..., Any]) -> None:
    page = visit.page
    page.goto(f"{visit.address}/")
    page.get_by_role("link", name="Browse the terms").click()
    search = page.get_by_role("combobox", name="Search the terms")
    search.fill("slipped disc")
    option = page.get_by_role("option", name="lumbar disc herniation")
    expect(option).to_be_visible()
    expect(option).to_have_attribute("aria-selected", "true")
    search.press("Enter")
    expect(page).to_have_url(f"{visit.address}/lumbarkg/DiscHerniation")
    expect(page.get_by_role("heading", name="lumbar disc herniation", exact=True)).to_be_visible()


def test_the_search_says_when_nothing_fits_and_closes(visit: Visit, expect: Callable[..., Any]) -> None:
    page = visit.page
    page.goto(f"{visit.address}/lumbarkg/")
    search = page.get_by_role("combobox", name="Search the terms")
    search.fill("xyzzy")
    expect(page.get_by_text("No term has these words.")).to_be_visible()
    search.press("Enter")
    search.press("Escape")
    expect(search).to_have_attribute("aria-expanded", "false")
    expect(page).to_have_url(f"{visit.address}/lumbarkg/")


@pytest.mark.parametrize(
    "name", ["", "DiscHerniation", "PatientCase", "hasFinding", "ClaimA37", "evidence/F001", "reference/SourceArticle"]
)
def test_a_page_fits_a_phone(name: str, visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 360, "height": 740})
    visit.page.goto(f"{visit.address}/lumbarkg/{name}")
    visit.unfold()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
