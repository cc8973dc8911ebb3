"""The SPARQL form in a browser: an example is asked and answered, and prefixes are put in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.browser.visit import Visit


def test_an_example_is_answered(visit: Visit, expect: Callable[..., Any]) -> None:
    page = visit.page
    page.goto(f"{visit.address}/sparql")
    expect(page.get_by_role("heading", name="SPARQL", exact=True)).to_be_visible()
    expect(page.get_by_text("Not a medical device.")).to_be_visible()
    page.get_by_label("Example").select_option(label="Claims and where they stand")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text("52 rows.")
    expect(page.get_by_role("columnheader")).to_have_text(["claim", "text", "stance"])
    expect(page.get_by_role("link", name="lkg:ClaimA01")).to_have_attribute("href", "/lumbarkg/ClaimA01")


def test_prefixes_are_inserted_where_they_are_used(visit: Visit, expect: Callable[..., Any]) -> None:
    page = visit.page
    page.goto(f"{visit.address}/sparql")
    query = page.get_by_label("Query")
    query.fill("SELECT * { ?s rdfs:label ?l } LIMIT 3")
    page.get_by_role("button", name="Insert prefixes").click()
    expect(query).to_have_value(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nSELECT * { ?s rdfs:label ?l } LIMIT 3"
    )
    query.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="rows")).to_have_text("3 rows.")
