"""Injection through every parameter that the OpenAPI document names, of every operation: generated, not listed."""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.served import Served, serving

PAYLOADS = {
    "SQL, always true": "x' OR '1'='1",
    "SQL, another statement": "x'; DROP TABLE cases; DELETE FROM revisions; --",
    "SQL, union": "x' UNION SELECT id, tenant, hash, salt FROM tokens --",
    "SPARQL, out of an IRI": "http://example.org/x> ?p ?o . } # ",
    "SPARQL, out of a literal": '" } UNION { GRAPH ?g { ?s ?p ?o } #',
    "SPARQL, an update": "x } ; DROP ALL ; INSERT DATA { <urn:injected> <urn:injected> <urn:injected> } #",
    "a script": "\"'><script>alert(1)</script>",
    "a header": "x\r\nX-Injected: yes\r\n\r\nX-Injected: yes",
    "a path": "../../../../../../etc/passwd",
    "a template": "{{ config }}${7*7}<%= 7*7 %>",
    "a command": "$(touch /tmp/injected)`touch /tmp/injected`|touch /tmp/injected",
    "a NUL": "x\x00y",
    "odd characters": "\u202e\ufeff\ud7ff\U0010ffff%00%0d%0a",
    "length": "A" * 4000,
}
OTHERS_CASE = uuid.UUID(int=77, version=4)
OWN_CASE = uuid.UUID(int=78, version=4)


@dataclass(frozen=True)
class Place:
    """A parameter of an operation."""

    method: str
    path: str
    where: str
    name: str
    others: tuple[tuple[str, str, str], ...]
    media_type: str

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} {self.where} {self.name}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("injection")) as found:
        found.send("PUT", f"/api/v1/cases/{OTHERS_CASE}", found.token("ward"), json={"findings": []})
        yield found


def places(document: dict[str, Any]) -> list[Place]:
    """Every parameter, with examples for the others of its operation, so that it is looked at."""
    found = []
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if not isinstance(operation, dict) or "responses" not in operation:
                continue
            listed = [_resolved(p, document) for p in [*item.get("parameters", []), *operation.get("parameters", [])]]
            values = tuple((p["in"], p["name"], _example(p)) for p in listed)
            (media_type, *_) = (*operation.get("requestBody", {}).get("content", {}), "")
            for where, name, _ in values:
                others = tuple(v for v in values if v[1] != name and v[2])
                found.append(Place(method, path, where, name, others, media_type))
    return found


def _resolved(parameter: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    reference = parameter.get("$ref")
    return document["components"]["parameters"][reference.rpartition("/")[2]] if reference else parameter


def _example(parameter: dict[str, Any]) -> str:
    if parameter["name"] == "case_id":
        return str(OWN_CASE)
    if parameter["name"] in ("If-Match", "If-None-Match"):
        return ""
    found = parameter.get("example", parameter.get("schema", {}).get("example"))
    if found is None and parameter.get("examples"):
        found = next(iter(parameter["examples"].values())).get("value")
    found = found[0] if isinstance(found, list) and found else found
    return "" if found is None else str(found)


def send(served: Served, place: Place, payload: str) -> Any:
    path, query, headers = place.path, [], {}
    for where, name, value in ((place.where, place.name, payload), *place.others):
        if where == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif where == "query":
            query.append((name, value))
        else:  # what no client library would send stays out of a header's value
            headers[name] = re.sub(r"[^\x20-\x7e]", "", value)
    body: dict[str, Any] = {}
    if place.media_type == "application/sparql-query":
        body = {"data": "ASK {}", "content_type": place.media_type}
    elif place.media_type:
        body = {"data": b'{"findings": []}', "content_type": place.media_type}
    return served.send(place.method.upper(), path, headers=headers, query_string=query, **body)


def state_of(served: Served) -> tuple[Any, ...]:
    """What an injection would change: tables, the other tenant's case, and the graphs."""
    with sqlite3.connect(served.record.database.path) as connection:
        tables = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
        others = connection.execute("SELECT * FROM cases WHERE tenant = 'ward'").fetchall()
        tokens = connection.execute("SELECT * FROM tokens").fetchall()
    graphs = served.send("GET", "/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"}).get_data()
    return tables, others, tokens, graphs


@pytest.mark.slow
def test_nothing_comes_in_through_any_parameter(
    served: Served, tmp_path: Path, measured: Callable[[str], None]
) -> None:
    document = served.send("GET", "/openapi.json").get_json()
    found = places(document)
    assert len(found) > 500
    assert {p.where for p in found} == {"path", "query", "header"}
    with sqlite3.connect(served.record.database.path) as connection:
        secrets = [text for (text,) in connection.execute("SELECT hex(hash) FROM tokens")]
    before, sent = state_of(served), 0
    for number, place in enumerate(found):
        if "{case_id}" in place.path:
            served.send("PUT", f"/api/v1/cases/{OWN_CASE}", json={"findings": []})
        # All of them through every kind of parameter; through its many likes, some each.
        names = list(PAYLOADS)
        is_first = not any((p.where, p.name) == (place.where, place.name) for p in found[:number])
        chosen = names if is_first else [names[(number + n * 5) % len(names)] for n in range(4)]
        for name in chosen:
            response = send(served, place, PAYLOADS[name])
            content = response.get_data(as_text=True)
            sent += 1
            told = f"{place}, {name}: {response.status}"
            assert response.status_code < 500, told
            assert "X-Injected" not in response.headers, told
            assert str(OTHERS_CASE) not in content, told
            assert "root:x:0" not in content, told
            assert not any(secret in content.upper() for secret in secrets), told
            if response.mimetype == "text/html":
                assert "<script>alert(1)" not in content, told
            elif response.status_code >= 400:
                assert response.mimetype == "application/problem+json", told
    assert state_of(served) == before
    assert not Path("/tmp/injected").exists()  # noqa: S108 - what the command would have made
    measured(f"{sent} requests through {len(found)} parameters")


def test_the_payloads_would_be_seen(served: Served) -> None:
    """Against a query and a statement that are pasted together, as ours are not, the payloads have their effect."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE cases (id TEXT, tenant TEXT)")
    connection.execute("INSERT INTO cases VALUES ('1', 'ward')")
    pasted = f"SELECT * FROM cases WHERE id = '{PAYLOADS['SQL, always true']}'"  # noqa: S608 - that is the point
    assert connection.execute(pasted).fetchall()
    literal = PAYLOADS["SPARQL, out of a literal"]
    query = f'SELECT * {{ {{ ?s <urn:none> "{literal}\n }} }} LIMIT 1'
    answer = served.send("GET", "/sparql", query_string={"query": query}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    assert answer.get_json(force=True)["results"]["bindings"]
