"""The record opened: its file, and what is kept in it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lumbarkg.errors import StoreError
from lumbarkg.record.audit import AuditLog
from lumbarkg.record.cases import Cases
from lumbarkg.record.database import Database, check_file
from lumbarkg.record.folders import sync_folder
from lumbarkg.record.keys import InstallKey, read_key
from lumbarkg.record.tokens import TokenRegistry


@dataclass(frozen=True)
class Record:
    """The case store of an installation."""

    database: Database

    @cached_property
    def cases(self) -> Cases:
        """The cases."""
        return Cases(self.database)

    @cached_property
    def tokens(self) -> TokenRegistry:
        """The tokens."""
        return TokenRegistry(self.database)

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log."""
        return AuditLog(self.database)

    @cached_property
    def key(self) -> InstallKey:
        """The key beside the file, made at its first use."""
        path = self.database.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return read_key(path.with_name(f"{path.name}.key"))


def open_record(path: Path) -> Record:
    """The record at a path; the file is made when something is first written or looked up."""
    return Record(Database(path))


def default_path() -> Path:
    """Where the record is unless told otherwise: ``LUMBARKG_RECORD``, else below the user's data folder."""
    named = os.environ.get("LUMBARKG_RECORD")
    if named:
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "lumbarkg" / "record.sqlite"


def restore(backup: Path, path: Path) -> None:
    """Put a backup in the place of the record, whole or not at all; no server may run on it.

    Raises StoreError where the backup is not whole, or where the record is in use.
    """
    check_file(backup)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.restoring")
    with hold_exclusively(path):
        _settle(path)
        shutil.copyfile(backup, aside)
        aside.chmod(0o600)
        with aside.open("rb") as handle:
            os.fsync(handle.fileno())
        for companion in ("-wal", "-shm"):
            path.with_name(path.name + companion).unlink(missing_ok=True)
        sync_folder(path.parent)  # or the old log may be there again, and beside the new file
        aside.replace(path)
        sync_folder(path.parent)
        # A store that outlives the server may hold graphs of what the backup does not know.
        open_record(path).cases.ask_for_rebuild()


def _settle(path: Path) -> None:
    """Bring the write-ahead log into the old file, so that nothing of it is lost should this break off."""
    if path.exists():
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as connection:  # it may be damaged
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class hold_shared:  # noqa: N801 - used as a function
    """Say that a server runs on a record, until closed or until the process ends."""

    def __init__(self, path: Path) -> None:
        """Raises StoreError where the folder cannot be used."""
        self._handle = _lock(path, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)


class hold_exclusively:  # noqa: N801 - used as a function
    """Hold a record alone while a block runs. Raises StoreError where a server runs on it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._handle = _lock(self._path, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)


def _lock(path: Path, operation: int) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as problem:
        raise StoreError(f"{path}: {problem.strerror}. Name another place with --record.") from problem
    try:
        fcntl.flock(handle, operation)
    except BlockingIOError as problem:
        os.close(handle)
        raise StoreError(f"A server runs on {path}. Stop it first.") from problem
    return handle
