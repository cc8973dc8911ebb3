"""The governed pool: one process a machine that holds the record of the graphs and gives queries to worker processes.

Web processes speak with it over a socket in the file system. It runs one event loop and computes nothing itself. A
query has a deadline from its arrival. Slots are given in order, but never all of them to long queries: a query that
turns out long in the last slot is stopped, and starts anew when one of the others is free. Nothing of its answer was
sent by then, because answers are held back until a query is done or has a slot for long ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

from lumbarkg.errors import LumbarkgError, QueryTimeoutError, StoreBusyError
from lumbarkg.identifiers import Iri
from lumbarkg.store.failures import failure_head
from lumbarkg.store.frames import Frame, Kind, Unpacker, pack
from lumbarkg.store.jobs import Job, Waiting
from lumbarkg.store.limits import Limits
from lumbarkg.store.processes import CONTEXT, WorkerProcess
from lumbarkg.store.record import Record
from lumbarkg.store.template import announce_template

_TICK_SECONDS = 0.01
_RESTART_SECONDS = 0.5
_CLIENT_BUFFER = 1024 * 1024
_CONFIGURATION, _ANSWERS = 0, 1
_ENDS = (Kind.END, Kind.FAILURE, Kind.CHANGES)


class Client(asyncio.Protocol):
    """A connection of a web process: one job at a time."""

    def __init__(self, pool: Pool) -> None:
        self._pool, self._unpacker = pool, Unpacker()
        self._transport: asyncio.Transport | None = None
        self.job: Job | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream socket has no other
        transport.set_write_buffer_limits(high=_CLIENT_BUFFER)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        for frame in self._unpacker.feed(data):
            self._pool.submit(self, frame)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Called by asyncio: whoever waited has gone."""
        self._transport = None
        if self.job is not None:
            self._pool.abandon(self.job)

    def send(self, content: bytes) -> None:
        """Send a part of the answer."""
        if self._transport is not None:
            self._transport.write(content)

    def pause_writing(self) -> None:
        """Called by asyncio: the client reads more slowly than the worker writes."""
        if self.job and self.job.worker and self.job.worker.transport:
            self.job.worker.transport.pause_reading()

    def resume_writing(self) -> None:
        """Called by asyncio."""
        if self.job and self.job.worker and self.job.worker.transport:
            self.job.worker.transport.resume_reading()


class Pool:
    """The record, the workers and the jobs."""

    def __init__(self, limits: Limits, graphs: dict[Iri, bytes], owners: str) -> None:
        self._limits = limits
        self._record = Record(graphs, owners)
        self._waiting = Waiting()
        self._running: set[Job] = set()
        self._idle: list[WorkerProcess] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._workers: set[WorkerProcess] = set()
        self._is_writing = False
        self._is_ticking = False
        self._is_closing = False

    async def serve(self, path: str) -> None:
        """Answer on a socket until standard input ends, which is when whoever started the pool has gone."""
        self._loop = asyncio.get_running_loop()
        server = await self._loop.create_unix_server(lambda: Client(self), path)
        gone = asyncio.Event()
        self._loop.add_reader(_CONFIGURATION, lambda: None if os.read(_CONFIGURATION, 4096) else gone.set())
        os.write(_ANSWERS, pack(Kind.READY))
        self._start_worker()
        await gone.wait()
        self._is_closing = True
        server.close()
        for worker in list(self._workers):
            worker.kill()
        Path(path).unlink(missing_ok=True)

    def submit(self, client: Client, frame: Frame) -> None:
        """Take a job: answer at once what needs no worker, queue the rest."""
        if frame.head["op"] == "names":
            client.send(pack(Kind.END, {"names": self._record.names()}))
            return
        if frame.head["op"] == "state":
            ready = len(self._idle) + len(self._running)
            state = {"ready": ready, "running": len(self._running), "waiting": len(self._waiting)}
            client.send(pack(Kind.END, state))
            return
        job = Job(client, frame, self._loop.time() + self._limits.seconds)
        client.job = job
        if frame.head["op"] == "read" and frame.head["name"] not in self._record:
            self._finish(job, pack(Kind.END, {"missing": True}))
        elif len(self._waiting) >= self._limits.queue:
            self._fail(job, StoreBusyError("Too many queries are waiting.", max(1, round(self._limits.seconds / 2))))
        else:
            self._waiting.add(job)
            self._dispatch()
            self._tick_soon()

    def abandon(self, job: Job) -> None:
        """Nobody waits for the answer any more."""
        job.is_abandoned = True
        if job.worker is None:
            self._waiting.remove(job)
        elif job.is_long:
            # A write that was sent to a worker changes nothing before it is committed here.
            self._stop(job)
            self._dispatch()

    # Workers

    def _start_worker(self) -> None:
        worker = WorkerProcess(self._limits, self._received, self._ended)
        self._workers.add(worker)
        task = self._loop.create_task(worker.start(self._record))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    def _received(self, worker: WorkerProcess, frame: Frame) -> None:
        job = worker.job
        if frame.kind is Kind.READY:
            self._rest(worker)
            self._dispatch()
            # One after the other, so that the first is ready soon; and one more than there are slots, so that a
            # worker that was stopped is replaced at once.
            if len(self._workers) <= self._limits.slots:
                self._start_worker()
        elif job is not None:
            if frame.kind is Kind.CHANGES:
                self._finish(job, self._commit(frame))
            elif frame.kind in _ENDS:
                self._finish(job, frame.raw)
            else:
                self._pass_on(job, frame.raw)

    def _ended(self, worker: WorkerProcess) -> None:
        self._workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        job = worker.job
        worker.job = None
        if job is not None:
            job.worker = None
            self._running.discard(job)
            self._is_writing = self._is_writing and not job.is_write
            self._fail(job, worker.cause_of_death())
        if not self._is_closing:
            if worker.is_ready:
                self._start_worker()
            else:  # one that cannot even start must not be started in a tight loop
                self._loop.call_later(_RESTART_SECONDS, self._start_worker)
            self._dispatch()

    def _rest(self, worker: WorkerProcess) -> None:
        """Bring a worker up to date and let it wait for work."""
        worker.job = None
        worker.feed(self._record)
        self._idle.append(worker)

    # Jobs

    def _dispatch(self) -> None:
        while self._idle and len(self._running) < self._limits.slots:
            job = self._waiting.next(may_be_long=self._has_long_slot(), may_write=not self._is_writing)
            if job is None:
                return
            if job.head["op"] == "drop":
                self._finish(job, self._drop(job))
                continue
            if job.head["op"] == "load":
                self._finish(job, self._load(job))
                continue
            worker = self._idle.pop()
            worker.job, job.worker, job.started = job, worker, self._loop.time()
            self._running.add(job)
            self._is_writing = self._is_writing or job.is_write
            if job.is_long:
                job.is_flowing = True
                worker.lower_priority()
            worker.send(job.frame.raw)

    def _has_long_slot(self) -> bool:
        return sum(job.is_long for job in self._running) < self._limits.slots - 1

    def _is_past_short(self, job: Job) -> bool:
        """Whether a job has used the processor time that a short one may use."""
        if job.worker is None:
            return False
        used = job.worker.processor_seconds()
        if job.used_before is None:
            job.used_before = used
        return used - job.used_before >= self._limits.short_seconds

    def _turn_long(self, job: Job) -> None:
        """A query is not short: it goes on if a slot for long ones is free, else it starts anew later."""
        self._waiting.remember_long(job)
        if self._has_long_slot():
            job.is_long = job.is_flowing = True
            if job.worker is not None:
                job.worker.lower_priority()
            for part in job.held:
                job.client.send(part)
            job.held.clear()
            return
        self._stop(job)
        job.is_long = True
        job.used_before = None
        job.held.clear()
        job.held_bytes = 0
        self._waiting.add(job)
        self._dispatch()

    def _pass_on(self, job: Job, part: bytes) -> None:
        if job.is_flowing:
            job.client.send(part)
            return
        job.held.append(part)
        job.held_bytes += len(part)
        if job.held_bytes > self._limits.held_bytes:
            self._turn_long(job)

    def _finish(self, job: Job, last: bytes) -> None:
        """The answer is complete."""
        worker = job.worker
        self._running.discard(job)
        self._is_writing = self._is_writing and not (job.is_write and worker is not None)
        if job.client.job is job:
            job.client.job = None
        job.client.send(b"".join((*job.held, last)))
        if worker is None:
            return
        if job.is_long and self._loop.time() - job.started < self._limits.short_seconds:
            self._waiting.forget(job)
        job.worker = None
        worker.job = None
        if worker.transport is not None:
            worker.transport.resume_reading()
        if worker.is_fit():
            self._rest(worker)
        else:
            worker.kill()
        self._dispatch()

    def _fail(self, job: Job, problem: LumbarkgError) -> None:
        job.held.clear()
        self._finish(job, pack(Kind.FAILURE, failure_head(problem)))

    def _stop(self, job: Job) -> None:
        """End a running job with its process; another one takes its place."""
        worker = job.worker
        self._running.discard(job)
        self._is_writing = self._is_writing and not job.is_write
        job.worker = None
        if worker is not None:
            worker.job = None
            worker.kill()

    # Writing

    def _commit(self, frame: Frame) -> bytes:
        changes = unpack_graphs(frame.head["graphs"], frame.content)
        created = any(name not in self._record for name in changes)
        try:
            self._record.check_room(changes, self._limits.graph_bytes)
        except LumbarkgError as problem:
            return pack(Kind.FAILURE, failure_head(problem))
        self._change(changes)
        return pack(Kind.END, {"created": created})

    def _drop(self, job: Job) -> bytes:
        name = Iri(job.head["name"])
        existed = name in self._record
        if existed:
            self._change({name: None})
        return pack(Kind.END, {"existed": existed})

    def _load(self, job: Job) -> bytes:
        """Graphs that derive from another record: they are made by us, and count towards no quota."""
        self._change(unpack_graphs(job.head["graphs"], job.frame.content))
        return pack(Kind.END, {})

    def _change(self, changes: dict[Iri, bytes | None]) -> None:
        if changes:
            self._record.commit(changes)
            for worker in self._idle:
                worker.feed(self._record)

    # Time

    def _tick_soon(self) -> None:
        if not self._is_ticking and (self._running or len(self._waiting)):
            self._is_ticking = True
            self._loop.call_later(_TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        self._is_ticking = False
        now = self._loop.time()
        for job in list(self._running):
            if now >= job.deadline:
                self._stop(job)
                words = f"The query ran longer than {self._limits.seconds:g} s and was stopped."
                self._fail(job, QueryTimeoutError(f"{words} Ask for less, or make its patterns more exact."))
            elif not job.is_long and self._is_past_short(job):
                if job.is_abandoned:
                    self._stop(job)
                else:
                    self._turn_long(job)
        for job in [job for job in self._waiting if now >= job.deadline]:
            self._waiting.remove(job)
            self._fail(job, StoreBusyError(f"No place became free for the query within {self._limits.seconds:g} s."))
        self._dispatch()
        self._tick_soon()


def unpack_graphs(listed: list[tuple[str, int | None]], content: bytes) -> dict[Iri, bytes | None]:
    """Graphs that follow each other in one frame: name and length, None for one that is gone."""
    found: dict[Iri, bytes | None] = {}
    start = 0
    for name, length in listed:
        found[Iri(name)] = None if length is None else content[start : start + length]
        start += length or 0
    return found


def _configuration() -> Iterator[Frame]:
    """The frames of standard input, as whoever started the pool sends them."""
    unpacker = Unpacker()
    while content := os.read(_CONFIGURATION, 1024 * 1024):
        yield from unpacker.feed(content)
    sys.exit("The pool was started without a configuration.")


def main() -> None:
    """Run a pool; ``lumbarkg.store.embedded`` starts it, and ends it by closing its standard input."""
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    frames = _configuration()
    first = next(frames)
    path = Path(first.head["path"])
    template = path.with_name("graphs")
    # The fork server starts now, and loads each graph as it comes: whoever started us is still making them.
    announce_template(template)
    CONTEXT.set_forkserver_preload(["lumbarkg.store.worker", "lumbarkg.store.template"])
    forkserver.ensure_running()
    graphs: dict[Iri, bytes] = {}
    try:
        with template.open("wb") as file:
            for frame in itertools.chain((first,), frames):
                file.write(frame.raw)
                file.flush()
                if frame.kind is Kind.FEED:
                    graphs[Iri(frame.head["name"])] = frame.content
                elif frame is not first:
                    break
    except OSError as problem:
        sys.exit(f"The query service cannot write its graphs: {problem.strerror}.")
    settings = frame.head
    limits = Limits(**settings["limits"])
    pool = Pool(limits, graphs, settings["owners"])
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(pool.serve(str(path)))
