"""From nothing to a first answer: a new process that loads the release and answers one case, and the memory it held."""

from __future__ import annotations

import json
import pickle
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reasoner.contestants import ROOT
from benchmarks.reasoner.peers.clock import Spent, measure
from lumbarkg.model import Case


@dataclass(frozen=True)
class Load:
    """Median seconds from the start of the process until it has answered and ended, and the most memory it held."""

    seconds: float
    cpu_seconds: float
    interpreter_seconds: float
    """Of these, what Python takes to start with numpy, and to end."""
    megabytes: float | None


def measure_load(case: Case, runs: int) -> Load:
    """Start so many new processes, one after the other; once before, so that the files are in the system's cache."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.pickle"
        path.write_bytes(pickle.dumps(case))
        command = [sys.executable, "-m", "benchmarks.reasoner.first_answer", str(path)]
        _run(command)
        found = [(*_run(command), _run([sys.executable, "-c", "import numpy; print('{}')"])[0]) for _ in range(runs)]
    megabytes = [said["megabytes"] for _, said, _ in found if said["megabytes"] is not None]
    return Load(
        statistics.median(spent.wall for spent, _, _ in found),
        statistics.median(spent.cpu for spent, _, _ in found),
        statistics.median(spent.cpu for _, _, spent in found),
        statistics.median(megabytes) if megabytes else None,
    )


def _run(command: list[str]) -> tuple[Spent, dict[str, float | None]]:
    done, spent = measure(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True))
    return spent, json.loads(done.stdout)
