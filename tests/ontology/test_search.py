"""Search finds the term that people mean: by its names, by synonyms, and in spite of a slip."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.ontology.search import TermSearch
from tests.conftest import ROOT

PHRASES = ROOT / "tests" / "cases" / "finding_phrases.tsv"
WANTED_RATE = 0.85


@pytest.fixture(scope="module")
def search(engine: Engine) -> TermSearch:
    return TermSearch(engine.terms, engine.lookup.assertable(v.FINDING))


def _phrases() -> list[tuple[str, str]]:
    with PHRASES.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["phrase"], row["term"]) for row in rows]


def test_what_people_report_is_among_the_first_three(search: TermSearch, measured: Callable[[str], None]) -> None:
    phrases = _phrases()
    assert len(phrases) > 350
    found = [term in {hit.term.local_name for hit in search.find(phrase, 3)} for phrase, term in phrases]
    measured(f"{sum(found)} of {len(found)} finding phrases are among the first three by search alone")
    assert sum(found) / len(found) >= WANTED_RATE


def test_every_phrase_has_a_fitting_term(engine: Engine) -> None:
    known = {iri.local_name for iri in engine.knowledge.ontology.classes}
    assert [(phrase, term) for phrase, term in _phrases() if term not in known] == []


def test_a_label_finds_its_own_term_first(search: TermSearch, engine: Engine) -> None:
    for iri in sorted(engine.lookup.assertable(v.FINDING))[::7]:
        assert search.find(engine.terms.label(iri), 1)[0].score == pytest.approx(1)


def test_a_slip_of_the_pen_is_forgiven(search: TermSearch) -> None:
    assert "SaddleAnaesthesia" in {hit.term.local_name for hit in search.find("sadle anaesthesia", 3)}


def test_nothing_known_finds_nothing(search: TermSearch) -> None:
    assert search.find("zzzz qqqq") == ()
