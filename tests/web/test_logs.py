"""No finding reaches a log: not the access log, not the audit log, not standard error, whatever is sent."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from lumbarkg.record.record import open_record
from tests.web.served import serving

FINDING, CONDITION, SECRET = "SaddleAnaesthesia", "CaudaEquinaSyndrome", "Jane-Doe-4711"
CASE = {"findings": [{"finding": FINDING}], "age": 43}
NAMES = (FINDING, CONDITION, SECRET, "saddle", "cauda")


def _requests(case_id: str) -> list[tuple[str, str, object]]:
    """Findings, conditions and names in every place where somebody could put them."""
    return [
        ("PUT", f"/api/v1/cases/{case_id}", CASE),
        ("PUT", f"/api/v1/cases/{case_id}", {**CASE, "name": SECRET}),
        ("PUT", f"/api/v1/cases/{SECRET}", CASE),
        ("GET", f"/api/v1/cases/{case_id}", None),
        ("GET", f"/api/v1/cases/{case_id}/assessment", None),
        ("GET", f"/api/v1/cases/{case_id}/why?condition={CONDITION}", None),
        ("GET", f"/api/v1/cases/{case_id}/why?condition={SECRET}", None),
        ("GET", f"/api/v1/cases?finding={FINDING}", None),
        ("GET", "/api/v1/cohort", None),
        ("POST", "/api/v1/assessments", CASE),
        ("POST", "/api/v1/assessments", {"findings": [{"finding": SECRET}]}),
        ("POST", "/api/v1/assessments", {"findings": [{"finding": FINDING}, {"finding": FINDING, "status": "absent"}]}),
        ("POST", "/api/v1/assessments/why", {"case": CASE, "condition": CONDITION}),
        ("GET", f"/sparql?query=ASK%20%7B%20%3Fc%20lkg%3AhasFinding%20lkg%3A{FINDING}%20%7D", None),
        ("GET", f"/{FINDING}/{SECRET}?{FINDING}={SECRET}", None),
        ("GET", f"/lumbarkg/{FINDING}", None),
        (SECRET, f"/{FINDING}", None),
        ("DELETE", f"/api/v1/cases/{case_id}", None),
    ]


def _assert_clean(text: str, place: str) -> None:
    found = [name for name in NAMES if name.lower() in text.lower()]
    assert found == [], f"{place} names {found}"


def test_no_finding_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    case_id = str(uuid.uuid4())
    with serving(tmp_path) as served, caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.INFO, "lumbarkg.access")
        for method, path, body in _requests(case_id):
            headers = {"User-Agent": SECRET, "Referer": f"http://localhost/{FINDING}", "X-Request-Id": SECRET}
            served.send(method, path, headers=headers, json=body)
        served.send("GET", "/", SECRET)
        # A route that fails in a way that nobody foresaw.
        served.app.extensions["engine"] = None
        failed = served.send("POST", "/api/v1/assessments", json=CASE)
        assert failed.status_code == 500
        _assert_clean(failed.get_data(as_text=True), "the problem")
    lines = [r.getMessage() for r in caplog.records if r.name == "lumbarkg.access"]
    assert len(lines) == len(_requests(case_id)) + 2
    _assert_clean(caplog.text, "the log")
    for line in map(json.loads, lines):
        assert set(line) == {"time", "process", "method", "route", "status", "milliseconds"}
        assert case_id not in line["route"]
        assert line["route"] == "-" or re.fullmatch(r"[/a-z0-9<>:_.-]*", line["route"])
    assert {json.loads(line)["method"] for line in lines} == {"GET", "PUT", "POST", "DELETE", "OTHER"}
    entries = list(open_record(tmp_path / "record.sqlite").audit.entries())
    assert {e["action"] for e in entries} >= {"case.write", "case.read", "case.assess", "case.why", "case.delete"}
    _assert_clean(json.dumps(entries), "the audit log")


def test_the_audit_log_knows_an_input_again_and_nobody_without_the_key_can_guess_it(tmp_path: Path) -> None:
    import hashlib

    case_id, content = uuid.uuid4(), json.dumps(CASE).encode()
    with serving(tmp_path) as served:
        for _ in range(2):
            served.send("PUT", f"/api/v1/cases/{case_id}", data=content, content_type="application/json")
        record = served.record
        digests = [e["input_hmac"] for e in record.audit.entries()]
        assert digests == [record.key.digest(content)] * 2
        assert digests[0] != hashlib.sha256(content).hexdigest()
        assert record.key.secret not in b"".join(f.read_bytes() for f in tmp_path.glob("record.sqlite*[!y]"))


@pytest.mark.slow
def test_a_running_server_says_nothing_either(tmp_path: Path) -> None:
    """Its whole standard output and error, with the access log on, and with clients that hang up."""
    import http.client
    import socket
    import time

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    record = str(tmp_path / "record.sqlite")
    command = [sys.executable, "-m", "lumbarkg", "serve", "--port", str(port), "--record", record, "--access-log"]
    case_id = str(uuid.uuid4())
    with log.open("wb") as sink, subprocess.Popen(command, stdout=sink, stderr=subprocess.STDOUT) as server:
        try:
            deadline = time.monotonic() + 60
            while server.poll() is None and time.monotonic() < deadline:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            for method, path, body in _requests(case_id):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                content = json.dumps(body).encode() if body is not None else None
                connection.request(method, path, content, {"Content-Type": "application/json", "User-Agent": SECRET})
                connection.getresponse().read()
                connection.close()
            for _ in range(3):
                with socket.create_connection(("127.0.0.1", port), 10) as gone:
                    gone.sendall(f"GET /lumbarkg/{FINDING} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.5)
        finally:
            server.terminate()
    text = log.read_text()
    # One has a method that the HTTP layer refuses by itself; those who hung up may or may not have been answered.
    assert text.count('"route"') >= len(_requests(case_id)) - 1
    _assert_clean(text, "the server's output")
