"""Opening, migrating, writing together, a disk that is full, backup and restore."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lumbarkg.cli import main
from lumbarkg.errors import StoreError
from lumbarkg.record.cases import Precondition, PreconditionError
from lumbarkg.record.database import Database
from lumbarkg.record.record import hold_shared, open_record
from lumbarkg.record.schema import MIGRATIONS
from tests.record.writing import cases_at, put

ONE = uuid.UUID(int=1)


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    record = open_record(tmp_path / "folder" / "record.sqlite")
    put(record.cases, ONE, "{}")
    assert record.key.digest(b"x") != record.key.digest(b"y")
    for path in (record.database.path, record.database.path.with_name("record.sqlite.key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    put(cases_at(path), ONE, "{}")
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(StoreError, match="newer Lumbarkg"):
        cases_at(path).ids("lab")


def test_many_processes_may_make_the_file_at_once(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from tests.record.writing import *; import uuid\n"
    code += "put(cases_at(Path(sys.argv[1])), uuid.uuid4(), '{}')"
    started = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "record.sqlite")]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert len(cases_at(tmp_path / "record.sqlite").ids("lab")) == 3


def test_writes_that_are_committed_together_stand_and_fall_alone(tmp_path: Path) -> None:
    cases = cases_at(tmp_path / "record.sqlite")
    put(cases, ONE, "first")
    gate = threading.Barrier(16)

    def write(number: int) -> bool:
        gate.wait()
        try:
            put(cases, ONE, f"{number}", precondition=Precondition(revisions=frozenset({1})))
        except PreconditionError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(write, range(16)))
    assert won.count(True) == 1
    found = cases.revisions(ONE, "lab")
    assert [r.document for r in found] == ["first", str(won.index(True))]


def test_of_two_processes_exactly_one_wins_each_revision(tmp_path: Path) -> None:
    """Both read the current revision and write on the condition that it still stands; none is written twice."""
    path = tmp_path / "record.sqlite"
    cases = cases_at(path)
    put(cases, ONE, "first")
    code = """
import sys, uuid
from pathlib import Path
from lumbarkg.record.cases import Precondition, PreconditionError
from tests.record.writing import cases_at, put
cases, won, lost, one = cases_at(Path(sys.argv[1])), [], 0, uuid.UUID(int=1)
while len(won) < 40:
    seen = cases.get(one, "lab").number
    try:
        won.append(put(cases, one, sys.argv[2], precondition=Precondition(revisions=frozenset({seen}))).revision)
        assert won[-1] == seen + 1
    except PreconditionError:
        lost += 1
print(" ".join(map(str, won)))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path), name], stdout=subprocess.PIPE, text=True)
        for name in ("left", "right")
    ]
    won = [set(map(int, writer.communicate(timeout=60)[0].split())) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert won[0].isdisjoint(won[1])
    assert won[0] | won[1] == set(range(2, 82))
    by_name = {"left": won[0], "right": won[1]}
    for revision in cases.revisions(ONE, "lab")[1:]:
        assert revision.number in by_name[revision.document]


FULL_DISK = """
import json, resource, sys, uuid
from dataclasses import replace
from pathlib import Path
from lumbarkg.web.app import create_app, default_config
path = Path(sys.argv[1])
app = create_app(replace(default_config(), record=path))
client = app.test_client()
def put(number, exposures):
    body = {"findings": [], "exposures": [{"unaccustomed": True}] * exposures}
    return client.put(f"/api/v1/cases/{uuid.UUID(int=number)}", json=body)
kept = [n for n in range(1, 4) if put(n, 100).status_code == 201]
resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name("record.sqlite-wal").stat().st_size + 4096,) * 2)
answers = [put(n, 400) for n in range(4, 10)]
refused = [a for a in answers if a.status_code != 201]
print(json.dumps({
    "kept": len(kept),
    "statuses": sorted({a.status_code for a in refused}),
    "types": sorted({a.get_json()["type"] for a in refused}),
    "there": [client.get(f"/api/v1/cases/{uuid.UUID(int=n)}/revisions").status_code for n in kept],
}))
"""


@pytest.mark.slow
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], stdout=subprocess.PIPE, check=True, text=True, timeout=120
    )
    answer = json.loads(done.stdout)
    assert answer["kept"] == 3
    assert answer["statuses"] == [507]
    assert answer["types"] == ["https://w3id.org/lumbarkg/problems/storage-full"]
    assert answer["there"] == [200, 200, 200]
    # With room again, all is as it was, and it takes writes.
    cases = cases_at(path)
    assert {uuid.UUID(int=n) for n in (1, 2, 3)} <= set(cases.ids("local"))
    put(cases, uuid.UUID(int=99), "{}")


def test_a_backup_taken_while_it_is_written_is_whole_and_can_be_restored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, backup = tmp_path / "record.sqlite", tmp_path / "backup.sqlite"
    cases = cases_at(path)
    put(cases, ONE, "before")
    stop = threading.Event()

    def write() -> None:
        own = cases_at(path)
        while not stop.is_set():
            put(own, uuid.uuid4(), "x" * 2000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert main(["cases", "backup", str(backup), "--record", str(path)]) == 0
    finally:
        stop.set()
        writer.join()
    put(cases, ONE, "after")
    assert main(["cases", "backup", str(backup), "--record", str(path)]) == 1  # it never overwrites
    held = hold_shared(path)
    assert main(["cases", "restore", str(backup), "--record", str(path)]) == 1
    assert "A server runs on" in capsys.readouterr().err
    held.close()
    assert cases.get(ONE, "lab").document == "after"
    assert main(["cases", "restore", str(backup), "--record", str(path)]) == 0
    restored = cases_at(path)
    assert restored.get(ONE, "lab").document == "before"
    actions = [e["action"] for e in open_record(path).audit.entries()]
    assert actions[-1] == "cases.restore"


def test_what_is_no_record_is_not_restored(tmp_path: Path) -> None:
    path, other = tmp_path / "record.sqlite", tmp_path / "other"
    put(cases_at(path), ONE, "kept")
    for content in (b"no database at all", b""):
        other.write_bytes(content)
        assert main(["cases", "restore", str(other), "--record", str(path)]) == 1
    assert cases_at(path).get(ONE, "lab").document == "kept"


def test_a_deleted_case_is_not_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    record = open_record(path)
    put(record.cases, ONE, "SECRETSECRET" * 500)
    from tests.record.writing import entry

    record.cases.delete(ONE, "lab", entry("case.delete"))
    with record.database.read() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"SECRETSECRET" not in b"".join(f.read_bytes() for f in tmp_path.iterdir())


def test_the_audit_log_is_append_only(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    put(cases_at(path), ONE, "{}")
    for text in ("DELETE FROM audit", "UPDATE audit SET who = 'nobody'"):
        with sqlite3.connect(path) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(text)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--record"):
        put(cases_at(tmp_path / "file" / "record.sqlite"), ONE, "{}")
    assert not Database(tmp_path / "file" / "record.sqlite").exists
    with pytest.raises(StoreError, match="--record"):
        hold_shared(tmp_path / "file" / "record.sqlite")
