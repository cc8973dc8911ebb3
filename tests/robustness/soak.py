"""Holds a server at a share of what it can do, for as long as is wanted, and looks whether it stays as it was.

``make soak ARGS="--seconds 600"``. Requests are sent at fixed times at 70 % of the full rate, whether or not earlier
ones have been answered, and the time of an answer counts from when its request was due: a wait in a queue is seen. The
full rate of the mix is found anew every half minute, and the lowest of the last five counts: a machine that others
share is now faster, now slower by a third, and what was 70 % of it would soon be all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.robustness.mix import CASE_IDS, Question, make_mix, put_case
from tests.robustness.serving import Served, serve
from tests.robustness.watching import Use, watch

_MOST_CONNECTIONS = 256
_FINDING_SECONDS, _HELD_SECONDS, _RATES = 3.0, 27.0, 5
_PATIENCE_SECONDS = 30.0
_KEPT_SECONDS = 20.0
"""A connection that was not used for so long is not used again: the server may be ending it at that moment."""


@dataclass(frozen=True)
class Answered:
    """One request: when it was due, seconds from then to the end of its answer, and its status, 0 where none came."""

    due: float
    seconds: float
    name: str
    status: int

    @property
    def is_error(self) -> bool:
        return not 200 <= self.status < 300


@dataclass(frozen=True)
class Sample:
    """What the server's processes used at a moment; ``resident`` is bytes by kind of process."""

    moment: float
    resident: dict[str, int]
    files: int

    @property
    def total(self) -> int:
        return sum(self.resident.values())


@dataclass
class Soaked:
    """All that came of it. Moments are seconds from the beginning."""

    seconds: float
    answers: list[Answered] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def append(self, more: Soaked) -> None:
        """What came of a time that followed this one."""
        start = self.seconds
        self.answers += [replace(a, due=a.due + start) for a in more.answers]
        self.samples += [replace(s, moment=s.moment + start) for s in more.samples]
        self.seconds += more.seconds

    def quantile(self, share: float, since: float = 0.0, until: float = float("inf")) -> float:
        """Seconds that this share of the answers took no longer than, of those due in a span."""
        taken = sorted(a.seconds for a in self.answers if since <= a.due < until)
        return taken[min(len(taken) - 1, int(share * len(taken)))] if taken else float("nan")

    @property
    def errors(self) -> Counter[str]:
        return Counter(f"{a.name}: {a.status or 'no answer'}" for a in self.answers if a.is_error)

    def slowing(self) -> float:
        """The p99 of the last quarter as a multiple of that of the second: the first is warming up."""
        quarter = self.seconds / 4
        return self.quantile(0.99, 3 * quarter) / self.quantile(0.99, quarter, 2 * quarter)

    def growth(self) -> float:
        """By what share memory grew in the last half: its last fifth beside its first, by their medians."""
        half = [s for s in self.samples if s.moment >= self.seconds / 2]
        fifth = max(1, len(half) // 5)
        first, last = (sorted(s.total for s in part)[fifth // 2] for part in (half[:fifth], half[-fifth:]))
        return last / first - 1


class _Connection(asyncio.Protocol):
    """HTTP/1.1 over a connection that is kept: one request at a time, of whose answer the status is looked at."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._received = bytearray()
        self.is_open = False
        self.used = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(0)

    def ask(self, request: bytes) -> asyncio.Future[int]:
        self._answer = asyncio.get_running_loop().create_future()
        self._received.clear()
        self._transport.write(request)  # type: ignore[attr-defined] # a stream's
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._answer is None or self._answer.done():
            return
        head = bytes(self._received[:end]).lower()
        if b"\r\ntransfer-encoding: chunked" in head:
            is_complete = self._received.endswith(b"0\r\n\r\n")
        else:
            length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
            is_complete = len(self._received) >= end + 4 + length
        if is_complete:
            if b"\r\nconnection: close" in head:
                self.close()
            self._answer.set_result(int(head.split(b" ", 2)[1]))

    def close(self) -> None:
        self.is_open = False
        self._transport.close()


class _Client:
    """Connections to a server, used again, as many as are needed at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []
        self._room = asyncio.Semaphore(_MOST_CONNECTIONS)

    async def ask(self, question: Question) -> int:
        async with self._room:
            connection = await self._connect()
            if connection is None:
                return 0
            try:
                status = await asyncio.wait_for(connection.ask(question.request), _PATIENCE_SECONDS)
            except TimeoutError:
                connection.close()
                return 0
            if connection.is_open:
                connection.used = time.monotonic()
                self._idle.append(connection)
            return status

    async def _connect(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and time.monotonic() - connection.used < _KEPT_SECONDS:
                return connection
            connection.close()
        try:
            _, made = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", self._port)
        except OSError:
            return None
        return made

    def close(self) -> None:
        for connection in self._idle:
            connection.close()


async def find_full_rate(port: int, draw: random.Random, seconds: float, clients: int = 16) -> float:
    """Answers a second while so many clients ask without a pause."""
    client, mix, done = _Client(port), make_mix(), 0
    for case_id in CASE_IDS:
        assert await client.ask(put_case(case_id, draw)) in (200, 201)
    stop = time.monotonic() + seconds

    async def keep_asking() -> None:
        nonlocal done
        while time.monotonic() < stop:
            if 200 <= await client.ask(mix.draw(draw)) < 300:
                done += 1

    await asyncio.gather(*(keep_asking() for _ in range(clients)))
    client.close()
    return done / seconds


async def hold(served: Served, per_second: float, seconds: float, draw: random.Random) -> Soaked:
    """Ask at fixed times for so long."""
    client, mix, soaked = _Client(served.port), make_mix(), Soaked(seconds)
    running: set[asyncio.Task[None]] = set()
    start = time.monotonic()

    async def ask(due: float, question: Question) -> None:
        status = await client.ask(question)
        soaked.answers.append(Answered(due, time.monotonic() - start - due, question.name, status))

    async def look() -> None:
        while True:
            soaked.samples.append(_sample(served, time.monotonic() - start))
            await asyncio.sleep(max(0.5, min(3.0, seconds / 20)))

    looking = asyncio.ensure_future(look())
    for number in range(int(per_second * seconds)):
        due = number / per_second
        wait = start + due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        task = asyncio.ensure_future(ask(due, mix.draw(draw)))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    looking.cancel()
    with suppress(asyncio.CancelledError):
        await looking
    soaked.samples.append(_sample(served, time.monotonic() - start))
    client.close()
    return soaked


def _sample(served: Served, moment: float) -> Sample:
    uses = watch(served.process.pid)
    resident: Counter[str] = Counter()
    for pid, use in uses.items():
        resident["master" if pid == served.process.pid else _kind(use)] += use.resident
    return Sample(moment, dict(resident), sum(use.files for use in uses.values()))


def _kind(use: Use) -> str:
    if "lumbarkg.store.pool" in use.command:
        return "pool"
    return "queries" if "multiprocessing" in use.command else "workers"


def _tell(part: Soaked) -> str:
    times = ", ".join(f"p{q * 100:.0f} {part.quantile(q) * 1000:.1f}" for q in (0.5, 0.95, 0.99))
    last = part.samples[-1]
    memory = ", ".join(f"{kind} {size >> 20}" for kind, size in sorted(last.resident.items()))
    return (
        f"{len(part.answers) / part.seconds:.0f}/s held, {times} ms, "
        f"{sum(part.errors.values())} errors, {memory} MB, {last.files} files"
    )


def main() -> None:
    """``python -m tests.robustness.soak [--seconds 600] [--share 0.7] [--workers 2]``."""
    gc.disable()  # every answer is kept: looking for garbage among them would count as the server's time
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--share", type=float, default=0.7, help="of the full rate")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw, soaked = random.Random(options.seed), Soaked(0)  # noqa: S311 - seeded
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), "--workers", str(options.workers)) as served:
        asyncio.run(find_full_rate(served.port, draw, 5))  # warms up
        rates = [asyncio.run(find_full_rate(served.port, draw, _FINDING_SECONDS)) for _ in range(_RATES - 1)]
        while soaked.seconds < options.seconds:
            rates = [*rates[1 - _RATES :], asyncio.run(find_full_rate(served.port, draw, _FINDING_SECONDS))]
            full = min(rates)
            seconds = min(_HELD_SECONDS, options.seconds - soaked.seconds)
            part = asyncio.run(hold(served, full * options.share, seconds, draw))
            soaked.append(part)
            print(f"{soaked.seconds:6.0f} s: full rate {rates[-1]:.0f}/s, {_tell(part)}", flush=True)
        if soaked.errors:
            print((Path(folder) / "log").read_text("utf-8")[-2000:])
    for name in sorted({a.name for a in soaked.answers}):
        taken = sorted(a.seconds for a in soaked.answers if a.name == name)
        print(
            f"  {name}: {len(taken)}, p50 {taken[len(taken) // 2] * 1000:.1f}, "
            f"p99 {taken[int(len(taken) * 0.99)] * 1000:.1f} ms"
        )
    quarters = [soaked.quantile(0.99, options.seconds * n / 4, options.seconds * (n + 1) / 4) for n in range(4)]
    print(f"p99 by quarters: {', '.join(f'{q * 1000:.0f}' for q in quarters)} ms")
    slowing, growth = soaked.slowing(), soaked.growth()
    print(f"errors: {dict(soaked.errors) or 'none'}")
    print(f"p99 of the last quarter: {slowing:.2f} times that of the second (at most 1.5)")
    print(f"memory, growth in the last half: {growth:+.1%} (at most 5 %)")
    sys.exit(0 if slowing <= 1.5 and growth <= 0.05 and not soaked.errors else 1)


if __name__ == "__main__":
    main()
