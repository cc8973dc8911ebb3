"""The real server passes on what shows a proxy: on loopback, whoever a proxy passes on needs a token."""

from __future__ import annotations

from pathlib import Path

from tests.sparql.server import running_server


def test_a_forwarded_request_needs_a_token(tmp_path: Path) -> None:
    with running_server("--record", str(tmp_path / "record.sqlite")) as server:
        assert server.send("GET", "/api/v1/cases").status == 200
        for header in ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"):
            assert server.send("GET", "/api/v1/cases", {header: "for=192.0.2.1"}).status == 401, header
