"""The document describes every route, and every example in it runs and gives what the models say."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lumbarkg.assessment import Engine, read_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.web.app import create_app
from lumbarkg.web.openapi import answers, cases, stored_answers
from lumbarkg.web.openapi.cases import Case
from tests.web.served import ALL, Served

Described = Iterator[tuple[str, str, dict[str, Any]]]


@pytest.fixture(scope="module")
def client(served: Served) -> FlaskClient:
    """A client of an application that keeps cases."""
    return served.app.test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json
    return found


def _operations(document: dict[str, Any]) -> Described:
    """Path, method and operation; what erases comes last, so that there is something to ask about before."""
    listed = [(path, method.upper(), o) for path, item in document["paths"].items() for method, o in item.items()]
    yield from sorted(listed, key=lambda entry: ("PUT", "POST", "GET", "DELETE").index(entry[1]))


def _address(path: str, operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address and the query of an operation's example."""
    query = {}
    for parameter in operation.get("parameters", ()):
        example = parameter.get("example")
        if parameter["in"] == "path":
            assert example, f"{path} has no example of {parameter['name']}"
            path = path.replace(f"{{{parameter['name']}}}", quote(str(example)))
        elif parameter["in"] == "query" and example is not None:
            query[parameter["name"]] = example
    return path, query


def test_the_document_is_the_same_where_no_cases_are_kept(document: dict[str, Any]) -> None:
    app = create_app()
    assert app.test_client().get("/openapi.json").json == document
    app.extensions["store"].close()


def test_every_route_of_the_api_is_described_and_no_other(client: FlaskClient, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") or rule.rule == "/sparql"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    beside = {
        ("/api/v1/form", "GET"),  # what the page of this server is made of
        ("/api/v1/queries/{name}", "GET"),  # each query has a path of its own
        ("/api/v1/queries/{name}.rq", "GET"),
        ("/api/v1/queries/openapi.json", "GET"),
    }
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    named = {entry for entry in described if entry[0].startswith("/api/v1/queries/")}
    assert len(described) > 140
    assert described - named == routes - beside


def test_names_of_operations_are_unique_and_all_is_explained(document: dict[str, Any]) -> None:
    listed = [operation for item in document["paths"].values() for operation in item.values()]
    assert len({o["operationId"] for o in listed}) == len(listed)
    assert all(o["summary"] and o["tags"] for o in listed)
    assert document["openapi"].startswith("3.1")


def test_every_example_runs(client: FlaskClient, document: dict[str, Any]) -> None:
    ran = 0
    for path, method, operation in _operations(document):
        address, query = _address(path, operation)
        bodies = operation.get("requestBody", {"content": {None: {"example": None}}})["content"]
        for media_type, content in bodies.items():
            body = content["example"]
            data = body if body is None or isinstance(body, str) else json.dumps(body)
            found = client.open(address, method=method, query_string=query, data=data, content_type=media_type)
            assert found.status_code in (200, 201, 204), f"{method} {address} {media_type}: {found.text[:500]}"
            answer = operation["responses"][str(found.status_code)]
            assert "content" not in answer if found.status_code == 204 else found.mimetype in answer["content"]
            _conforms(found, answer)
            ran += 1
    assert ran > 150


def _conforms(found: Any, answer: dict[str, Any]) -> None:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and found.mimetype == "application/json":
        model = next(getattr(m, name) for m in (answers, stored_answers, cases) if hasattr(m, name))
        model.model_validate(found.json)


def test_every_operation_asks_for_a_token_and_for_the_scope_that_it_names(
    served: Served, document: dict[str, Any]
) -> None:
    """From behind a proxy, which a Forwarded header shows, nobody comes in without a token."""
    forwarded = {"Forwarded": "for=192.0.2.1"}
    others: dict[str, str] = {}
    for path, method, operation in _operations(document):
        address, query = _address(path, operation)
        assert served.send(method, address, None, forwarded, query_string=query).status_code == 401, address
        ((scope,),) = (choice["bearer"] for choice in operation["security"] if choice)
        token = others.setdefault(scope, served.token("lab", tuple(s for s in ALL if s != scope)))
        refused = served.send(method, address, token, query_string=query, data=b"{}", content_type="application/json")
        assert refused.status_code in (403, 415 if path == "/sparql" else 403), f"{method} {address}: {scope}"
    assert set(others) == {"read", "assess", "cases"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("PUT", "", {"If-Match": '"77"'}, 412),
        ("PUT", "", {"If-None-Match": "*"}, 412),
        ("PUT", "", {"If-None-Match": '"1"'}, 400),
        ("DELETE", "", {"If-Match": '"77"'}, 412),
        ("GET", "", {"If-None-Match": "*"}, 304),
        ("GET", "", {"Accept": "image/png"}, 406),
        ("GET", "/assessment", {"Accept": "image/png"}, 406),
        ("GET", "/revisions/99", {}, 404),
        ("GET", "/why", {}, 400),
    ],
)
def test_what_a_stored_case_is_refused_by_is_described(
    served: Served, document: dict[str, Any], method: str, path: str, headers: dict[str, str], status: int
) -> None:
    address = f"/api/v1/cases/{uuid.uuid4()}"
    assert served.send("PUT", address, json={"findings": []}).status_code == 201
    found = served.send(method, address + path, headers=headers, json={"findings": []} if method == "PUT" else None)
    assert found.status_code == status, found.text
    rule = "/api/v1/cases/{case_id}" + path.replace("/99", "/{number}")
    assert str(status) in document["paths"][rule][method.lower()]["responses"]


def test_links_lead_to_operations_and_parameters_that_are_there(document: dict[str, Any]) -> None:
    by_name = {o["operationId"]: o for _, _, o in _operations(document)}
    followed = 0
    for _, _, operation in _operations(document):
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                names = {p["name"] for p in by_name[link["operationId"]]["parameters"]}
                assert set(link["parameters"]) <= names
                followed += 1
    assert followed > 15


def test_the_page_shows_every_operation_without_script(client: FlaskClient, document: dict[str, Any]) -> None:
    page = client.get("/docs").text
    listed = [operation for item in document["paths"].values() for operation in item.values()]
    assert all(f'id="{operation["operationId"]}"' in page for operation in listed)
    assert "<script" not in page
    assert "https://cdn" not in page


FIELDS = st.sampled_from(
    ["finding", "status", "severity", "durationHours", "character", "laterality", "value", "nonsense", "location"]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 4, 10.5, 11, 1e13, "present", "absent", "gone", "Fever", "", [], ["Dull"], {}, [{}], [1]]),
)


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(["findings", "age", "sex", "setting", "exposures", "nonsense"]), VALUES, max_size=3
    ),
    st.lists(st.dictionaries(FIELDS, VALUES, max_size=3), max_size=2),
)
def test_what_the_schema_of_a_case_refuses_intake_refuses_too(
    engine: Engine, fields: dict[str, Any], findings: list[dict[str, Any]]
) -> None:
    case = {"findings": findings, **fields}
    try:
        Case.model_validate(case, strict=False)
    except ValidationError as refused:
        # Pydantic reads "4" and true as numbers, which JSON Schema and intake do not: only its refusals count.
        if all(problem["type"] != "value_error" for problem in refused.errors()):
            with pytest.raises(InvalidInputError):
                read_case(case, engine)
