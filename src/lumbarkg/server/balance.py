"""How many connections each worker has, known to all: a worker that has more than another leaves new ones to it.

Kept connections stay with whoever accepted them. Without this one worker may hold most of them, and its clients wait
while another worker has nothing to do.
"""

from __future__ import annotations

import mmap
import struct
import time

_SLOTS = 128
_SLOT = struct.Struct("dq")  # when it was written, by the clock that all processes share; connections
_FRESH_SECONDS = 1.0
"""What was written longer ago says nothing: whoever wrote it has ended, or is stuck."""
_MORE = 4
"""So many more connections than another a worker may have: in a burst of new ones none waits for the others."""
_CLOSED = -1


class ConnectionCounts:
    """Memory that is shared by the processes that are forked after it is made."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _SLOTS * _SLOT.size)

    def slot(self, age: int) -> Slot:
        """The place of the worker that was forked as the ``age``-th."""
        return Slot(self._shared, age % _SLOTS)


class Slot:
    """The place of one worker."""

    def __init__(self, shared: mmap.mmap, own: int) -> None:
        self._shared, self._own = shared, own

    def may_accept(self, connections: int) -> bool:
        """Tell the others how many connections we have; whether we may take the next one too."""
        now = time.monotonic()
        self._write(now, connections)
        others = [
            count
            for number, (moment, count) in enumerate(_SLOT.iter_unpack(self._shared[:]))
            if number != self._own and count != _CLOSED and now - moment < _FRESH_SECONDS
        ]
        return connections <= min(others, default=connections) + _MORE

    def close(self) -> None:
        """Tell the others that we take no more."""
        self._write(time.monotonic(), _CLOSED)

    def _write(self, moment: float, connections: int) -> None:
        _SLOT.pack_into(self._shared, self._own * _SLOT.size, moment, connections)
