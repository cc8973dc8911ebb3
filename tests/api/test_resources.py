"""Resources: a thing by any of its names, lists in pages, search, languages, validators."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.catalogue.kinds import KINDS
from lumbarkg.catalogue.typeahead import Name, Typeahead
from lumbarkg.identifiers import Iri


@pytest.fixture(scope="module")
def catalogue(client: FlaskClient) -> Catalogue:
    found: Catalogue = client.application.extensions["catalogue"]
    return found


def _get(client: FlaskClient, address: str, status: int = 200, **headers: str) -> Any:
    found = client.get(address, headers=headers)
    assert found.status_code == status, found.text
    return found


@pytest.mark.parametrize(
    "written",
    [
        "DiscHerniation",
        "lkg:DiscHerniation",
        "https%3A%2F%2Fw3id.org%2Flumbarkg%2FDiscHerniation",
        "lumbar%20disc%20herniation",
        "slipped%20disc",
        "icd10cm:M51.16",
        "ICD10CM:M51.16",
    ],
)
def test_a_thing_is_found_by_any_of_its_names(client: FlaskClient, written: str) -> None:
    found = _get(client, f"/api/v1/conditions/{written}")
    assert found.json["name"] == "DiscHerniation"
    assert found.headers["Content-Location"] == "/api/v1/conditions/DiscHerniation"


def test_every_thing_is_found_by_its_name_and_iri(catalogue: Catalogue) -> None:
    found = 0
    for kind in KINDS:
        for iri in catalogue.members(kind):
            assert catalogue.resolve(iri, kind) == iri
            found += catalogue.resolve(iri.local_name, kind) == iri
    assert found > 2500


def test_a_name_that_is_near_or_of_another_kind_says_where_to_look(client: FlaskClient) -> None:
    near = _get(client, "/api/v1/conditions/DiscHerniaton", 404).json
    assert "lkg:DiscHerniation" in near["issues"][0]["remedy"]
    other = _get(client, "/api/v1/findings/Deadlift", 404).json
    assert "/api/v1/exercises/Deadlift" in other["issues"][0]["remedy"]


@pytest.mark.parametrize("sort", ["name", "-name", "label", "-label"])
def test_pages_give_everything_once_and_in_order(client: FlaskClient, catalogue: Catalogue, sort: str) -> None:
    seen, cursor = [], ""
    while True:
        page = _get(client, f"/api/v1/anatomy?limit=60&sort={sort}" + (f"&cursor={cursor}" if cursor else "")).json
        seen += page["items"]
        cursor = page["next"]
        if not cursor:
            break
    names = [item["name"] for item in seen]
    assert sorted(names) == sorted(iri.local_name for iri in catalogue.members(KINDS[3]))
    keys = [item["name"] if sort.endswith("name") else item.get("label", item["name"]).casefold() for item in seen]
    assert keys == sorted(keys, reverse=sort.startswith("-"))


def test_filters_hold_together(client: FlaskClient) -> None:
    rows = _get(client, "/api/v1/evidence?related=FootDrop&status=judgement").json
    assert rows["total"] > 0
    assert {item["status"] for item in rows["items"]} == {"judgement"}
    below = _get(client, "/api/v1/conditions?under=MuscleStrain").json
    assert {"MuscleStrain", "ErectorSpinaeStrain"} <= {item["name"] for item in below["items"]}


def test_every_wrong_parameter_is_named_at_once(client: FlaskClient) -> None:
    issues = _get(client, "/api/v1/conditions/DiscHerniation?fields=lable&expand=parent&limt=1&lang=1", 400).json[
        "issues"
    ]
    assert {issue["path"] for issue in issues} == {"/fields", "/expand", "/limt", "/lang"}
    assert "'label'" in next(issue["remedy"] for issue in issues if issue["path"] == "/fields")


def test_fields_and_expand(client: FlaskClient) -> None:
    found = _get(client, "/api/v1/conditions/DiscHerniation?fields=label,parents&expand=parents").json
    assert set(found) == {"@context", "@id", "name", "curie", "kind", "label", "parents"}
    assert all("definition" in parent for parent in found["parents"])


def test_a_language_that_is_not_there_falls_back_and_says_so(client: FlaskClient) -> None:
    found = _get(client, "/api/v1/conditions/DiscHerniation?lang=de").json
    assert found["label"] == "lumbar disc herniation"
    assert found["@context"]["label"]["@language"] == "en"


def test_an_answer_is_revalidated_by_its_etag(client: FlaskClient) -> None:
    found = _get(client, "/api/v1/exercises/Deadlift")
    tag = found.headers["ETag"]
    again = _get(client, "/api/v1/exercises/Deadlift", 304, **{"If-None-Match": f'"other", W/{tag}'})
    assert again.data == b""
    assert again.headers["ETag"] == tag
    other = _get(client, "/api/v1/exercises/Deadlift", Accept="text/turtle")
    assert other.headers["ETag"] != tag
    assert other.mimetype == "text/turtle"
    _get(client, "/api/v1/exercises/Deadlift", 406, Accept="image/png")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("deadl", "Deadlift"),
        ("deadlft", "Deadlift"),
        ("slipped dis", "DiscHerniation"),
        ("icd10cm:G83.4", "CaudaEquinaSyndrome"),
    ],
)
def test_search_finds_while_typing_and_forgives(client: FlaskClient, typed: str, first: str) -> None:
    found = _get(client, f"/api/v1/search?q={typed}").json
    assert found["items"][0]["name"] == first
    scores = [item["score"] for item in found["items"]]
    assert scores == sorted(scores, reverse=True)


def test_every_label_is_found_first_or_shares_its_score(catalogue: Catalogue) -> None:
    for kind in KINDS[:2]:
        for iri in catalogue.members(kind)[::10]:
            label = catalogue.facts.terms.label(iri)
            hits = catalogue.typeahead.find(label, 10)
            assert iri in {hit.thing for hit in hits if hit.score == hits[0].score}, label


def test_a_search_for_no_word_finds_nothing() -> None:
    typeahead = Typeahead([Name(Iri("urn:a"), "one two", "label")])
    assert typeahead.find("", 5) == ()
    assert typeahead.find("-- !", 5) == ()
    assert [hit.thing for hit in typeahead.find("tw on", 5)] == ["urn:a"]
