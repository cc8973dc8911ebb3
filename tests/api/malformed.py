"""Bodies that no honest client sends, drawn from a seed: cut off, mistyped, deep, huge, oddly encoded, hostile RDF.

``python -m tests.api.malformed --count 10000`` sends them to a server of its own and watches its memory and files.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumbarkg.resources import release_dir
from tests.sparql.server import Server, running_server

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


def draw_bodies(seed: int, count: int) -> Iterator[Body]:
    """``count`` bodies, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 # drawn, not secret
    for _ in range(count):
        yield _KINDS[rng.randrange(len(_KINDS))](rng)


def _truncated(rng: random.Random) -> Body:
    text = json.dumps(rng.choice(CASES)).encode()
    path = rng.choice(["/api/v1/assessments", "/api/v1/assessments/questions", "/api/v1/assessments/why"])
    return Body(path, JSON, text[: rng.randrange(len(text) - 1)], "truncated")


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
    wrapped = {"case": case, "condition": rng.choice(_ODD)}
    path, body = rng.choice([("/api/v1/assessments", case), ("/api/v1/assessments/why-not", wrapped)])
    return Body(path, JSON, json.dumps(body).encode("utf-8", "surrogatepass"), "mistyped")


def _deep(rng: random.Random) -> Body:
    depth = rng.choice([200, 2_000, 20_000, 100_000])
    opening, closing = rng.choice([("[", "]"), ('{"findings":', "}"), ('{"a":[', "]}")])
    text = opening * depth + "1" + closing * depth
    return Body("/api/v1/assessments", rng.choice([JSON, JSON_LD]), text.encode()[: 1024 * 1024 - 1], "deep")


def _huge(rng: random.Random) -> Body:
    content = rng.choice(
        [
            b'{"findings": [' + b'{"finding": "x"},' * rng.choice([501, 20_000]) + b"{}]}",
            b'{"age": ' + b"9" * rng.choice([5_000, 500_000]) + b', "findings": []}',
            b'{"findings": [], "' + b"k" * 500_000 + b'": 1}',
            b" " * (1024 * 1024 + 1),
        ]
    )
    return Body("/api/v1/assessments", JSON, content, "huge")


def _encoded(rng: random.Random) -> Body:
    text = json.dumps({"findings": [{"finding": "é\u00a0" + "Nonsense"}]}, ensure_ascii=False)
    encoding = rng.choice(_ENCODINGS)
    content = text.encode(encoding, "replace") if rng.random() < 0.7 else bytes(rng.randrange(256) for _ in range(200))
    return Body("/api/v1/assessments", rng.choice([JSON, JSON_LD, TURTLE]), content, "encoded")


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
        return Body("/api/v1/assessments", TURTLE, rng.choice(turtle).encode(), "hostile RDF")
    return Body("/api/v1/assessments", JSON_LD, rng.choice(json_ld).encode(), "hostile RDF")


def _misnamed(rng: random.Random) -> Body:
    media_type = rng.choice(["text/html", "application/x-www-form-urlencoded", "multipart/form-data", "a/b; c=\xff"])
    return Body("/api/v1/assessments", media_type, b"a=1&b[]=2\x00", "misnamed")


_KINDS: tuple[Callable[[random.Random], Body], ...] = (
    _truncated,
    _mistyped,
    _deep,
    _huge,
    _encoded,
    _hostile,
    _misnamed,
)


def resident_kilobytes(pid: int) -> int:
    """The memory of a process and of its children, that is the query workers, in kB."""
    total = 0
    for one in (pid, *_children(pid)):
        status = Path(f"/proc/{one}/status").read_text()
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return total


def open_files(pid: int) -> int:
    """How many file handles a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def send(server: Server, body: Body) -> int:
    """The status of the answer. Raises AssertionError where it is no problem, or no 4xx."""
    reply = server.send("POST", body.path, {"Content-Type": body.media_type} if body.media_type else {}, body.content)
    assert 400 <= reply.status < 500, f"{body.kind}: {reply.status} for {body.content[:200]!r}"
    assert reply.media_type == "application/problem+json", f"{body.kind}: {reply.media_type}"
    assert json.loads(reply.body)["issues"], body.kind
    return reply.status


def main() -> int:
    """Send them all; print what came back, and what the server held before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with running_server() as server:
        warm = options.count // 10
        statuses: Counter[int] = Counter()
        before = (0, 0)
        for number, body in enumerate(draw_bodies(options.seed, options.count)):
            if number == warm:
                before = (resident_kilobytes(server.pid), open_files(server.pid))
            statuses[send(server, body)] += 1
        after = (resident_kilobytes(server.pid), open_files(server.pid))
    print(f"{options.count} bodies: {dict(sorted(statuses.items()))}")
    print(
        f"after {warm}: {before[0] / 1024:.0f} MB, {before[1]} files; at the end {after[0] / 1024:.0f} MB, {after[1]}"
    )
    return 0 if after[1] <= before[1] + 5 and after[0] <= before[0] * 1.1 + 8 * 1024 else 1


if __name__ == "__main__":
    sys.exit(main())
