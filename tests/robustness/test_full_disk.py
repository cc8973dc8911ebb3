"""A disk that is full, and standard streams that are closed, under ``lumbarkg serve``."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.serving import Served, serve
from tests.robustness.watching import watch

STORAGE_FULL = "https://w3id.org/lumbarkg/problems/storage-full"
_KIB = 1024


def send(served: Served, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    return answer.status, json.loads(content) if content else {}


def put(served: Served, number: int, exposures: int = 100) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"findings": [], "exposures": [{"unaccustomed": True}] * exposures}).encode()
    return send(served, "PUT", f"/api/v1/cases/{uuid.UUID(int=number, version=4)}", body)


def workers(served: Served) -> list[int]:
    return [pid for pid, use in watch(served.process.pid).items() if "lumbarkg serve" in use.command]


@contextmanager
def limited(served: Served) -> Iterator[None]:
    """No process of the server may make a file longer than the log of the record is now."""
    most = served.record.with_name("record.sqlite-wal").stat().st_size + 4 * _KIB
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers(served)}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, hard))
    yield
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def filled(served: Served) -> Iterator[None]:
    """Nothing is left on the disk of the record."""
    filler = served.record.with_name("filler")
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(_KIB))
    yield
    filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A file system of its own, where root may mount one; nothing where it may not."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    is_mounted = os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield folder if is_mounted else None
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607 - as installed


def suffer(served: Served, full: Callable[[Served], Any]) -> int:
    """Store cases until there is no room, and again when there is; returns how many were refused."""
    kept = [n for n in range(1, 4) if put(served, n)[0] == 201]
    assert len(kept) == 3
    refused = 0
    with full(served):
        for number in range(10, 26):
            status, content = put(served, number, 400)
            if status == 201:
                kept.append(number)
                continue
            refused += 1
            assert (status, content["type"]) == (507, STORAGE_FULL)
            assert content["issues"][0]["remedy"]
        assert refused > 8
        # What needs no record goes on.
        assert send(served, "GET", "/healthz")[0] == 200
        assert send(served, "POST", "/api/v1/assessments?view=compact", b'{"findings": []}')[0] == 200
    for number in kept:
        assert send(served, "GET", f"/api/v1/cases/{uuid.UUID(int=number, version=4)}")[0] == 200
    assert put(served, 99)[0] == 201
    assert send(served, "GET", "/readyz")[0] == 200
    return refused


@pytest.mark.slow
def test_a_full_disk_is_said_loses_nothing_and_is_got_over(tmp_path: Path, measured: Callable[[str], None]) -> None:
    with serve(tmp_path) as served:
        refused = suffer(served, limited)
        assert served.process.poll() is None
        told = f"{refused} refused at a limit of the length of files"
        body = b'{"findings": []' + b" " * 500 * _KIB + b"}"
        with limited_to_nothing(served):  # a body that is longer than memory is to hold goes to a file
            status, content = send(served, "POST", "/api/v1/assessments?view=compact", body)
            assert (status, content["type"]) == (507, STORAGE_FULL)
            assert send(served, "GET", "/healthz")[0] == 200
        assert send(served, "POST", "/api/v1/assessments?view=compact", body)[0] == 200
    with small_disk(tmp_path / "disk") as disk:
        if disk is not None:
            with serve(disk) as served:
                told += f", {suffer(served, filled)} on a disk of 16 MB that is full"
    measured(told)


@contextmanager
def limited_to_nothing(served: Served) -> Iterator[None]:
    """No process of the server may write a file."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers(served)}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (_KIB, hard))
    yield
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def test_without_room_for_the_query_service_it_says_so(tmp_path: Path) -> None:
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); "
    code += "from lumbarkg.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--record", str(tmp_path / "record.sqlite")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=90, env=os.environ | {"TMPDIR": str(tmp_path)}
    )
    assert done.returncode == 1
    assert f"Is there room in {tmp_path}?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_closed_standard_streams_lead_nowhere(tmp_path: Path) -> None:
    """Without a standard error the next file that is opened would be it, and logs would be written into it."""
    with serve(tmp_path, "--access-log", through="exec 0<&- 1>&- 2>&-") as served:
        for pid in watch(served.process.pid):
            leads = [os.path.realpath(f"/proc/{pid}/fd/{number}") for number in (0, 1, 2)]
            assert leads[2] == os.devnull, pid
            assert not any(lead.startswith(str(tmp_path)) for lead in leads), pid
        assert put(served, 1)[0] == 201
    assert served.record.with_name("record.sqlite.lock").read_bytes() == b""
