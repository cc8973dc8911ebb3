"""One worker process as the pool sees it: started, fed, given jobs, and how it came to its end."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from lumbarkg.errors import LumbarkgError, QueryError, QueryLimitError, QueryTimeoutError, StoreError
from lumbarkg.store.frames import Frame, Kind, Unpacker, pack
from lumbarkg.store.limits import Limits
from lumbarkg.store.record import Record
from lumbarkg.store.worker import MEMORY_MESSAGE, serve

if TYPE_CHECKING:
    from lumbarkg.store.jobs import Job

CONTEXT = multiprocessing.get_context("forkserver")


class WorkerProcess(asyncio.Protocol):
    """A worker: its process and the socket to it."""

    def __init__(
        self,
        limits: Limits,
        on_frame: Callable[[WorkerProcess, Frame], None],
        on_end: Callable[[WorkerProcess], None],
    ) -> None:
        self._limits, self._on_frame, self._on_end = limits, on_frame, on_end
        self._unpacker = Unpacker()
        self.transport: asyncio.Transport | None = None
        self.job: Job | None = None
        self.revision = 0
        self.is_ready = False
        self.is_reniced = False
        self.first_bytes = 0

    async def start(self, record: Record) -> None:
        """Fork the process, which has the first graphs, and send it what has changed since."""
        loop = asyncio.get_running_loop()
        ours, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=serve, args=(theirs, self._limits), daemon=True)
        self._process.start()
        theirs.close()
        loop.add_reader(self._process.sentinel, self._ended)
        connection = socket.socket(fileno=os.dup(ours.fileno()))
        ours.close()
        await loop.connect_accepted_socket(lambda: self, connection)
        self.feed(record)
        self.send(pack(Kind.READY))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream socket has no other
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        for frame in self._unpacker.feed(data):
            if frame.kind is Kind.READY:
                self.first_bytes = self.virtual_bytes()
                self.is_ready = True
            self._on_frame(self, frame)

    def send(self, content: bytes) -> None:
        """Send a frame; asyncio keeps what the socket does not take at once."""
        if self.transport is not None:
            self.transport.write(content)

    def feed(self, record: Record) -> None:
        """Send what changed since the revision that the worker holds."""
        if self.revision == record.revision:
            return
        for name, content in record.since(self.revision):
            self.send(pack(Kind.DROP, {"name": name}) if content is None else pack(Kind.FEED, {"name": name}, content))
        self.revision = record.revision

    def lower_priority(self) -> None:
        """Run behind everybody else: the query is long."""
        self.is_reniced = True
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _own_priority() + self._limits.long_nice)

    def is_fit(self) -> bool:
        """Whether the worker can go on after a long query: its priority can be raised, its memory is not used up."""
        if not self.is_reniced:
            return True
        if self.virtual_bytes() - self.first_bytes > self._limits.memory_bytes // 4:
            return False
        try:
            os.setpriority(os.PRIO_PROCESS, self.pid, _own_priority() + self._limits.short_nice)
        except (PermissionError, ProcessLookupError):
            return False
        self.is_reniced = False
        return True

    def processor_seconds(self) -> float:
        """Processor time that the process has used, to a hundredth of a second; 0 where it is gone."""
        try:
            with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - no file of ours
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def virtual_bytes(self) -> int:
        """The address space of the process, 0 where it is gone."""
        try:
            with open(f"/proc/{self.pid}/statm", encoding="ascii") as statm:  # noqa: PTH123 - no file of ours
                return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            return 0

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid or 0

    def kill(self) -> None:
        """End the process; its memory is given back while others go on."""
        if self.transport is not None:
            self.transport.abort()
            self.transport = None
        self._process.kill()

    def cause_of_death(self) -> LumbarkgError:
        """What to tell the client whose query ran in a process that ended by itself."""
        code = self._process.exitcode
        if code == -signal.SIGABRT:
            return QueryLimitError(MEMORY_MESSAGE)
        if code == -signal.SIGSEGV:
            return QueryError("The query is nested too deeply. Write it with fewer levels of brackets.")
        if code == -signal.SIGXCPU:
            return QueryTimeoutError(f"The query ran longer than {self._limits.seconds:g} s and was stopped.")
        return StoreError("The process that ran this query ended before the answer was complete. Try again.")

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        if self.transport is not None:
            self.transport.abort()
            self.transport = None
        self._on_end(self)


def _own_priority() -> int:
    """The nice value of the pool, which those of the workers are counted from."""
    return os.getpriority(os.PRIO_PROCESS, 0)
