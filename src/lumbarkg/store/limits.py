"""What a query may use, and how many may run beside each other."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of the governed pool. Times are seconds, sizes are bytes.

    ``seconds`` is the deadline from arrival to answer, waiting included. A query that has used ``short_seconds`` of
    processor time, or has more than ``held_bytes`` of answer, is long: one slot is never given to a long query.
    ``short_nice`` and ``long_nice`` say by how much workers stand back behind the pool and the web processes.
    """

    seconds: float = 10.0
    short_seconds: float = 0.1
    rows: int = 1_000_000
    answer_bytes: int = 64 * 1024**2
    held_bytes: int = 256 * 1024
    memory_bytes: int = 1024**3
    slots: int = (os.cpu_count() or 1) + 1
    queue: int = 64
    graph_bytes: int = 16 * 1024**2
    short_nice: int = 2
    long_nice: int = 15

    def __post_init__(self) -> None:
        if self.slots < 2:
            raise ValueError(f"slots is {self.slots}; it must be at least 2, because one is kept for short queries.")
        if min(self.seconds, self.short_seconds) <= 0:
            raise ValueError("seconds and short_seconds must be more than 0.")
