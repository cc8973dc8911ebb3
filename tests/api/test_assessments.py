"""Assessments over HTTP: the same case in three forms, the same figures in two views, many cases in their order."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.wsgi import FileWrapper

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, read_case
from lumbarkg.case_documents import read_rdf_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.case_json import draft_case
from lumbarkg.issues import Issue
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import BNode, Graph, Triple
from lumbarkg.resources import release_dir

CASES = [json.loads(file.read_text("utf-8")) for file in sorted((release_dir() / "examples").glob("*.json"))]
ADDRESS = "/api/v1/assessments"


def _rdf(document: dict[str, Any], engine: Engine, syntax: Syntax) -> bytes:
    """The draft of a case as RDF: the graph that the shapes judge, its places as blank nodes."""
    draft = draft_case(document, engine.lookup, engine.ranker.tables.settings())
    roots = {v.FINDING, v.EXPOSURE}

    def named(term: Any) -> Any:
        return BNode("n" + term.partition("#")[2].replace("/", "-")) if str(term).startswith("urn:lumbarkg") else term

    triples = [Triple(named(s), p, named(o)) for s, p, o in draft.triples if o not in roots or p != v.RDF_TYPE]
    exposures = {t.object for t in triples if t.predicate == v.HAS_EXPOSURE}
    triples += [Triple(e, v.RDF_TYPE, v.EXPOSURE) for e in exposures if isinstance(e, BNode)]
    graph = Graph(triples)
    assert graph.instances(v.PATIENT_CASE)
    return serialise(graph, syntax, {})


@pytest.mark.parametrize("syntax", [Syntax.TURTLE, Syntax.JSON_LD], ids=str)
@pytest.mark.parametrize("document", CASES, ids=str)
def test_a_case_in_rdf_is_the_case_in_json(engine: Engine, document: dict[str, Any], syntax: Syntax) -> None:
    media_type = "text/turtle" if syntax is Syntax.TURTLE else "application/ld+json"
    read = read_rdf_case(_rdf(document, engine, syntax), media_type, engine)
    wanted = read_case({k: x for k, x in document.items() if k != "setting"}, engine)
    assert set(read.findings) == set(wanted.findings)
    assert set(read.exposures) == set(wanted.exposures)
    assert (read.age, read.sex) == (wanted.age, wanted.sex)


@pytest.mark.parametrize("document", CASES, ids=str)
def test_the_compact_answer_has_the_figures_of_the_full_one(client: FlaskClient, document: dict[str, Any]) -> None:
    full = client.post(ADDRESS, json=document).json
    compact = client.post(f"{ADDRESS}?view=compact", json=document).json
    assert compact["triage"]["level"] == full["triage"]["level"]
    assert compact["triage"]["complete"] == full["triage"]["complete"]
    assert [c["iri"] for c in compact["triage"]["toExclude"]] == [c["iri"] for c in full["triage"]["toExclude"]]
    figures = ("rank", "condition", "pretestProbability", "posttestProbability", "interval")
    assert [[c[f] for f in figures] for c in compact["differential"]] == [
        [c[f] for f in figures] for c in full["differential"]
    ]
    assert len(json.dumps(compact)) < len(json.dumps(full)) / 4


@pytest.mark.parametrize("view", ["compact", "full"])
@pytest.mark.parametrize("document", CASES[:2], ids=str)
def test_a_server_that_wraps_files_sends_the_same_answer(
    client: FlaskClient, document: dict[str, Any], view: str
) -> None:
    """As waitress does; a short answer is not worth a file."""
    wrapped: list[int] = []

    class Wrapper(FileWrapper):
        def __init__(self, file: BytesIO, buffer_size: int = 8192) -> None:
            wrapped.append(len(file.getvalue()))
            super().__init__(file, buffer_size)

    address = f"{ADDRESS}?view={view}"
    plain = client.post(address, json=document)
    sent = client.post(address, json=document, environ_overrides={"wsgi.file_wrapper": Wrapper})
    assert sent.data == plain.data
    assert dict(sent.headers) == dict(plain.headers)
    assert wrapped == ([len(sent.data)] if view == "full" else [])


@pytest.mark.parametrize("view", ["compact", "full"])
@pytest.mark.parametrize("media_type", ["application/json", "application/ld+json", "text/turtle", "text/plain"])
def test_an_answer_comes_as_the_client_wants_it(client: FlaskClient, media_type: str, view: str) -> None:
    found = client.post(f"{ADDRESS}?view={view}", json=CASES[0], headers={"Accept": media_type})
    assert found.status_code == 200
    assert found.mimetype == media_type
    assert found.headers["Cache-Control"] == "no-store"


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["good", "broken", "unknown", "blank", "contradictory"]), max_size=6))
def test_a_batch_answers_every_line_in_order(client: FlaskClient, kinds: list[str]) -> None:
    lines = {
        "good": json.dumps(CASES[0]),
        "broken": '{"findings": [',
        "unknown": '{"findings": [{"finding": "Fevr"}]}',
        "blank": "",
        "contradictory": '{"findings": [{"finding": "Fever"}, {"finding": "Fever", "status": "absent"}]}',
    }
    found = client.post(
        f"{ADDRESS}/batch", data="".join(lines[k] + "\n" for k in kinds), content_type="application/x-ndjson"
    )
    assert found.status_code == 200
    answers = [json.loads(line) for line in found.data.splitlines()]
    assert [a["line"] for a in answers] == [n for n, kind in enumerate(kinds, start=1) if kind != "blank"]
    for answer in answers:
        kind = kinds[answer["line"] - 1]
        if kind == "good":
            assert answer["assessment"] == client.post(f"{ADDRESS}?view=compact", json=CASES[0]).json
        else:
            wanted = {"broken": "malformed-json", "unknown": "invalid-case", "contradictory": "contradictory-case"}
            assert answer["problem"]["type"].endswith(wanted[kind])


def test_a_batch_ends_at_its_limits(client: FlaskClient) -> None:
    long = client.post(f"{ADDRESS}/batch", data="{}\n" + " " * 70_000, content_type="application/x-ndjson")
    answers = [json.loads(line) for line in long.data.splitlines()]
    assert [a["problem"]["status"] for a in answers] == [422, 413]


PREFIX = "@prefix lkg: <https://w3id.org/lumbarkg/> . "


@pytest.mark.parametrize(
    ("media_type", "body", "status", "code"),
    [
        ("text/turtle", "", 422, "not-one-case"),
        ("text/turtle", "<a", 400, "rdf-syntax"),
        ("text/turtle", PREFIX + "[] a lkg:PatientCase . [] a lkg:PatientCase .", 422, "not-one-case"),
        ("text/turtle", PREFIX + "[] a lkg:PatientCase . lkg:Fever a lkg:Finding .", 422, "not-in-case"),
        ("text/turtle", PREFIX + "[] a lkg:PatientCase ; lkg:ageYears 30, 31 .", 422, "shape-MaxCount"),
        ("text/turtle", PREFIX + '[] a lkg:PatientCase ; lkg:ageYears "old" .', 422, "shape-Datatype"),
        ("text/turtle", PREFIX + "[] a lkg:PatientCase ; lkg:name 'Ann' .", 422, "unknown-property"),
        (
            "text/turtle",
            PREFIX + "[] a lkg:PatientCase; lkg:hasFinding [ lkg:severityScore 3 ] .",
            422,
            "not-one-term",
        ),
        ("text/turtle", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 20_000 + "1" + ")>>" * 20_000, 400, "too-deep"),
        ("application/ld+json", '{"@context": "http://127.0.0.1:9/c"}', 400, "rdf-syntax"),
        ("application/ld+json", '{"a":' * 60_000 + "1" + "}" * 60_000, 400, "too-deep"),
        ("application/rdf+xml", "<a/>", 415, "unsupported-media-type"),
    ],
)
def test_hostile_rdf_is_refused(client: FlaskClient, media_type: str, body: str, status: int, code: str) -> None:
    found = client.post(ADDRESS, data=body, content_type=media_type)
    assert found.status_code == status, found.text[:500]
    assert code in {issue["code"] for issue in found.json["issues"]}


def test_every_issue_of_a_case_in_rdf_is_told_at_once(engine: Engine) -> None:
    body = PREFIX + (
        "[] a lkg:PatientCase ; lkg:ageYears 300 ; lkg:hasFinding [ a lkg:Fevr ; lkg:severtyScore 3 ; "
        "lkg:hasLaterality lkg:Left, lkg:Right ] ."
    )
    with pytest.raises(InvalidInputError) as refused:
        read_rdf_case(body.encode(), "text/turtle", engine)
    codes = {issue.code for issue in refused.value.issues}
    assert {"unknown-term", "unknown-property", "shape-MaxCount", "shape-MaxInclusive"} <= codes
    assert any("lkg:Fever" in issue.remedy for issue in refused.value.issues)


def test_a_mapped_code_is_taken_where_it_implies_the_term(engine: Engine) -> None:
    kinds = {"skos:exactMatch", "skos:closeMatch", "skos:narrowMatch"}
    rows = [m for m in read_mappings(release_dir() / "mappings", engine.terms.prefixes) if m.target == "hp"]
    findings = engine.lookup.assertable(v.FINDING)
    read, refused = 0, 0
    for row in rows:
        if row.subject not in findings:
            continue
        found = engine.lookup.resolve(row.object, v.FINDING, "")
        others = {m.predicate for m in rows if m.object == row.object}
        if others & kinds:
            read += found == row.subject
        else:
            refused += isinstance(found, Issue)
    assert read > 10
    assert refused >= 10
