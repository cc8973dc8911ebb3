"""How many threads of a process may be with queries at once, so that others are left for what needs none."""

from __future__ import annotations

import threading

from lumbarkg.errors import StoreBusyError

_WAIT_SECONDS = 1.0
"""Short queries leave their places within milliseconds: a burst of them is over by then."""


class Places:
    """Places for so many requests at once, and half as many that wait for one, for a second; without end where None."""

    def __init__(self, number: int | None) -> None:
        self._places = None if number is None else threading.BoundedSemaphore(number)
        self._waiting = threading.BoundedSemaphore(max(1, (number or 0) // 2))

    def take(self) -> None:
        """Take a place, which must be left again. Raises StoreBusyError."""
        if self._places is None or self._places.acquire(blocking=False):
            return
        if not self._waiting.acquire(blocking=False):
            raise StoreBusyError("Too many queries are under way.", 1)
        try:
            if not self._places.acquire(timeout=_WAIT_SECONDS):
                raise StoreBusyError(f"No query under way ended within {_WAIT_SECONDS:g} s.", 1)
        finally:
            self._waiting.release()

    def leave(self) -> None:
        """Leave the place to others."""
        if self._places is not None:
            self._places.release()
