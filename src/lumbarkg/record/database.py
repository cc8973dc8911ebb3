"""The SQLite file of the record: how it is opened, and what a transaction on it promises.

WAL with ``synchronous=FULL``: a transaction that has ended is on disk, whatever dies afterwards. A connection belongs
to one thread of one process; it is never carried over a fork.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from lumbarkg.errors import LumbarkgError, StorageFullError, StoreBusyError, StoreError
from lumbarkg.record.schema import MIGRATIONS

_BUSY_SECONDS = 10.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what a DELETE erases is overwritten with zeros
    "PRAGMA trusted_schema = OFF",
)
_MASK = 0xFF  # the primary code of an extended one


class Database:
    """One file; made, with its folder, when it is first opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        # One writer a process at a time: waiting here is fair and short, SQLite's busy handler sleeps.
        self._writing = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether the file is there; asking does not make it."""
        return self.path.exists()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection to read from, each statement on its own. Raises as ``write`` does."""
        try:
            yield self._connection()
        except sqlite3.Error as problem:
            raise _named(problem) from problem

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: on disk when the block has ended, undone where it raises.

        Raises StorageFullError where the disk has no room, StoreBusyError where another process writes for too long,
        StoreError for anything else that is wrong with the file.
        """
        with self._writing:
            try:
                connection = self._connection()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as problem:
                raise _named(problem) from problem

    def close(self) -> None:
        """Close the connection of this thread."""
        found = getattr(self._local, "opened", None)
        if found is not None:
            self._local.opened = None
            found[1].close()

    def back_up(self, target: Path) -> None:
        """Copy the file as it is now into a new one, consistent while others write. Raises StoreError, FileExistsError."""
        make_private(target)
        with self.read() as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
            copy.commit()

    def _connection(self) -> sqlite3.Connection:
        found = getattr(self._local, "opened", None)
        if found is not None and found[0] == os.getpid():
            connection: sqlite3.Connection = found[1]
            return connection
        connection = self._open()
        self._local.opened = (os.getpid(), connection)
        return connection

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):
                make_private(self.path)
        except OSError as problem:
            raise StoreError(f"{self.path}: {problem.strerror}. Name another place with --record.") from problem
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            _migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection


def make_private(path: Path) -> None:
    """Make an empty file that its owner alone reads. Raises FileExistsError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def check_file(path: Path) -> None:
    """Raise StoreError where a file is no whole record."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as problem:
        raise StoreError(f"{path} is no record: {problem}.") from problem
    if verdict != "ok":
        raise StoreError(f"{path} is damaged: {verdict}.")
    if not 0 < version <= len(MIGRATIONS):
        raise StoreError(f"{path} is no record of this version of Lumbarkg (schema {version}).")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]  # another process may have been faster
        if version > len(MIGRATIONS):
            raise StoreError(f"{path} was written by a newer Lumbarkg (schema {version}). Install that, or restore.")
        for script in MIGRATIONS[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; ``executescript`` would end the transaction."""
    text = ""
    for part in script.split(";"):
        text += part + ";"
        if sqlite3.complete_statement(text) and text.strip(" \n;"):
            yield text
            text = ""


def _named(problem: sqlite3.Error) -> LumbarkgError:
    code = getattr(problem, "sqlite_errorcode", 0) or 0
    if code & _MASK == sqlite3.SQLITE_FULL or code in (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC):
        return StorageFullError("The disk of the case store takes no more; nothing of this request was stored.")
    if code & _MASK in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError("The case store is busy; nothing of this request was stored.")
    return StoreError(f"The case store cannot be used ({type(problem).__name__}); nothing of this request was stored.")
