"""What the pool has to do: jobs, and the order in which they get a slot."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lumbarkg.store.frames import Frame

if TYPE_CHECKING:
    from lumbarkg.store.pool import Client
    from lumbarkg.store.processes import WorkerProcess

WRITES = frozenset({"update", "replace", "extend", "drop", "load"})
_REMEMBERED = 1024


@dataclass(eq=False)
class Job:
    """One query, read or write, from its arrival until its answer is complete. Times are those of the event loop."""

    client: Client
    frame: Frame
    deadline: float
    is_long: bool = False
    started: float = 0.0
    # Processor seconds of the worker when the job was first seen running: a machine that is busy makes nothing long.
    used_before: float | None = None
    worker: WorkerProcess | None = None
    # The answer is kept back until the job is done or is granted a slot for long ones: until then it can start anew.
    is_flowing: bool = False
    held: list[bytes] = field(default_factory=list)
    held_bytes: int = 0
    is_abandoned: bool = False

    @property
    def head(self) -> dict[str, Any]:
        """What is to be done."""
        return self.frame.head

    @property
    def is_write(self) -> bool:
        """Whether it changes the record; one such job runs at a time."""
        return self.frame.head["op"] in WRITES

    @property
    def key(self) -> int:
        """By which a query is known again."""
        return hash((self.frame.head["op"], self.frame.content))


class Waiting:
    """The jobs that have no slot yet: what may be short goes before what is known to be long."""

    def __init__(self) -> None:
        self._fresh: deque[Job] = deque()
        self._long: deque[Job] = deque()
        self._known_long: OrderedDict[int, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._fresh) + len(self._long)

    def __iter__(self) -> Iterator[Job]:
        yield from self._fresh
        yield from self._long

    def add(self, job: Job) -> None:
        """Queue a job, among the long ones if it was long before."""
        if job.is_long or job.key in self._known_long:
            job.is_long = True
            self._long.append(job)
        else:
            self._fresh.append(job)

    def remember_long(self, job: Job) -> None:
        """Know this query as long from now on."""
        self._known_long[job.key] = None
        self._known_long.move_to_end(job.key)
        while len(self._known_long) > _REMEMBERED:
            self._known_long.popitem(last=False)

    def forget(self, job: Job) -> None:
        """The query turned out short after all."""
        self._known_long.pop(job.key, None)

    def remove(self, job: Job) -> None:
        """Take a job out, wherever it waits."""
        for queue in (self._fresh, self._long):
            if job in queue:
                queue.remove(job)

    def next(self, *, may_be_long: bool, may_write: bool) -> Job | None:
        """Take the next job that may run now, None where there is none."""
        for queue in (self._fresh, self._long) if may_be_long else (self._fresh,):
            for job in queue:
                if may_write or not job.is_write:
                    queue.remove(job)
                    return job
        return None
