"""Malformed bodies give 4xx problems and nothing else; `make fuzz-bodies` sends ten thousand to a running server."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.api.malformed_bodies import draw_bodies
from tests.web.served import Served

COUNT = 400


@pytest.mark.slow
def test_malformed_bodies_give_problems(served: Served) -> None:
    kinds: Counter[str] = Counter()
    handles, token = 0, served.token("fuzz")
    for number, body in enumerate(draw_bodies(1, COUNT)):
        sent = {"data": body.content, "content_type": body.media_type or None}
        found = served.send(body.method, body.path, token, **sent)
        assert 400 <= found.status_code < 500, f"{body.kind}: {found.status_code} for {body.content[:300]!r}"
        assert found.mimetype == "application/problem+json"
        assert json.loads(found.data)["issues"]
        kinds[body.kind] += 1
        if number == COUNT // 4:
            handles = len(list(Path("/proc/self/fd").iterdir()))
    assert set(kinds) == {
        *("truncated", "mistyped", "deep", "huge", "encoded", "hostile RDF", "misnamed", "query", "graph")
    }
    assert len(list(Path("/proc/self/fd").iterdir())) <= handles + 5


def test_near_names_are_looked_for_a_few_times_only(client: FlaskClient) -> None:
    case = {"findings": [{"finding": f"Nonsens{n}"} for n in range(500)]}
    issues = client.post("/api/v1/assessments", json=case).json["issues"]
    assert len(issues) == 500
    suggested = [issue for issue in issues if "Did you mean" in issue["remedy"]]
    assert 0 < len(suggested) <= 20
