"""Seconds on the wall and on the processor. Ratios are taken between the latter, so that a busy machine favours nobody.

What takes microseconds is rarely interrupted, what takes seconds always is: on a busy machine the wall clock would make
a slow reasoner look slower than it is.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

_Result = TypeVar("_Result")


class Spent(NamedTuple):
    """Seconds that something took: on the wall, and of processor time in all threads and in ended child processes."""

    wall: float
    cpu: float


def measure(action: Callable[[], _Result]) -> tuple[_Result, Spent]:
    """What an action returns, and what it took."""
    wall, cpu = time.perf_counter(), _cpu_seconds()
    result = action()
    return result, Spent(time.perf_counter() - wall, _cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
