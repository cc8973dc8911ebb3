"""The client asks a real server, and gives what that answers as typed values."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from lumbarkg.client import Client, ProblemError
from lumbarkg.resources import release_dir

CASE = json.loads((release_dir() / "examples" / "soreness-after-deadlifts.json").read_text("utf-8"))


@pytest.fixture
def api(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


def test_it_assesses(api: Client) -> None:
    full, compact = api.assess(CASE), api.assess(CASE, view="compact")
    assert full.hypotheses == compact.hypotheses
    assert full.hypotheses[0].condition == "DelayedOnsetMuscleSoreness"
    low, high = full.hypotheses[0].interval
    assert low <= full.hypotheses[0].probability <= high
    assert full.level == "NotEnoughAsked"
    assert full.json["nextQuestions"]
    assert api.assess(CASE, sensitivity=True).json["sensitivity"] is not None


def test_it_assesses_a_batch_line_by_line(api: Client) -> None:
    lines = list(api.assess_batch([CASE, {"findings": [{"finding": "Fevr"}]}, CASE]))
    assert [line.line for line in lines] == [1, 2, 3]
    assert lines[0].assessment == lines[2].assessment
    assert lines[1].assessment is None
    assert lines[1].problem is not None


def test_it_explains_and_asks(api: Client) -> None:
    name = api.assess(CASE).hypotheses[0].condition
    assert api.explain(CASE, name)["suggested"] is True
    assert "missing" in api.explain_absence(CASE, "DiscHerniation")
    assert api.next_questions(CASE)["questions"]


def test_it_reads_resources(api: Client) -> None:
    thing = api.get("conditions", "slipped disc")
    assert (thing.name, thing.kind) == ("DiscHerniation", "conditions")
    assert "SitUp" in {mention.name for mention in thing.incoming["aggravates"]}
    assert api.get("conditions", "slipped disc") == thing  # the second time by its ETag
    assert api.search("deadlft")[0].name == "Deadlift"
    assert len(list(api.list_all("technique-faults", limit=5))) == api.list_page("technique-faults").total
    assert api.ask("findings", "LegNumbness", "causes", limit=3)[0]["condition"]["@id"]
    assert api.query("loads-of-an-exercise", exercise="Deadlift")["results"]["bindings"]


def test_it_reads_a_row_by_its_iri(api: Client) -> None:
    row = api.list_page("evidence", limit=1).items[0]
    assert api.get("evidence", row["@id"]).name == row["name"]


def test_it_raises_every_issue_of_a_problem(api: Client) -> None:
    with pytest.raises(ProblemError) as refused:
        api.assess({"findings": [{"finding": "Fevr"}], "age": 300})
    assert (refused.value.status, refused.value.kind) == (422, "invalid-case")
    assert {issue.path for issue in refused.value.issues} == {"/findings/0/finding", "/age"}


def test_it_refuses_an_address_that_is_none() -> None:
    with pytest.raises(ValueError, match="no address"):
        Client("localhost:8000")
