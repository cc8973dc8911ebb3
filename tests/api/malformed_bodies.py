"""Bodies that no honest client sends, drawn from a seed: cut off, mistyped, deep, huge, oddly encoded, hostile."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from lumbarkg.resources import release_dir

CASES = [json.loads(f.read_text("utf-8")) for f in sorted((release_dir() / "examples").glob("*.json"))]
JSON, JSON_LD, TURTLE, NDJSON = "application/json", "application/ld+json", "text/turtle", "application/x-ndjson"
_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e400,
    10**400,
    "",
    "\x00",
    "\ud800",
    "x" * 5000,
    [],
    {},
    [[]],
    [None],
    {"": 0},
)
_ENCODINGS = ("utf-16", "utf-32", "latin-1", "utf-8-sig", "utf-7", "cp037")


@dataclass(frozen=True)
class Body:
    """One body: where it goes, what it says that it is, and which kind of mischief it is."""

    path: str
    media_type: str
    content: bytes
    kind: str
    method: str = "POST"


def _to(rng: random.Random, media_type: str, content: bytes, kind: str, *others: str) -> Body:
    """A body for whichever route takes a case: assessed, stored under an id of its own, stored under a new one."""
    path = rng.choice(["/api/v1/assessments", "/api/v1/cases", "PUT", *others])
    if path == "PUT":
        return Body(f"/api/v1/cases/{UUID(int=rng.getrandbits(128))}", media_type, content, kind, "PUT")
    return Body(path, media_type, content, kind)


def draw_bodies(seed: int, count: int) -> Iterator[Body]:
    """``count`` bodies, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 # drawn, not secret
    for _ in range(count):
        yield _KINDS[rng.randrange(len(_KINDS))](rng)


def _truncated(rng: random.Random) -> Body:
    text = json.dumps(rng.choice(CASES)).encode()
    others = ("/api/v1/assessments/questions", "/api/v1/assessments/why")
    return _to(rng, JSON, text[: rng.randrange(len(text) - 1)], "truncated", *others)


def _mistyped(rng: random.Random) -> Body:
    case = json.loads(json.dumps(rng.choice(CASES)))
    fields = ["age", "sex", "setting", "findings", "exposures", "nonsense", "asOf", "reportedAt"]
    inner = ["finding", "status", "severity", "laterality", "character", "durationHours", "value", "nonsense"]
    # A finding that is none is always among them, so that no body is fit by chance.
    case["findings"][0]["finding"] = rng.choice([*_ODD, "Nonsense"])
    if rng.random() < 0.5:
        case["findings"][0][rng.choice(inner)] = rng.choice(_ODD)
        case["findings"][0]["finding"] = rng.choice(_ODD)
    if rng.random() < 0.3:
        case[rng.choice(fields)] = rng.choice([x for x in _ODD if x is not None])
        if "findings" not in case or case["findings"] == []:
            case["findings"] = [{}]
    if rng.random() < 0.3:
        wrapped = {"case": case, "condition": rng.choice(_ODD)}
        content = json.dumps(wrapped).encode("utf-8", "surrogatepass")
        return Body("/api/v1/assessments/why-not", JSON, content, "mistyped")
    return _to(rng, JSON, json.dumps(case).encode("utf-8", "surrogatepass"), "mistyped")


def _deep(rng: random.Random) -> Body:
    depth = rng.choice([200, 2_000, 20_000, 100_000])
    opening, closing = rng.choice([("[", "]"), ('{"findings":', "}"), ('{"a":[', "]}")])
    text = opening * depth + "1" + closing * depth
    return _to(rng, rng.choice([JSON, JSON_LD]), text.encode()[: 1024 * 1024 - 1], "deep")


def _huge(rng: random.Random) -> Body:
    content = rng.choice(
        [
            b'{"findings": [' + b'{"finding": "x"},' * rng.choice([501, 20_000]) + b"{}]}",
            b'{"age": ' + b"9" * rng.choice([5_000, 500_000]) + b', "findings": []}',
            b'{"findings": [], "' + b"k" * 500_000 + b'": 1}',
            b" " * (1024 * 1024 + 1),
        ]
    )
    return _to(rng, JSON, content, "huge")


def _encoded(rng: random.Random) -> Body:
    text = json.dumps({"findings": [{"finding": "é\u00a0" + "Nonsense"}]}, ensure_ascii=False)
    encoding = rng.choice(_ENCODINGS)
    content = text.encode(encoding, "replace") if rng.random() < 0.7 else bytes(rng.randrange(256) for _ in range(200))
    return _to(rng, rng.choice([JSON, JSON_LD, TURTLE]), content, "encoded")


def _hostile(rng: random.Random) -> Body:
    n = rng.choice([150, 5_000, 40_000])
    prefix = "@prefix lkg: <https://w3id.org/lumbarkg/> . "
    turtle = [
        "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * n + "1" + ")>>" * n + " .",
        "<urn:a> <urn:b> " + "[ <urn:b> " * n + "1" + "]" * n + " .",
        prefix + "[] a lkg:PatientCase ; lkg:hasFinding " + ", ".join(["[ a lkg:Nonsense ]"] * min(n, 5_000)) + " .",
        prefix + "lkg:LowBackPain a lkg:PatientCase ; <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/> .",
        prefix + '[] a lkg:PatientCase ; lkg:ageYears "' + "9" * n + '"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        prefix + '[] a lkg:PatientCase ; lkg:ageYears "1e9999"^^<http://www.w3.org/2001/XMLSchema#double>, 5 .',
        "@base <http://127.0.0.1:9/> . <x> <y> <" + "z" * n + "> .",
    ]
    json_ld = [
        '{"@context": "http://127.0.0.1:9/context", "@type": "PatientCase"}',
        '{"@context": ["file:///etc/passwd"]}',
        '{"@context": {"@import": "http://127.0.0.1:9/"}, "a": 1}',
        '{"@context": {"@vocab": "urn:v:"}, "@type": "PatientCase", "@graph": [{"@id": "urn:x", "a": 1}]}',
        '{"@context": {"a": {"@id": "urn:a", "@container": "@list"}}, "a": ' + "[" * 90 + "]" * 90 + "}",
    ]
    if rng.random() < 0.5:
        return _to(rng, TURTLE, rng.choice(turtle).encode(), "hostile RDF")
    return _to(rng, JSON_LD, rng.choice(json_ld).encode(), "hostile RDF")


def _misnamed(rng: random.Random) -> Body:
    media_type = rng.choice(["text/html", "application/x-www-form-urlencoded", "multipart/form-data", "a/b; c=\xff"])
    return _to(rng, media_type, b"a=1&b[]=2\x00", "misnamed")


def _query(rng: random.Random) -> Body:
    n = rng.choice([5_000, 40_000])
    graph = "https://w3id.org/lumbarkg/graph/asserted"
    queries = [
        "SELECT * { ?s ?p ?o"[: rng.randrange(19)],
        "SELECT * " + "{ " * n + "?s ?p ?o" + " }" * n,
        "SELECT * { FILTER(" + "(" * n + "1" + ")" * n + ") }",
        "ASK { <urn:a> " + "/".join(["^(<urn:b>"] * n) + ")" * n + " 1 }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?g { ?s ?p ?o } }",
        "SELECT * FROM <not an iri> { ?s ?p ?o }",
        "SELECT * { ?s ?p \x00 }",
        "SELECT * { ?s <urn:" + "x" * n + " ?o }",
        "PREFIX a: <urn:> " * min(n, 5_000) + "SELECT",
    ]
    updates = [
        "LOAD <http://127.0.0.1:9/x>",
        f"DROP GRAPH <{graph}>",
        "DROP ALL",
        "CLEAR DEFAULT",
        f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> 1 }} }}",
        "INSERT DATA { <urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * n + "1" + " )>>" * n + " }",
        "INSERT { GRAPH ?g { ?s ?p ?o } } WHERE {",
        "DELETE WHERE { GRAPH <https://w3id.org/lumbarkg/graph/cases/" + str(UUID(int=5)) + "> { ?s ?p ?o } }",
    ]
    query, update = rng.choice(queries), rng.choice(updates)
    form = rng.choice(
        [{"query": query}, {"update": update}, {"query": query, "update": update}, {}, {"query": [query, query]}]
    )
    media_type, content = rng.choice(
        [
            ("application/sparql-query", query.encode()),
            ("application/sparql-update", update.encode()),
            ("application/sparql-query", query.encode(rng.choice(["utf-16", "utf-32"]))),
            ("application/sparql-query; charset=utf-16", query.encode("utf-16")),
            ("application/x-www-form-urlencoded", urlencode(form, doseq=True).encode()),
            ("application/json", json.dumps({"query": query}).encode()),
            ("application/sparql-query", bytes([0xFF, 0xFE, *(rng.randrange(256) for _ in range(200))])),
        ]
    )
    path = rng.choice(["/sparql"] * 9 + ["/api/v1/queries/loads-of-an-exercise"])
    return Body(path, media_type, content, "query")


def _graph(rng: random.Random) -> Body:
    n = rng.choice([150, 5_000, 40_000])
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    xml = [
        f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><x>&l9;</x>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/e"> %e;]><x/>',
        "<x>" * n,
        "<a><b></a></b>",
        "\x00",
    ]
    turtle = [
        "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * n + "1" + ")>>" * n + " .",
        "<a> <b>",
        "@prefix",
        "\x00" * n,
    ]
    json_ld = [
        '{"@context": "http://127.0.0.1:9/context", "@id": "urn:x", "urn:p": 1}',
        "[" * n + "]" * n,
        '{"@context": {"@import": "http://127.0.0.1:9/"}, "urn:p": 1}',
        '{"@graph": ',
    ]
    media_type, content = rng.choice(
        [
            ("application/rdf+xml", rng.choice(xml).encode(rng.choice(["utf-8", "utf-16"]))),
            (TURTLE, rng.choice(turtle).encode()),
            (JSON_LD, rng.choice(json_ld).encode()),
            ("application/n-quads", b"<urn:a> <urn:b> <urn:c> <urn:g> ."),
            ("application/trig", b"<urn:g> { <urn:a> <urn:b> 1 }"),
            ("application/n-triples", b"<urn:a> <urn:b> \xff ."),
            ("text/html", b"<p>"),
            ("", b"<urn:a> <urn:b> 1 ."),
        ]
    )
    graph = rng.choice(
        ["https://w3id.org/lumbarkg/graph/user/fuzz/g", "https://w3id.org/lumbarkg/graph/asserted", "no"]
    )
    query = urlencode({"graph": graph}) if rng.random() < 0.9 else "default"
    return Body(f"/sparql/graphs?{query}", media_type, content, "graph", rng.choice(["PUT", "POST"]))


_KINDS: tuple[Callable[[random.Random], Body], ...] = (
    _truncated,
    _mistyped,
    _deep,
    _huge,
    _encoded,
    _hostile,
    _misnamed,
    _query,
    _graph,
)
