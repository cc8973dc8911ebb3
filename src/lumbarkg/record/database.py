"""The SQLite file of the record: how it is opened, and what a transaction on it promises.

WAL with ``synchronous=FULL``: a transaction that has ended is on disk, whatever dies afterwards. A connection belongs
to one thread of one process; it is never carried over a fork.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from lumbarkg.errors import LumbarkgError, StorageFullError, StoreBusyError, StoreError
from lumbarkg.record.folders import sync_folder, sync_way_to
from lumbarkg.record.schema import MIGRATIONS

_BUSY_SECONDS = 10.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what a DELETE erases is overwritten with zeros
    "PRAGMA trusted_schema = OFF",
)
_MOST_TOGETHER = 256
Result = TypeVar("Result")
_MASK = 0xFF  # the primary code of an extended one


@dataclass(eq=False)
class _Job:
    """A write that waits for its turn, and what came of it."""

    run: Callable[[sqlite3.Connection], Any]
    is_done: bool = False
    result: Any = None
    error: BaseException | None = None


class Database:
    """One file; made, with its folder, when it is first opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._leading = threading.Lock()
        self._waiting: deque[_Job] = deque()

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

    def write(self, run: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something in a transaction: on disk when this returns, undone where ``run`` raises.

        Writes of several threads are committed together, because a disk flushes a hundred as fast as one: whoever
        comes first carries out all that wait, each within a savepoint of its own, perhaps in another thread than asked.
        Raises what ``run`` does; StorageFullError where the disk has no room, StoreBusyError where another process
        writes for too long, StoreError for anything else that is wrong with the file.
        """
        job = _Job(run)
        self._waiting.append(job)
        with self._leading:
            if not job.is_done:
                self._lead()
        if job.error is not None:
            raise job.error
        return cast(Result, job.result)

    def _lead(self) -> None:
        """Carry out all that waits, in one transaction."""
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < _MOST_TOGETHER:
            jobs.append(self._waiting.popleft())
        try:
            connection = self._connection()
            with self._turn():
                connection.execute("BEGIN IMMEDIATE")
                try:
                    for job in jobs:
                        _try(job, connection)
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
        except BaseException as problem:  # none of them is on disk, whatever it was; each thread raises it
            error = _named(problem) if isinstance(problem, sqlite3.Error) else problem
            for job in jobs:
                job.result, job.error = None, error
        for job in jobs:
            job.is_done = True

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for other processes in the kernel's queue: SQLite would ask again and again, and sleep in between."""
        handle = os.open(self.path.with_name(f"{self.path.name}.turn"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def close(self) -> None:
        """Close the connection of this thread."""
        found = getattr(self._local, "opened", None)
        if found is not None:
            self._local.opened = None
            found[1].close()

    def back_up(self, target: Path) -> None:
        """Copy the file as it is now into a new one, consistent while others write. Raises StoreError, OSError."""
        make_private(target)
        with self.read() as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without companions
            copy.commit()
        sync_folder(target.absolute().parent)

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
        except OSError as problem:
            connection.close()
            raise StoreError(f"{self.path.parent}: {problem.strerror}. Name another place with --record.") from problem
        except BaseException:
            connection.close()
            raise
        return connection


def _try(job: _Job, connection: sqlite3.Connection) -> None:
    """Carry out one of several writes; where it refuses, the others stand."""
    connection.execute("SAVEPOINT job")
    try:
        job.result = job.run(connection)
    except sqlite3.Error:
        raise  # SQLite may have undone the whole transaction
    except Exception as problem:  # its own, raised in the thread that asked
        connection.execute("ROLLBACK TO job")
        job.error = problem
    connection.execute("RELEASE job")


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
        # SQLite syncs the folder of the file, but not those above, which may have been made for it. Nothing can be
        # stored before this commit, in no process, so that nothing is promised before they are on disk.
        sync_way_to(path)
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
