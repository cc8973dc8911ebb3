"""Clients that no server should suffer from, and an honest one that measures whether it does.

``python -m tests.robustness.attacks PORT [NAME ...] [--seconds 30] [--clients 100]`` tries them on a server that runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import struct
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]

# The join of everything with everything: it has no end that anybody waits for, and its answer is streamed.
ENDLESS = "/sparql?" + urllib.parse.urlencode({"query": "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"})
# The longest answer that is whole before its first byte is sent.
LARGE = "/openapi.json"
ASSESS = "/api/v1/assessments?view=compact"
CASE = json.dumps({"setting": "general-exerciser", "findings": []}).encode()
_HONEST_SECONDS = 10.0


@dataclass
class Toll:
    """What became of an attack: ``cut_off`` holds how many seconds each connection lived that the server ended."""

    opened: int = 0
    cut_off: list[float] = field(default_factory=list)
    refused: int = 0


@dataclass
class Honest:
    """What an honest client met: seconds per answer, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"/healthz": [], ASSESS: []})
    failures: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Of all answers, those that failed counted as the longest."""
        all_of_them = sorted(s for taken in self.seconds.values() for s in taken)
        all_of_them += [_HONEST_SECONDS] * len(self.failures)
        return all_of_them[min(len(all_of_them) - 1, int(share * len(all_of_them)))] if all_of_them else float("inf")


Attack = Callable[[int, Toll, asyncio.Event], Awaitable[None]]


async def drip_header(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """One byte of the header a second."""
    await _drip(port, toll, stop, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")


async def drip_body(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """The header at once, and a byte of the body a second."""
    head = (
        f"POST {ASSESS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n"
    )
    await _drip(port, toll, stop, head.encode() + b'{"findings": []')


async def never_read(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """A large answer, asked for many times on one connection, of which not a byte is read."""
    await _ask_and_wait(port, toll, stop, LARGE, times=12)


async def never_read_stream(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """A streamed answer without end, of which not a byte is read."""
    await _ask_and_wait(port, toll, stop, ENDLESS)


async def sip(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """A large answer, asked for many times on one connection, of which a few bytes are read in a second."""
    await _ask_and_wait(port, toll, stop, LARGE, times=12, sip=16)


async def idle(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """A connection on which nothing is sent."""
    await _drip(port, toll, stop, b"", pause=3600)


async def hang_up(port: int, toll: Toll, stop: asyncio.Event) -> None:
    """Connections that end in the middle: of a body, of an answer, of a streamed answer; with FIN or with RST."""
    draw = random.Random(toll.opened)  # noqa: S311 - seeded
    while not stop.is_set():
        kind = draw.randrange(3)
        reader, writer = await _connect(port, toll)
        if kind == 0:
            writer.write(f"POST {ASSESS} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n{{".encode())
        else:
            writer.write(_get(ENDLESS if kind == 2 else LARGE))
        with suppress(OSError, TimeoutError):
            await writer.drain()
            if kind:
                await asyncio.wait_for(reader.read(draw.randint(1, 2000)), 1)
        if draw.random() < 0.5:
            _reset_at_close(writer)
        await _close(writer)
        await asyncio.sleep(draw.uniform(0, 1))


ATTACKS: dict[str, Attack] = {
    a.__name__: a for a in (drip_header, drip_body, never_read, never_read_stream, sip, idle, hang_up)
}


async def _drip(port: int, toll: Toll, stop: asyncio.Event, first: bytes, pause: float = 1.0) -> None:
    while not stop.is_set():
        reader, writer = await _connect(port, toll)
        started = time.monotonic()
        ended = asyncio.ensure_future(reader.read(1))
        with suppress(OSError):
            writer.write(first)
            while not ended.done() and not stop.is_set():
                await asyncio.wait(
                    {ended, asyncio.ensure_future(stop.wait())}, timeout=pause, return_when="FIRST_COMPLETED"
                )
                writer.write(b"x")
        if ended.done():
            ended.exception()
            toll.cut_off.append(time.monotonic() - started)
        ended.cancel()
        await _close(writer)
        if not stop.is_set():
            await asyncio.sleep(0.2)


async def _ask_and_wait(port: int, toll: Toll, stop: asyncio.Event, target: str, times: int = 1, sip: int = 0) -> None:
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        try:
            await loop.sock_connect(client, ("127.0.0.1", port))
            toll.opened += 1
            started = time.monotonic()
            await loop.sock_sendall(client, _get(target) * times)
            while not stop.is_set() and not _is_ended(client):
                await asyncio.sleep(0.25)
                if sip:
                    await asyncio.wait_for(loop.sock_recv(client, sip), 1)
            if not stop.is_set():
                toll.cut_off.append(time.monotonic() - started)
        except OSError:
            toll.refused += 1
            await asyncio.sleep(0.2)
        finally:
            client.close()


def _is_ended(client: socket.socket) -> bool:
    """Whether the server has ended a connection, as the kernel tells without reading from it."""
    state = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    established = 1
    return state != established


async def _connect(port: int, toll: Toll) -> Stream:
    while True:
        try:
            opened = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            toll.refused += 1
            await asyncio.sleep(0.2)
        else:
            toll.opened += 1
            return opened


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


def _reset_at_close(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n".encode()


async def ask(port: int, head: bytes, body: bytes = b"") -> int:
    """One request on a connection of its own, answered to the end; the status. Raises OSError, TimeoutError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(head + body)
        content = await reader.read()
        return int(content.split(b" ", 2)[1]) if content else 0
    finally:
        await _close(writer)


def _post(body: bytes) -> bytes:
    return (
        f"POST {ASSESS} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()


async def be_honest(port: int, honest: Honest, stop: asyncio.Event, per_second: float = 10) -> None:
    """Ask at fixed times, whether or not the last answer has come, so that a wait is not hidden by waiting."""
    asked: set[asyncio.Task[None]] = set()
    questions = (
        ("/healthz", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", b""),
        (ASSESS, _post(CASE), CASE),
    )
    number = 0
    while not stop.is_set():
        asked.add(asyncio.ensure_future(_ask_once(port, honest, *questions[number % 2])))
        number += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1 / per_second)
    await asyncio.gather(*asked)


async def _ask_once(port: int, honest: Honest, name: str, head: bytes, body: bytes) -> None:
    started = time.monotonic()
    try:
        status = await asyncio.wait_for(ask(port, head, body), _HONEST_SECONDS)
    except (OSError, TimeoutError) as problem:
        honest.failures.append(f"{name}: {type(problem).__name__}")
        return
    if status != 200:
        honest.failures.append(f"{name}: {status}")
    else:
        honest.seconds[name].append(time.monotonic() - started)


async def attack(port: int, names: Sequence[str], clients: int, seconds: float) -> tuple[dict[str, Toll], Honest]:
    """Let ``clients`` of each kind attack at once while an honest client asks, which begins when they have begun."""
    tolls, honest, stop = {name: Toll() for name in names}, Honest(), asyncio.Event()
    attackers = [
        asyncio.ensure_future(ATTACKS[name](port, toll, stop)) for name, toll in tolls.items() for _ in range(clients)
    ]
    await asyncio.sleep(1)
    client = asyncio.ensure_future(be_honest(port, honest, stop))
    await asyncio.sleep(seconds - 1)
    stop.set()
    await client
    done, pending = await asyncio.wait(attackers, timeout=5)
    for attacker in pending:
        attacker.cancel()
    for attacker in done:
        attacker.result()
    return tolls, honest


def tell(tolls: dict[str, Toll], honest: Honest) -> str:
    """One line for people."""
    told = []
    for name, toll in tolls.items():
        lives = sorted(toll.cut_off)
        ended = f"{len(lives)} cut off after {lives[0]:.1f} to {lives[-1]:.1f} s" if lives else "none cut off"
        told.append(f"{name}: {toll.opened} connections, {ended}, {toll.refused} refused")
    answers = sum(map(len, honest.seconds.values()))
    failed = f", e.g. {honest.failures[0]}" if honest.failures else ""
    told.append(
        f"honest: {answers} answers, p50 {honest.quantile(0.5) * 1000:.0f} ms, "
        f"p95 {honest.quantile(0.95) * 1000:.0f} ms, longest {honest.quantile(1) * 1000:.0f} ms, "
        f"{len(honest.failures)} failed{failed}"
    )
    return "; ".join(told)


def main() -> None:
    """Try attacks on a server of this machine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("names", nargs="*", default=list(ATTACKS))
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--clients", type=int, default=100)
    options = parser.parse_args()
    for name in options.names:
        print(tell(*asyncio.run(attack(options.port, (name,), options.clients, options.seconds))), flush=True)


if __name__ == "__main__":
    main()
