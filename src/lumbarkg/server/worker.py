"""A worker process: gunicorn starts, watches and stops it, waitress speaks HTTP in it.

gunicorn's own threads read from the socket, so that a few dozen clients who send slowly stop everybody, and so does
Granian's WSGI server; waitress takes a request in whole before a thread sees it, and an answer before it is sent
(docs/decisions/0059). What is added here is the end of slow clients and of the process.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import time

from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

from lumbarkg import __version__
from lumbarkg.issues import error
from lumbarkg.render.json import render_problem
from lumbarkg.server.balance import Slot
from lumbarkg.server.generation import Generation
from lumbarkg.server.settings import ServerSettings

# Larger than the application's own limit, so that a body between the two is refused with a problem, not a bare status.
_MOST_BODY = 64 * 1024 * 1024
_IN_MEMORY = 64 * 1024
"""Bytes of a request's body that are kept in memory; more goes to a file without a name."""
_MOST_AHEAD = 16
"""Requests that a client may send before it has read the answer to the first."""
_OTHER_FILES = 256
"""Open files that are no connection: the record, the query pool, bodies and answers on disk."""
_POLL_SECONDS, _DRAIN_SECONDS = 0.25, 0.05
_ASK_AGAIN_SECONDS = 0.02
"""How often a worker tells the others how many connections it has, and looks whether the next one is for them;
besides whenever it has one more or less."""
_LINGER_SECONDS = 1.0
"""How long a stopping worker keeps connections that do nothing."""


def _refusal(status: int, reason: str, kind: str, text: str, remedy: str) -> bytes:
    """An answer that the application has no part in, after which the connection ends."""
    content = json.dumps(render_problem(status, kind, reason, text, (error(kind, "", text, remedy),))).encode()
    head = f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


_TOO_SLOW = _refusal(
    408,
    "Request timeout",
    "request-timeout",
    "The request did not arrive in time.",
    "Send it again, faster or with less.",
)
_NO_ROOM = _refusal(
    507,
    "Insufficient storage",
    "storage-full",
    "The server has no room for the body of this request.",
    "Send it again later, or with less. On the server: free space where temporary files are.",
)


class _Task(WSGITask):  # type: ignore[misc]  # waitress ships no types
    """A request; while its worker stops, its answer says that the connection ends."""

    def build_response_header(self) -> bytes:
        if self.channel.server.is_draining:
            self.request.headers["CONNECTION"] = "close"
        header: bytes = super().build_response_header()
        return header


class _Channel(HTTPChannel):  # type: ignore[misc]  # as _Task
    """A connection that knows since when its request is arriving."""

    task_class = _Task
    arriving_since: float | None = None
    leaving_since: float | None = None

    def received(self, data: bytes) -> bool:
        """Called by waitress with what has come."""
        try:
            was_accepted: bool = super().received(data)
        except OSError:  # a body that is kept in a file, on a disk that is full
            self.request = None
            self.cut_off(_NO_ROOM)
            return False
        if self.request is None:
            self.arriving_since = None
        elif self.arriving_since is None:
            self.arriving_since = time.monotonic()
        if len(self.requests) > _MOST_AHEAD:
            self.will_close = True  # their answers would wait in memory
        return was_accepted

    def abort(self) -> None:
        """End the connection though the client has not taken what was sent: waitress would wait until it does."""
        # Else the kernel keeps what is not taken, for minutes.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.handle_close()

    def is_late(self, seconds: float) -> bool:
        """Whether a request has been arriving for longer than that."""
        return self.arriving_since is not None and time.monotonic() - self.arriving_since > seconds

    def is_unread(self, seconds: float) -> bool:
        """Whether answers have been leaving for longer than that, as far as this was asked now and then."""
        if not self.total_outbufs_len:
            self.leaving_since = None
        elif self.leaving_since is None:
            self.leaving_since = time.monotonic()
        return self.leaving_since is not None and time.monotonic() - self.leaving_since > seconds

    def cut_off(self, answer: bytes) -> None:
        """End the connection; a client that still listens is told why."""
        with self.outbuf_lock:
            self.outbufs[-1].append(answer)
            self.total_outbufs_len += len(answer)
        self.arriving_since = None
        self.close_when_flushed = True


class _Server(TcpWSGIServer):  # type: ignore[misc]  # as _Task
    """The event loop of a worker."""

    channel_class = _Channel
    is_draining = False
    request_seconds = answer_seconds = float("inf")
    slot: Slot | None = None
    _is_next_ours, _asked, _told = True, 0.0, -1

    def readable(self) -> bool:
        """Called by waitress before it waits: whether to take new connections."""
        can_accept: bool = super().readable()
        return self._is_next_ours and can_accept

    def maintenance(self, now: float) -> None:
        """Called by waitress every few seconds: end what is idle for too long, and what arrives too slowly."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.will_close or channel.is_unread(self.answer_seconds):
                channel.abort()
            elif channel.is_late(self.request_seconds):
                channel.cut_off(_TOO_SLOW)

    def turn(self, seconds: float) -> None:
        """One turn of the loop, which waits for so long where nothing happens; less if others are to accept."""
        now, count = time.monotonic(), len(self.active_channels)
        # Not at every turn: a busy worker takes thousands a second.
        if self.slot is not None and (count != self._told or now - self._asked >= _ASK_AGAIN_SECONDS):
            self._is_next_ours, self._asked, self._told = self.slot.may_accept(count), now, count
        self.asyncore.poll2(seconds if self._is_next_ours else min(seconds, _ASK_AGAIN_SECONDS), self._map)

    def drain(self) -> bool:
        """Take no more connections, end those that stay idle; returns whether none is left."""
        if not self.is_draining:
            self.is_draining, self._drained = True, time.monotonic()
            if self.slot is not None:
                self.slot.close()
            self.del_channel()  # the listening socket is the master's: it is not closed, only no longer looked at
        if time.monotonic() - self._drained < _LINGER_SECONDS:
            return not self.active_channels  # a client may be sending; it is answered, and told that this was all
        for channel in list(self.active_channels.values()):
            is_idle = channel.request is None and not channel.requests and not channel.total_outbufs_len
            if is_idle:
                channel.will_close = True
        return not self.active_channels


def _allow_connections(wanted: int) -> int:
    """Raise this process's limit of open files for so many connections; returns how many it can have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted + _OTHER_FILES if most == resource.RLIM_INFINITY else min(wanted + _OTHER_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, resource.getrlimit(resource.RLIMIT_NOFILE)[0]), most))
    return max(1, min(wanted, files - _OTHER_FILES))


class WaitressWorker(Worker):  # type: ignore[misc]  # gunicorn ships no types
    """One worker of one generation."""

    alive: bool
    generation: Generation
    settings: ServerSettings
    slot: Slot

    def run(self) -> None:
        """Serve until told to stop, or until the master has gone."""
        server = self._open_server()
        is_finished, deadline = False, float("inf")
        while not is_finished and time.monotonic() < deadline:
            self.notify()
            server.turn(_POLL_SECONDS if self.alive else _DRAIN_SECONDS)
            if self.ppid != os.getppid():
                self.alive = False
            if not self.alive:
                deadline = min(deadline, time.monotonic() + self.settings.shutdown_seconds)
                is_finished = server.drain()
        server.task_dispatcher.shutdown(timeout=1)

    def _open_server(self) -> _Server:
        settings, listener = self.settings, self.sockets[0].sock
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(settings.threads)
        adjustments = Adjustments(
            sockets=[listener],
            ident=f"lumbarkg/{__version__}",
            threads=settings.threads,
            # Else waitress drops what shows that a proxy passes the request on, and the door would be open to all.
            clear_untrusted_proxy_headers=False,
            max_request_body_size=_MOST_BODY,
            inbuf_overflow=_IN_MEMORY,
            # A client that reads slowly must not hold a query: the server takes the whole answer, on disk past 1 MB.
            outbuf_high_watermark=2 * self.generation.config.limits.answer_bytes,
            connection_limit=_allow_connections(settings.connections),
            channel_timeout=settings.idle_seconds,
            cleanup_interval=max(1, min(5, settings.request_seconds / 2)),
            asyncore_use_poll=True,  # select() knows 1,024 files
            channel_request_lookahead=1,  # so that it is seen when a client hangs up while its request waits
        )
        server = _Server(
            self.wsgi,
            {},
            True,
            listener,
            dispatcher=dispatcher,
            adj=adjustments,
            sockinfo=(listener.family, listener.type, listener.proto, listener.getsockname()),
            bind_socket=False,
        )
        server.slot = self.slot
        server.request_seconds, server.answer_seconds = settings.request_seconds, settings.answer_seconds
        return server
