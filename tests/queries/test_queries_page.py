"""``docs/queries.md`` is current, and names every query."""

from __future__ import annotations

from lumbarkg.sparql.library import read_library
from lumbarkg.sparql.queries_page import queries_page
from tests.conftest import ROOT

LIBRARY = read_library(ROOT / "queries" / "api")


def test_the_page_is_the_one_that_make_docs_writes() -> None:
    assert (ROOT / "docs" / "queries.md").read_text("utf-8") == queries_page(LIBRARY.values()), "run make docs"


def test_every_query_has_a_section() -> None:
    page = queries_page(LIBRARY.values())
    assert len(LIBRARY) >= 70
    for query in LIBRARY.values():
        assert f"\n### {query.name}\n" in page
        assert all(f"`{parameter.name}`" in page for parameter in query.parameters)
