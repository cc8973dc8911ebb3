"""``python -m benchmarks.reasoner.stream N``: up to N cases in one stream; time and memory at 10³, 10⁴, ….

In a process of its own, so that its memory is the reasoner's. All findings are answered once before, so that what is
remembered of expressions is full. What it takes to make the cases is not counted. Without a bulk path the cases are
answered one by one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.reasoner.contestants import ROOT
from benchmarks.reasoner.engine import Reasoner
from benchmarks.reasoner.peers.protocol import resident_megabytes
from benchmarks.reasoner.workload import Workload
from lumbarkg.model import Case
from lumbarkg.resources import release_dir

FIRST = 1_000
_STEP = 10
_CHUNK = 1_000
_ORIGINALS = 500


@dataclass(frozen=True)
class Mark:
    """A place in a stream: cases so far, seconds spent on them, and the memory held there."""

    cases: int
    seconds: float
    megabytes: float | None


@dataclass(frozen=True)
class Stream:
    """What was measured along a stream, and whether the bulk path was there."""

    marks: tuple[Mark, ...]
    is_bulk: bool


def measure_stream(number: int, seed: int) -> Stream:
    """Run the stream in a new process."""
    command = [sys.executable, "-m", "benchmarks.reasoner.stream", str(number), str(seed)]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return Stream(tuple(Mark(*mark) for mark in said["marks"]), said["bulk"])


class _Feed:
    """Cases without end, at most ``limit``, and the time that making them took."""

    def __init__(self, chunks: Iterator[list[Case]], limit: int) -> None:
        self._chunks, self._limit = chunks, limit
        self.seconds_making = 0.0
        self.given = 0

    def __iter__(self) -> Iterator[Case]:
        while self.given < self._limit:
            started = time.perf_counter()
            chunk = next(self._chunks)
            self.seconds_making += time.perf_counter() - started
            for case in chunk:
                self.given += 1
                yield case


def run_stream(reasoner: Reasoner, workload: Workload, number: int, originals: int = _ORIGINALS) -> Stream:
    """Answer a stream of cases in this process."""
    base = workload.cases(originals)
    for case in base:
        reasoner.answer(case)
    feed = _Feed(workload.stream(base, _CHUNK), number)
    answers = reasoner.answer_all(feed) if reasoner.has_bulk() else map(reasoner.answer, feed)
    marks, target = [], FIRST
    started = time.perf_counter()
    for answered, _ in enumerate(answers, 1):
        if answered == target:
            marks.append(Mark(answered, time.perf_counter() - started - feed.seconds_making, resident_megabytes()))
            target *= _STEP
    return Stream(tuple(marks), reasoner.has_bulk())


def main() -> None:
    """Print the marks as JSON."""
    number, seed = int(sys.argv[1]), int(sys.argv[2])
    reasoner = Reasoner.load(release_dir())
    found = run_stream(reasoner, Workload(Reasoner.load(release_dir()), seed), number)
    marks = [(mark.cases, mark.seconds, mark.megabytes) for mark in found.marks]
    print(json.dumps({"bulk": found.is_bulk, "marks": marks}))


if __name__ == "__main__":
    main()
