"""Why, and why not, over HTTP: what is said can be checked by sending it back."""

from __future__ import annotations

from typing import Any

import pytest
import rdflib
from flask.testing import FlaskClient

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine

WHY, WHY_NOT = "/api/v1/assessments/why", "/api/v1/assessments/why-not"
PROV = rdflib.Namespace(v.PROV)
SORENESS = {
    "age": 34,
    "exposures": [{"exercise": "Deadlift", "unaccustomed": True, "hoursBeforeOnset": 18}],
    "findings": [
        {"finding": "LowBackPain", "character": "Dull", "hoursAfterExercise": 18, "durationHours": 30},
        {"finding": "LegNumbness", "status": "absent"},
    ],
}
CONDITION = "DelayedOnsetMuscleSoreness"


def ask(client: FlaskClient, address: str, status: int = 200, **body: Any) -> Any:
    response = client.post(address, json=body)
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json()


def merged(case: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    lists = {key: [*case.get(key, []), *added.get(key, [])] for key in ("findings", "exposures")}
    return {**case, **{k: value for k, value in added.items() if k not in lists}, **lists}


def test_a_suggestion_is_justified_with_axioms_and_in_words(client: FlaskClient) -> None:
    found = ask(client, WHY, case=SORENESS, condition=CONDITION)
    assert found["suggested"]
    assert found["complete"]
    assert len(found["justifications"]) > 1
    for one in found["justifications"]:
        assert any("suggests some 'delayed onset muscle soreness'" in a["axiom"] for a in one["axioms"])
        assert any("EquivalentTo 'patient case' and" in a["axiom"] for a in one["axioms"])
        assert one["words"][-2].endswith("suggests delayed onset muscle soreness.")
        assert len(one["words"]) == len(one["assertions"]) + len(one["axioms"]) + 1
    assert any("A15" in a["claims"] for one in found["justifications"] for a in one["axioms"])
    assert "Not a medical device" in found["disclaimer"]
    assert found["reasoning"]["complete"] is True


def test_every_fact_of_a_justification_is_in_the_case(client: FlaskClient) -> None:
    found = ask(client, WHY, case=SORENESS, condition=CONDITION)
    said = {fact for one in found["justifications"] for fact in one["assertions"]}
    assert "low back pain: hours after exercise 18" in said
    assert not any("leg numbness" in fact for fact in said)


def test_without_what_a_single_justification_needs_nothing_is_suggested(client: FlaskClient) -> None:
    case = {"findings": [{"finding": "LowBackPain", "character": "Dull", "hoursAfterExercise": 18}]}
    found = ask(client, WHY, case=case, condition=CONDITION)
    assert len(found["justifications"]) == 1
    less = {"findings": [{"finding": "LowBackPain", "character": "Dull"}]}
    assert not ask(client, WHY, case=less, condition=CONDITION)["suggested"]


def test_what_argues_against_is_told_apart(client: FlaskClient) -> None:
    case = {"findings": [{"finding": "LowBackPain", "hoursAfterExercise": 60}]}
    found = ask(client, WHY, case=case, condition=CONDITION)
    assert found["justificationsAgainst"]
    assert all(one["words"][-1].endswith("is argued against.") for one in found["justificationsAgainst"])


def test_a_limit_is_kept_and_said(client: FlaskClient) -> None:
    found = ask(client, WHY, case=SORENESS, condition=CONDITION, limit=1)
    assert len(found["justifications"]) == 1
    assert not found["complete"]


def test_the_reasons_are_prov(client: FlaskClient) -> None:
    body = {"case": SORENESS, "condition": CONDITION}
    response = client.post(WHY, json=body, headers={"Accept": "text/turtle"})
    assert response.mimetype == "text/turtle"
    graph = rdflib.Graph().parse(data=response.get_data(), format="turtle")
    asked = graph.query(
        """SELECT ?condition (COUNT(DISTINCT ?why) AS ?n) WHERE {
             ?entailed rdf:predicate lkg:suggests ; rdf:object ?condition ; prov:wasDerivedFrom ?why ;
                       prov:wasGeneratedBy/lkg:engine ?engine .
             ?why prov:hadMember ?axiom, ?fact . ?axiom a lkg:Axiom ; prov:value ?text . ?fact a lkg:AssertedFact
           } GROUP BY ?condition"""
    )
    rows = [(str(row.condition), int(row.n)) for row in asked]
    expected = len(ask(client, WHY, **body)["justifications"])
    assert rows == [(f"{v.LKG}{CONDITION}", expected)]


def test_each_missing_set_works_when_sent_back(client: FlaskClient) -> None:
    condition = "LumbarRadiculopathy"
    found = ask(client, WHY_NOT, case=SORENESS, condition=condition)
    assert not found["suggested"]
    assert found["missing"]
    assert found["patterns"]
    for one in found["missing"]:
        again = ask(client, WHY, case=merged(SORENESS, one["add"]), condition=condition)
        assert again["suggested"], one
        assert "would be suggested" in one["words"]


def test_what_is_suggested_lacks_nothing(client: FlaskClient) -> None:
    found = ask(client, WHY_NOT, case=SORENESS, condition=CONDITION)
    assert found["suggested"]
    assert found["missing"] == []
    assert "suggests delayed onset muscle soreness as it is" in found["words"]


def test_what_the_case_states_otherwise_is_named(client: FlaskClient) -> None:
    case = {"sex": "female", "findings": [{"finding": "LowBackPain"}]}
    found = ask(client, WHY_NOT, case=case, condition="AcuteProstatitis")
    assert found["missing"] == []
    assert "male" in found["ruledOut"][0]["words"]
    assert "rules out every pattern" in found["words"]


def test_missing_sets_are_prov_too(client: FlaskClient) -> None:
    body = {"case": SORENESS, "condition": "LumbarRadiculopathy"}
    response = client.post(WHY_NOT, json=body, headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=response.get_data(), format="turtle")
    completions = set(graph.objects(None, rdflib.URIRef(f"{v.LKG}completion")))
    assert len(completions) == len(ask(client, WHY_NOT, **body)["missing"])
    assert all((one, PROV.wasGeneratedBy, None) in graph for one in completions)


@pytest.mark.parametrize("address", [WHY, WHY_NOT])
def test_bad_input_is_told_all_at_once(client: FlaskClient, address: str) -> None:
    body = {"case": {"findings": [{"finding": "Fver"}]}, "condition": "Sciatca", "limt": 3, "limit": 0}
    found = ask(client, address, 422, **body)
    assert [issue["path"] for issue in found["issues"]] == ["/limt", "/condition", "/limit", "/case/findings/0/finding"]
    assert "limit" in found["issues"][0]["remedy"]
    assert all(issue["remedy"] for issue in found["issues"])


@pytest.mark.parametrize("address", [WHY, WHY_NOT])
@pytest.mark.parametrize("body", ["[]", "{}", '{"case": {"findings": []}}', '{"condition": "Sciatica", "case": 3}'])
def test_what_is_no_question_is_refused(client: FlaskClient, address: str, body: str) -> None:
    response = client.post(address, data=body, content_type="application/json")
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["issues"]


@pytest.mark.parametrize("address", [WHY, WHY_NOT])
def test_a_contradictory_case_is_refused_with_its_triage(client: FlaskClient, address: str) -> None:
    findings = [{"finding": "SaddleAnaesthesia"}, {"finding": "SaddleAnaesthesia", "status": "absent"}]
    found = ask(client, address, 422, case={"findings": findings}, condition="CaudaEquinaSyndrome")
    assert found["triage"]["level"] == "Emergency"


def test_a_label_names_a_condition(client: FlaskClient, engine: Engine) -> None:
    label = engine.terms.label(engine.terms.prefixes.expand(f"lkg:{CONDITION}"))
    by_label = ask(client, WHY, case=SORENESS, condition=label)
    assert by_label == ask(client, WHY, case=SORENESS, condition=f"lkg:{CONDITION}")
