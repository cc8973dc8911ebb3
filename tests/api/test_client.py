"""The client asks a real server, and gives what that answers as typed values."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

from lumbarkg.client import Client, ProblemError, StoredCase, Written
from lumbarkg.resources import release_dir
from tests.web.served import Served

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


def test_a_case_goes_through_its_life(api: Client) -> None:
    case_id = uuid.uuid4()
    new = api.cases.put(case_id, CASE, only_new=True)
    assert (new.case_id, new.revision, new.is_new) == (case_id, 1, True)
    later = {**CASE, "age": 61}
    assert api.cases.put(case_id, later, replacing=1) == Written(case_id, 2, is_new=False)
    for refused in (lambda: api.cases.put(case_id, CASE, replacing=1), lambda: api.cases.delete(case_id, replacing=1)):
        with pytest.raises(ProblemError) as lost:
            refused()
        assert (lost.value.status, lost.value.kind) == (412, "precondition-failed")
    assert api.cases.get(case_id) == StoredCase(case_id, 2, later)
    assert api.cases.get(str(case_id), revision=1).case == CASE
    assert [r.revision for r in api.cases.revisions(case_id)] == [1, 2]
    assert "PatientCase" in api.cases.get_rdf(case_id)
    assert json.loads(api.cases.get_rdf(case_id, "application/ld+json"))
    api.cases.delete(case_id, replacing=2)
    with pytest.raises(ProblemError) as gone:
        api.cases.get(case_id)
    assert (gone.value.status, gone.value.kind) == (404, "unknown-case")


def test_what_is_concluded_from_a_stored_case_is_what_is_concluded_from_a_sent_one(api: Client) -> None:
    case_id = api.cases.add(CASE).case_id
    sent = api.assess(CASE)
    assert api.cases.assess(case_id).hypotheses == sent.hypotheses
    assert api.cases.assess(case_id, view="compact").level == sent.level
    name = sent.hypotheses[0].condition
    assert api.cases.explain(case_id, name, limit=3) == api.explain(CASE, name, 3)
    assert api.cases.explain_absence(case_id, "DiscHerniation") == api.explain_absence(CASE, "DiscHerniation")
    assert api.cases.next_questions(case_id) == api.next_questions(CASE)


def test_it_lists_and_counts_cases(served: Served, address: str) -> None:
    with Client(address, served.token(f"t{uuid.uuid4().hex[:8]}")) as api:
        ids = {api.cases.add(CASE).case_id for _ in range(5)}
        assert {case.case_id for case in api.cases.list_all(limit=2)} == ids
        assert list(api.cases.list_all(modifiedBefore="2020-01-01T00:00:00Z")) == []
        counts = api.cases.count()
        assert (counts.size, counts.is_whole, sum(counts.levels.values())) == (5, True, 5)
        assert set(counts.findings.values()) == {5}


def test_the_client_has_a_method_for_every_operation_on_stored_cases(api: Client, address: str) -> None:
    with urlopen(f"{address}/openapi.json") as answer:  # our own server
        document = json.load(answer)
    described = {
        o["operationId"] for item in document["paths"].values() for o in item.values() if o["tags"] == ["cases"]
    }
    offered = {
        "putCase": api.cases.put,
        "postCase": api.cases.add,
        "deleteCase": api.cases.delete,
        "getCase": api.cases.get,
        "getRevision": api.cases.get,
        "listRevisions": api.cases.revisions,
        "listCases": api.cases.list_all,
        "countCases": api.cases.count,
        "assessStoredCase": api.cases.assess,
        "getStoredQuestions": api.cases.next_questions,
        "explainStored": api.cases.explain,
        "explainStoredAbsence": api.cases.explain_absence,
    }
    assert described == set(offered)


def test_it_refuses_an_address_that_is_none() -> None:
    with pytest.raises(ValueError, match="no address"):
        Client("localhost:8000")
