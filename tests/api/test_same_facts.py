"""REST and the named query give the same facts: plain JSON read as JSON-LD is the graph that SPARQL constructs."""

from __future__ import annotations

import random
import re
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from lumbarkg import vocabulary as v
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.catalogue.kinds import KINDS, Kind
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import Literal, Triple

EACH = 6
CLASS_KINDS = {kind.name for kind in KINDS if kind.has_classes}
_NUMBERS = (v.XSD_DECIMAL, v.XSD_INTEGER, f"{v.XSD}double")


@pytest.fixture(scope="module")
def catalogue(client: FlaskClient) -> Catalogue:
    found: Catalogue = client.application.extensions["catalogue"]
    return found


def _facts(content: bytes, syntax: Syntax) -> set[tuple[Any, ...]]:
    """Triples, numbers by their value: JSON has one kind of number."""
    return {(t.subject, t.predicate, _value(t)) for t in parse(content, syntax)}


def _value(triple: Triple) -> Any:
    term = triple.object
    if isinstance(term, Literal) and term.datatype in _NUMBERS:
        return float(Decimal(term.value))
    return term


def _linked(client: FlaskClient, link: str, accept: str) -> bytes:
    found = re.search(r'<([^>]+)>; rel="alternate"', link)
    assert found
    answer = client.get(found[1], headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return answer.data


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_thing_states_what_its_query_constructs(client: FlaskClient, catalogue: Catalogue, kind: Kind) -> None:
    members = list(catalogue.members(kind))
    for iri in random.Random(7).sample(members, min(EACH, len(members))):  # noqa: S311 # drawn, not secret
        rest = client.get(f"/api/v1/{kind.name}/{iri.local_name}")
        assert rest.status_code == 200
        sparql = _linked(client, rest.headers["Link"], "application/n-triples")
        assert _facts(rest.data, Syntax.JSON_LD) == _facts(sparql, Syntax.N_TRIPLES), iri


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k.name in ("technique-faults", "claims", "red-flags")], ids=lambda k: k.name
)
def test_a_list_states_what_its_query_constructs(client: FlaskClient, kind: Kind) -> None:
    facts: set[tuple[Any, ...]] = set()
    address, link = f"/api/v1/{kind.name}?limit=20", ""
    while address:
        page = client.get(address)
        facts |= _facts(page.data, Syntax.JSON_LD)
        link = page.headers["Link"]
        following = re.search(r'<([^>]+)>; rel="next"', link)
        address = following[1] if following else ""
    assert facts == _facts(_linked(client, link, "application/n-triples"), Syntax.N_TRIPLES)


def test_a_question_gives_the_rows_of_its_query(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    asked = 0
    for kind in KINDS:
        for topic in kind.topics:
            operation = document["paths"][f"/api/v1/{kind.name}/{{term}}/{topic.name}"]["get"]
            term = next(p["example"] for p in operation["parameters"] if p["name"] == "term")
            rest = client.get(f"/api/v1/{kind.name}/{term}/{topic.name}?limit=1000")
            rows = client.get(
                f"/api/v1/queries/{topic.query}", query_string={topic.parameter: term, "limit": 1000, "format": "json"}
            ).json
            columns = rows["head"]["vars"]
            bound = [{c: _plain(row[c]) for c in columns if c in row} for row in rows["results"]["bindings"]]
            assert [{c: _simple(x) for c, x in item.items()} for item in rest.json["items"]] == bound
            assert f"/{topic.query}.rq>" in rest.headers["Link"]
            asked += 1
    assert asked > 40


WORDS = ["pain", "disc", "herniation", "muscle", "lift", "fever", "numbness", "lumbar", "bend", "urine"]


@pytest.mark.parametrize("word", WORDS)
def test_a_search_links_the_nearest_query_as_no_more_than_related(client: FlaskClient, word: str) -> None:
    """What it finds by a label or synonym of a class that holds the word, the query finds too, among other things."""
    found = client.get("/api/v1/search", query_string={"q": word, "limit": 50})
    assert set(re.findall(r'rel="([^"]+)"', found.headers["Link"])) == {"related"}
    rows, address = set(), re.findall(r"<([^>]+)>", found.headers["Link"])[1]
    answer = client.get(f"{address}&limit=1000&format=json")
    assert 'rel="next"' not in answer.headers["Link"]
    rows = {row["term"]["value"] for row in answer.json["results"]["bindings"]}
    assert rows
    hits = [hit for hit in found.json["items"] if hit["matchedAs"] in ("label", "synonym")]
    classes = [hit for hit in hits if word in hit["matched"].casefold() and hit["kind"] in CLASS_KINDS]
    assert classes
    assert {hit["@id"] for hit in classes} <= rows


def _plain(binding: dict[str, str]) -> Any:
    if binding.get("datatype") in _NUMBERS:
        return float(Decimal(binding["value"]))
    if binding.get("datatype") == v.XSD_BOOLEAN:
        return binding["value"] == "true"
    return binding["value"]


def _simple(value: Any) -> Any:
    if isinstance(value, dict):
        return value["@id"]
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
