"""What was acknowledged survives a power failure; ``make power-loss`` looks longer, and at the server too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.record.disks import Disk, draws, without_syncs_of
from tests.record.power import Recording, lose_power, record_server, record_writer
from tests.record.tracing import Call, is_tracing_possible

WRITES, MOMENTS = 160, 60

pytestmark = pytest.mark.skipif(
    not is_tracing_possible(), reason="strace is missing or may not trace (Debian: apt-get install strace)"
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return record_writer(tmp_path_factory.mktemp("power") / "files", seed=1, writes=WRITES)


def test_the_recording_holds_what_a_disk_can_spoil(recording: Recording) -> None:
    assert len(recording.acknowledged) == WRITES
    paths = {kind: {Path(c.path).name for c in recording.calls if c.kind == kind} for kind in ("write", "sync")}
    assert paths["write"] >= {"record.sqlite", "record.sqlite-wal", "record.sqlite-journal"}
    assert paths["sync"] >= {"record.sqlite", "record.sqlite-wal", "folder", "new", "files"}
    # The log was brought into the file while others wrote, and begun anew; and it was removed, and made again.
    heads = [c for c in recording.calls if c.kind == "write" and c.path.endswith("-wal") and c.offset == 0]
    assert len(heads) > 2
    assert [c.kind for c in recording.calls if c.path.endswith("-wal")].count("remove") == 2


@pytest.mark.slow
def test_a_power_failure_loses_nothing_that_was_acknowledged(
    recording: Recording, measured: Callable[[str], None]
) -> None:
    verdict = lose_power(recording, MOMENTS, seed=2)
    assert verdict.images == MOMENTS * len(draws(0))
    assert verdict.losses == []
    measured(f"{WRITES} acknowledged writes, {verdict.images} disks after a power failure, none lost or spoilt")


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
def test_it_sees_that_commits_are_not_synced(tmp_path: Path, synchronous: str) -> None:
    lazy = record_writer(tmp_path / "files", seed=3, writes=40, synchronous=synchronous)
    assert lose_power(lazy, 20, seed=3).losses


@pytest.mark.parametrize("folder", ["folder", "new", "files"])
def test_it_sees_that_a_folder_is_not_synced(recording: Recording, folder: str) -> None:
    calls = without_syncs_of(recording.calls, lambda path: Path(path).name == folder)
    assert len(calls) < len(recording.calls)
    assert lose_power(recording, 10, seed=4, calls=calls).losses


@pytest.mark.parametrize("name", ["record.sqlite-wal", "record.sqlite.key"])
def test_it_sees_that_a_file_is_not_synced(recording: Recording, name: str) -> None:
    calls = without_syncs_of(recording.calls, lambda path: Path(path).name.startswith(name))
    assert lose_power(recording, 10, seed=5, calls=calls).losses


def test_it_sees_that_the_file_is_not_synced_before_the_log_is_begun_anew(recording: Recording) -> None:
    calls = without_syncs_of(recording.calls, lambda path: path.endswith("record.sqlite"))
    assert lose_power(recording, 40, seed=6, calls=calls).losses


@pytest.mark.slow
def test_a_power_failure_loses_nothing_that_the_server_answered(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    served = record_server(tmp_path / "files", seed=7, writes=60)
    assert len(served.acknowledged) >= 60
    verdict = lose_power(served, 30, seed=7)
    assert verdict.losses == []
    measured(f"{len(served.acknowledged)} answers of a server, {verdict.images} disks after a power failure, none lost")


def test_a_disk_keeps_what_was_synced_and_anything_of_the_rest(tmp_path: Path) -> None:
    top, file = Path("/top"), "/top/file"
    disk = Disk(top)
    for number, call in enumerate(
        (
            Call("make", 0, 0, file),
            Call("sync", 1, 1, "/top"),
            Call("write", 2, 2, file, content=b"a" * 1024, offset=0),
            Call("write", 3, 5, file, content=b"b" * 512, offset=0),  # it ends after the sync has begun
            Call("sync", 4, 6, file),
            Call("write", 7, 7, file, content=b"c" * 512, offset=1024),
            Call("make", 8, 8, "/top/other"),
        )
    ):
        assert call.begun >= number
        disk.replay(call)
    seen = set()
    for seed in range(40):
        for number, draw in enumerate(draws(seed)):
            folder = tmp_path / f"{seed}-{number}"
            disk.image(folder, draw)
            content = (folder / "file").read_bytes()
            assert content[512:1024] == b"a" * 512
            seen.add((content[:1], len(content), (folder / "other").exists()))
    assert seen == {(b, n, o) for b in (b"a", b"b") for n in (1024, 1536) for o in (False, True)}
