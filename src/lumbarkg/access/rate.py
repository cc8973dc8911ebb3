"""How often one caller may call: a token bucket for each, in the memory of one worker process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

_MOST_BUCKETS = 10_000


@dataclass(frozen=True)
class Rate:
    """``per_second`` calls on average, ``burst`` at once; 0 a second is no limit."""

    per_second: float
    burst: int


class RateLimiter:
    """A bucket a caller. The longest unused are forgotten, which is to their favour."""

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str, now: float) -> float:
        """Take one from the bucket: 0, or the seconds until there is one. ``now`` is in seconds of any clock."""
        if not self.rate.per_second:
            return 0.0
        with self._lock:
            level, last = self._buckets.pop(caller, (float(self.rate.burst), now))
            level = min(float(self.rate.burst), level + max(0.0, now - last) * self.rate.per_second)
            is_free = level >= 1
            self._buckets[caller] = (level - is_free, now)
            while len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        return 0.0 if is_free else (1 - level) / self.rate.per_second
