"""The other reasoners, from the benchmark's side: which there are, how they are started, and what they reply."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reasoner.peers.clock import Spent

_LAST_WORDS = 1 << 16
ROOT = Path(__file__).resolve().parent.parent.parent


class FailedError(Exception):
    """A peer that could not start, read its input or answer in time; the text is the reason for the table."""


@dataclass(frozen=True)
class Spec:
    """One peer: its program, how many cases it is given, and how long it may take for what it is asked.

    ``in_peers`` says which environment it runs in: that of the peers, or our own.
    """

    name: str
    module: str
    argument: str
    per_round: int
    warm_up: int
    in_peers: bool = True
    is_quick: bool = True
    limit: float = 300.0
    note: str = ""


SPECS = (
    Spec(
        "ELK in process",
        "owlapi",
        "ELK",
        per_round=60,
        warm_up=400,
        note="reads no numbers, as its own log says, and derives no pattern that needs one",
    ),
    Spec("HermiT in process", "owlapi", "HermiT", per_round=3, warm_up=10),
    Spec(
        "HermiT, a process each",
        "owlready",
        "",
        per_round=1,
        warm_up=0,
        in_peers=False,
        note="reads the ontology and starts Java for each case",
    ),
    Spec("rustdl in full", "rustdl", "in-full", per_round=1, warm_up=0, note="keeps nothing between cases"),
    Spec(
        "rustdl, saturation",
        "rustdl",
        "saturation-only",
        per_round=3,
        warm_up=0,
        note="is incomplete by its own account, and keeps nothing between cases",
    ),
    Spec(
        "reasonable",
        "reasonable",
        "",
        per_round=3,
        warm_up=1,
        note="implements OWL 2 RL, which has no rule for an interval of numbers nor for an existential on the right",
    ),
    Spec("Openllet in process", "owlapi", "Openllet", per_round=1, warm_up=1, is_quick=False, limit=120.0),
    Spec("JFact in process", "owlapi", "JFact", per_round=1, warm_up=1, is_quick=False, limit=120.0),
)


@dataclass(frozen=True)
class Loaded:
    """A peer that is ready: what it is, and what it took to get there in a new process."""

    version: str
    seconds: float


@dataclass(frozen=True)
class Reply:
    """A peer's answer to one case: what it took, and the names of the classes."""

    case: int
    spent: Spent
    types: tuple[str, ...]


class Contestant:
    """A running peer; close it after use. Raises FailedError where it cannot be started."""

    def __init__(self, spec: Spec, peers: Path) -> None:
        self.spec = spec
        self.megabytes: float | None = None
        self._unread, self._errors = b"", b""
        python = str(peers) if spec.in_peers else sys.executable
        try:
            self._process = subprocess.Popen(
                [python, "-m", f"benchmarks.reasoner.peers.{spec.module}", spec.argument],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as problem:
            raise FailedError(f"cannot be started: {problem}") from problem

    def load(self, folder: Path) -> Loaded:
        """Let it read and classify the ontology. Raises FailedError."""
        started = time.perf_counter()
        reply = self._ask({"load": str(folder)})
        return Loaded(str(reply["version"]), time.perf_counter() - started)

    def answer(self, cases: Sequence[int]) -> tuple[Reply, ...]:
        """Ask for the types of cases. Raises FailedError."""
        reply = self._ask({"cases": list(cases)})
        return tuple(
            Reply(case, Spent(*a["spent"]), tuple(a["types"])) for case, a in zip(cases, reply["answers"], strict=True)
        )

    def close(self) -> None:
        """End its process, whatever it is at."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise FailedError(self._last_words()) from None
        reply: dict[str, Any] = json.loads(self._line())
        if "failure" in reply:
            raise FailedError(str(reply["failure"]))
        self.megabytes = reply.get("megabytes")
        return reply

    def _line(self) -> bytes:
        """The next line; what the process prints to standard error is read as well, so that it never waits for us."""
        output, errors = self._process.stdout, self._process.stderr
        assert output is not None
        assert errors is not None
        deadline = time.monotonic() + self.spec.limit
        while b"\n" not in self._unread:
            ready, _, _ = select.select([output, errors], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise FailedError(f"no answer within {self.spec.limit:.0f} s")
            if errors in ready:
                said = os.read(errors.fileno(), 1 << 16)
                self._errors = (self._errors + said)[-_LAST_WORDS:]
                if not said and output not in ready:
                    time.sleep(0.01)
            if output in ready:
                if not (said := os.read(output.fileno(), 1 << 20)):
                    raise FailedError(self._last_words())
                self._unread += said
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _last_words(self) -> str:
        """Why the process ended: the last line that it printed."""
        self._process.kill()
        assert self._process.stderr is not None
        lines = (self._errors + self._process.stderr.read()).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"ended with status {self._process.wait()}"
