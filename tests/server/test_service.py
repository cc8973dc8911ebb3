"""The server as a service: two workers, one pool, reload, roll back, stop; over real connections."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lumbarkg.cases.graphs import graph_of
from lumbarkg.resources import release_dir
from tests.sparql.server import Server, running_server

pytestmark = pytest.mark.slow
PREFIX = "PREFIX lkg: <https://w3id.org/lumbarkg/>"
CASE = {"age": 40, "findings": [{"finding": "LowBackPain"}]}
_SECONDS = 60.0


def _children(pid: int) -> dict[int, str]:
    """The child processes of a process, and how they were started."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            with suppress(OSError):
                found[int(child)] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _workers(pid: int) -> set[int]:
    return {child for child, command in _children(pid).items() if " serve " in command}


def _pools(pid: int) -> set[int]:
    return {child for child, command in _children(pid).items() if "store.pool" in command}


def _get(port: int, path: str, method: str = "GET", body: Any = None) -> tuple[int, dict[str, str], bytes]:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json"} if body is not None else {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _query(service: Service, text: str) -> tuple[int, dict[str, str], bytes]:
    """A query over a connection of its own: the one that is kept may lead to a worker that a test has killed."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    try:
        connection.request("POST", "/sparql", f"{PREFIX} {text}", {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _until(holds: Any, what: str, seconds: float = _SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def _is_ready(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return _get(port, "/readyz")[0] == 200
    return False


@dataclass(frozen=True)
class Service:
    """A server, its log, and a link to the release that it serves."""

    server: Server
    log: Path
    link: Path
    folder: Path
    temporary: Path

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def pid(self) -> int:
        return self.server.pid

    def release(self) -> str:
        return _get(self.port, "/healthz")[1]["lumbarkg-release"]

    def offer(self, name: str, more: str = "", *, ontology: str | None = None) -> None:
        """Put a release in the link's place: the shipped one with more text, or with another ontology."""
        folder = self.folder / name
        shutil.copytree(release_dir(), folder)
        file = folder / "lumbarkg.ttl"
        file.write_text(ontology if ontology is not None else file.read_text("utf-8") + more, "utf-8")
        self.point_to(folder)

    def point_to(self, folder: Path) -> None:
        fresh = self.folder / "fresh"
        fresh.symlink_to(folder)
        fresh.replace(self.link)

    def reload(self) -> str:
        """Have it reload; returns what the log says of that."""
        before = len(self.log.read_text())
        os.kill(self.pid, signal.SIGHUP)
        _until(lambda: re.search(r"reload(?: refused)?: .*", self.log.read_text()[before:]), "a word about the reload")
        found = re.search(r"reload(?: refused)?: .*", self.log.read_text()[before:])
        assert found is not None
        return found[0]


@contextmanager
def _service(folder: Path, *arguments: str) -> Iterator[Service]:
    link, log = folder / "release", folder / "log"
    link.symlink_to(release_dir())
    with (
        tempfile.TemporaryDirectory(prefix="lkg") as temporary,  # the address of a socket is short
        log.open("wb") as sink,
        running_server(
            *("--release", str(link), "--record", str(folder / "record.sqlite")),
            *arguments,
            stderr=sink,
            TMPDIR=temporary,
        ) as server,
    ):
        wanted = int(arguments[arguments.index("--workers") + 1])
        # The first worker answers before the last one is there.
        _until(lambda: _is_ready(server.port) and len(_workers(server.pid)) == wanted, "ready")
        yield Service(server, log, link, folder, Path(temporary))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with _service(
        tmp_path_factory.mktemp("service"), "--workers", "2", "--access-log", "--log-format", "json"
    ) as found:
        yield found


# ------------------------------------------------------------ two workers


def test_two_workers_answer_and_share_one_pool(service: Service) -> None:
    assert len(_workers(service.pid)) == 2
    assert len(_pools(service.pid)) == 1
    _until(lambda: _processes_that_answered(service) >= _workers(service.pid), "both have answered")


def _processes_that_answered(service: Service) -> set[int]:
    """Ask on several connections at once; the access log names the process of each answer."""
    threads = [threading.Thread(target=_get, args=(service.port, "/healthz")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line.startswith("{")]
    return {line["process"] for line in lines if line.get("route") == "/healthz"}


def test_whoever_answers_sees_what_the_other_stored(service: Service) -> None:
    ids = [str(uuid.uuid4()) for _ in range(12)]
    for number, case_id in enumerate(ids):
        status, headers, _ = _get(service.port, f"/api/v1/cases/{case_id}", "PUT", {**CASE, "age": 20 + number})
        assert status == 201
        for _ in range(4):
            status, seen, _ = _get(service.port, f"/api/v1/cases/{case_id}")
            assert (status, seen["etag"]) == (200, headers["etag"])
        asked = f"SELECT ?age WHERE {{ GRAPH <{graph_of(case_id)}> {{ ?c lkg:ageYears ?age }} }}"
        rows = json.loads(_query(service, asked)[2])["results"]["bindings"]
        assert [row["age"]["value"] for row in rows] == [str(20 + number)]


def test_a_token_that_was_revoked_is_refused_by_both(service: Service) -> None:
    record = str(service.folder / "record.sqlite")

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "lumbarkg", "token", *arguments, "--record", record]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    token = run("create", "--name", "of-a-test", "--tenant", "lab", "--scope", "read").strip()
    headers = {"Authorization": f"Bearer {token}"}

    def statuses() -> set[int]:
        found = set()
        for _ in range(8):
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
            connection.request("GET", "/api/v1/conditions?limit=1", headers=headers)
            found.add(connection.getresponse().status)
            connection.close()
        return found

    assert statuses() == {200}
    run("revoke", next(line.split()[0] for line in run("list").splitlines() if "of-a-test" in line))
    assert statuses() == {401}


def test_the_counts_of_both_are_added_up(service: Service) -> None:
    def answered() -> float:
        text = _get(service.port, "/metrics")[2].decode()
        found = re.search(r'lumbarkg_http_requests_total\{method="GET",route="/docs",status="200"\} ([\d.]+)', text)
        return float(found[1]) if found else 0.0

    before = answered()
    threads = [threading.Thread(target=_get, args=(service.port, "/docs")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answered() == before + 20


def test_metrics_name_the_release_and_the_pool_and_no_finding(service: Service) -> None:
    _get(service.port, "/api/v1/assessments", "POST", {"findings": [{"finding": "SaddleAnaesthesia"}]})
    _get(service.port, "/lumbarkg/SaddleAnaesthesia?x=SaddleAnaesthesia")
    text = _get(service.port, "/metrics")[2].decode()
    digest = service.release().split()[1]
    assert re.search(rf'lumbarkg_release\{{digest="{digest}[0-9a-f]+",software="[^"]+",version="[^"]+"\}} 1.0', text)
    assert re.search(r"lumbarkg_store_ready [1-9]", text)
    assert "lumbarkg_http_request_seconds_bucket" in text
    assert "saddle" not in text.lower()


def test_a_worker_that_dies_is_replaced(service: Service) -> None:
    before = _workers(service.pid)
    os.kill(min(before), signal.SIGKILL)
    _until(lambda: len(_workers(service.pid)) == 2 and _workers(service.pid) != before, "another worker")
    assert _get(service.port, "/healthz")[0] == 200


def test_a_pool_that_dies_is_replaced_with_the_cases_in_it(service: Service) -> None:
    case_id = str(uuid.uuid4())
    assert _get(service.port, f"/api/v1/cases/{case_id}", "PUT", CASE)[0] == 201
    ask = f"ASK {{ GRAPH <{graph_of(case_id)}> {{ ?c a lkg:PatientCase }} }}"
    assert json.loads(_query(service, ask)[2])["boolean"] is True
    (pool,) = _pools(service.pid)
    os.kill(pool, signal.SIGKILL)
    _until(lambda: _pools(service.pid) not in ({pool}, set()) and _is_ready(service.port), "another pool")
    for _ in range(8):  # connections of both workers to the pool that died may fail once
        status, headers, _ = _query(service, ask)
        assert status == 200 or (status == 503 and headers["retry-after"])
    assert json.loads(_query(service, ask)[2])["boolean"] is True


# ------------------------------------------------------------ reload


def test_a_reload_loses_no_request_and_mixes_no_releases(tmp_path: Path) -> None:
    """Clients on kept and on fresh connections go on while one release takes over from the other."""
    with _service(tmp_path, "--workers", "2", "--probation-seconds", "2") as service:
        first = service.release()
        stop, failures, seen = threading.Event(), list[str](), set[tuple[str, str]]()

        def ask(connection: http.client.HTTPConnection) -> None:
            connection.request(
                "POST", "/api/v1/assessments?view=compact", json.dumps(CASE), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            body = json.loads(answer.read())
            digest = body["reasoning"]["ontologyDigest"]
            seen.add((answer.headers["Lumbarkg-Release"].split()[1], digest[:16]))

        def hammer(*, is_kept: bool) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
            while not stop.is_set():
                try:
                    ask(connection)
                except (OSError, http.client.HTTPException) as problem:
                    failures.append(repr(problem))
                if not is_kept:
                    connection.close()
                time.sleep(0.01)

        threads = [threading.Thread(target=hammer, kwargs={"is_kept": n % 2 == 0}) for n in range(6)]
        for thread in threads:
            thread.start()
        try:
            old = _workers(service.pid)
            service.offer("second", "\n# another release\n")
            assert "takes over" in service.reload()
            _until(lambda: not (_workers(service.pid) & old) and len(_workers(service.pid)) == 2, "new workers")
            _until(lambda: service.release() != first, "another release")
            time.sleep(1)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        assert failures == []
        assert len(seen) == 2, "both releases answered"
        assert all(header == body for header, body in seen)
        _until(lambda: len(_pools(service.pid)) == 1, "the former pool has ended")
        assert 'lumbarkg_reloads_total{outcome="done"} 1.0' in _get(service.port, "/metrics")[2].decode()


def test_a_release_with_faults_is_refused_and_the_former_goes_on(tmp_path: Path) -> None:
    with _service(tmp_path, "--workers", "1") as service:
        first, workers = service.release(), _workers(service.pid)
        service.offer("broken", ontology="this is no Turtle")
        assert "reload refused" in service.reload()
        service.offer("defective", '\n<https://w3id.org/lumbarkg/Stray> rdfs:label "a thing" .\n')
        said = service.reload()
        assert "reload refused" in said
        assert "label-without-language" in said
        service.point_to(tmp_path / "nowhere")
        assert "reload refused" in service.reload()
        assert service.release() == first
        assert _workers(service.pid) == workers
        assert len(_pools(service.pid)) == 1
        assert 'lumbarkg_reloads_total{outcome="refused"} 3.0' in _get(service.port, "/metrics")[2].decode()


def test_a_release_whose_workers_die_is_rolled_back(tmp_path: Path) -> None:
    with _service(tmp_path, "--workers", "1") as service:
        first, old = service.release(), _workers(service.pid)
        service.offer("second", "\n# another release\n")
        service.reload()
        _until(lambda: service.release() != first and not _workers(service.pid) & old, "the new release")
        (worker,) = _workers(service.pid)
        os.kill(worker, signal.SIGSEGV)
        _until(lambda: "rolled back" in service.log.read_text(), "a word about it")
        _until(lambda: _is_ready(service.port) and service.release() == first, "the former release")


# ------------------------------------------------------------ stop


def test_a_stop_lets_what_runs_end_and_leaves_nothing(tmp_path: Path) -> None:
    with _service(tmp_path, "--workers", "2", "--query-seconds", "3") as service:
        processes = {service.pid, *_children(service.pid)}
        assert list(service.temporary.iterdir()), "the socket of the pool is there"
        answers: list[int] = []
        slow = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . FILTER(?c = ?f) }"

        def ask() -> None:
            answers.append(_query(service, slow)[0])

        thread = threading.Thread(target=ask)
        thread.start()
        time.sleep(0.5)
        os.kill(service.pid, signal.SIGTERM)
        thread.join(30)
        assert answers in ([200], [503]), "it was answered: in full, or that it took too long"
        _until(lambda: not any(_is_alive(pid) for pid in processes), "every process has ended")
        assert list(service.temporary.iterdir()) == []


def _is_alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_when_the_master_is_killed_the_others_end(tmp_path: Path) -> None:
    with _service(tmp_path, "--workers", "2") as service:
        processes = _children(service.pid)
        assert len(processes) == 3
        os.kill(service.pid, signal.SIGKILL)
        _until(lambda: not any(_is_alive(pid) for pid in processes), "every process has ended", 20)


def test_workers_that_end_as_soon_as_they_start_end_the_server(tmp_path: Path) -> None:
    with _service(tmp_path, "--workers", "1") as service:
        time.sleep(2)  # the first has lived long enough
        killed: set[int] = set()

        def is_over() -> bool:
            for worker in _workers(service.pid) - killed:
                os.kill(worker, signal.SIGKILL)
                killed.add(worker)
            return not _is_alive(service.pid)

        _until(is_over, "the master has given up")
        assert 10 < len(killed) < 20
        assert "workers end as soon as they start" in service.log.read_text()
