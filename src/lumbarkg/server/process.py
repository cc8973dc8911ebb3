"""What the process of a server needs before anything else is loaded: its streams, its memory, its environment."""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_COUNTS = "lumbarkg-metrics-"
_M_ARENA_MAX = -8
"""glibc's number for it (malloc.h)."""


def fill_standard_streams() -> None:
    """Where input, output or error is closed, let it lead nowhere: the next file opened would take its place."""
    handle = os.open(os.devnull, os.O_RDWR)
    while handle <= 2:  # the lowest that is free
        os.set_inheritable(handle, True)
        handle = os.open(os.devnull, os.O_RDWR)
    os.close(handle)


@contextmanager
def surroundings() -> Iterator[None]:
    """The environment that libraries look at when they are loaded, which must be after this; as it was in the end."""
    # Workers count together in a folder of mapped files. They are in memory where possible: where a disk is full,
    # writing to a mapped file ends the process.
    shared = "/dev/shm"  # noqa: S108 - mkdtemp makes a folder of our own in it
    folder = Path(shared if os.access(shared, os.W_OK) else tempfile.gettempdir())
    _remove_left_over(folder)
    counts = tempfile.mkdtemp(prefix=f"{_COUNTS}{os.getpid()}-", dir=folder)
    before = os.environ.copy()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the matrices are small, and a fork must find no threads
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(counts, ignore_errors=True)


def limit_arenas() -> None:
    """Two arenas for all threads: with one for each the same work holds some 70 MB more (docs/robustness.md)."""
    with suppress(AttributeError):  # another C library than glibc has no such thing
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


@contextmanager
def without_collector() -> Iterator[None]:
    """What is loaded stays, and is never looked at for garbage: that takes a fifth of the time of loading.

    What workers share with us must also stay unwritten, by the collector too, to remain shared.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _remove_left_over(folder: Path) -> None:
    """Remove the counts of servers that were killed."""
    for found in folder.glob(f"{_COUNTS}*"):
        pid = found.name.removeprefix(_COUNTS).partition("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(found, ignore_errors=True)
