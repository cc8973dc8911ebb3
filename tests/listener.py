"""A listener on loopback that remembers who connected: what must reach nobody is given its address."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_SECONDS = 5.0


@dataclass(frozen=True)
class Listener:
    """Where it listens, and the addresses of those who connected."""

    port: int
    seen: list[object] = field(default_factory=list)

    def notices_a_call(self) -> bool:
        """Call it, and say whether it saw that: one that sees nobody proves nothing."""
        before = len(self.seen)
        socket.create_connection(("127.0.0.1", self.port)).close()
        end = time.monotonic() + _SECONDS
        while len(self.seen) == before and time.monotonic() < end:
            time.sleep(0.02)
        return len(self.seen) > before


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener on a free port, until the block ends."""
    server = socket.create_server(("127.0.0.1", 0))
    listener = Listener(server.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            listener.seen.append(address)
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    yield listener
    server.close()
