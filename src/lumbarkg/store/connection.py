"""A connection to the query pool: jobs go out, frames come in, and an answer is read as it arrives."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Iterator

from lumbarkg.errors import StoreError
from lumbarkg.store.failures import raised_by
from lumbarkg.store.frames import Frame, Kind, Unpacker

LOST = "The query service broke off. Try again."
_READ = 256 * 1024


class Connection:
    """A socket to the pool, and the frames that came over it and were not taken yet."""

    def __init__(self, address: str, seconds: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(seconds)
        self._unpacker = Unpacker()
        self._frames: deque[Frame] = deque()
        try:
            self._socket.connect(address)
        except OSError:
            self._socket.close()
            raise

    def send(self, content: bytes) -> None:
        """Send a job. Raises StoreError."""
        try:
            self._socket.sendall(content)
        except OSError as problem:
            raise StoreError(LOST) from problem

    def receive(self) -> Frame:
        """The next frame. Raises StoreError where none comes."""
        while not self._frames:
            try:
                content = self._socket.recv(_READ)
            except OSError as problem:
                raise StoreError(LOST) from problem
            if not content:
                raise StoreError(LOST)
            self._frames.extend(self._unpacker.feed(content))
        return self._frames.popleft()

    def close(self) -> None:
        """Hang up: the pool ends what it does for this connection."""
        self._socket.close()


class Rest:
    """The contents after the first frame; let go of at its end, when it is closed, and when it is forgotten."""

    def __init__(
        self,
        connection: Connection,
        keep: Callable[[Connection], None],
        drop: Callable[[Connection], None],
    ) -> None:
        self._connection: Connection | None = connection
        self._keep, self._drop = keep, drop

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        while self._connection is not None:
            try:
                frame = self._connection.receive()
            except StoreError:
                self.close()
                raise
            if frame.kind is not Kind.CONTENT:
                connection, self._connection = self._connection, None
                self._keep(connection)
            if frame.kind is Kind.FAILURE:
                raise raised_by(frame.head)
            if frame.content:
                return frame.content
        raise StopIteration

    def close(self) -> None:
        """Hang up, where the end was not reached: whoever answers stops."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._drop(connection)

    def __del__(self) -> None:
        self.close()
