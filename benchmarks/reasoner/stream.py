"""``python -m benchmarks.reasoner.stream N SEED``: 10³, 10⁴, … N cases in bulk, each number in a run of its own.

In a process of its own, so that its memory is the reasoner's. All findings are answered once before, so that what is
remembered of expressions is full. What it takes to make the cases is not counted.
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
class Run:
    """So many cases in one run: the seconds of processor time for them, and the most memory held meanwhile."""

    cases: int
    seconds: float
    megabytes: float | None

    @property
    def per_second(self) -> float:
        """Cases a second of one core."""
        return self.cases / self.seconds


def measure_stream(number: int, seed: int) -> tuple[Run, ...]:
    """Run the streams in a new process."""
    command = [sys.executable, "-m", "benchmarks.reasoner.stream", str(number), str(seed)]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return tuple(Run(*run) for run in said)


class _Feed:
    """Cases without end, at most ``limit``, and the time that making them took."""

    def __init__(self, chunks: Iterator[list[Case]], limit: int) -> None:
        self._chunks, self._limit = chunks, limit
        self.seconds_making = 0.0
        self.given = 0

    def __iter__(self) -> Iterator[Case]:
        while self.given < self._limit:
            started = time.process_time()
            chunk = next(self._chunks)
            self.seconds_making += time.process_time() - started
            for case in chunk:
                self.given += 1
                yield case


def run_stream(reasoner: Reasoner, workload: Workload, number: int, originals: int = _ORIGINALS) -> tuple[Run, ...]:
    """Run through streams of cases in this process, each ten times as long as the one before."""
    base = workload.cases(originals)
    for _ in reasoner.run_through(base):
        pass
    runs = []
    length = FIRST
    while length <= number:
        feed = _Feed(workload.stream(base, _CHUNK), length)
        most: float | None = None
        started = time.process_time()
        for answered, _ in enumerate(reasoner.run_through(feed), 1):
            if answered % _CHUNK == 0 and (held := resident_megabytes()) is not None:
                most = max(most or 0.0, held)
        runs.append(Run(length, time.process_time() - started - feed.seconds_making, most))
        length *= _STEP
    return tuple(runs)


def main() -> None:
    """Print the runs as JSON."""
    number, seed = int(sys.argv[1]), int(sys.argv[2])
    reasoner = Reasoner.load(release_dir())
    found = run_stream(reasoner, Workload(Reasoner.load(release_dir()), seed), number)
    print(json.dumps([(run.cases, run.seconds, run.megabytes) for run in found]))


if __name__ == "__main__":
    main()
