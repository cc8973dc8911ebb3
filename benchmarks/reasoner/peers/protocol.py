"""What is said between the benchmark and a peer: one JSON object a line, over standard input and output.

``{"load": folder}`` is answered with the peer's version; ``{"cases": [numbers]}`` with the answer to each case and the
seconds that it took, on the wall and of the processor. A failure is answered with its reason. Only what is asked of a
reasoner is timed: reading a case from its document comes before, and turning the answer into names comes after.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TextIO

from benchmarks.reasoner.peers.clock import measure


class Peer(Protocol):
    """Another reasoner over one ontology."""

    def load(self, folder: Path) -> str:
        """Read the ontology, classify it, and say name and version."""

    def read_case(self, number: int) -> Any:
        """Read the document of a case; not timed."""

    def ask(self, case: Any) -> Any:
        """The types of a case: this alone is timed."""

    def read_types(self, answer: Any) -> list[str]:
        """The names in an answer; not timed."""


def serve(peer: Peer) -> None:
    """Answer until the input ends. What libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            reply = _reply(peer, json.loads(line))
        except BaseException as problem:  # whatever a peer fails with belongs into the table
            reply = {"failure": f"{type(problem).__name__}: {problem}".splitlines()[0][:300]}
        _say(replies, reply)


def _reply(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    if "load" in request:
        return {"version": peer.load(Path(request["load"])), "megabytes": peak_megabytes()}
    answers = []
    for case in [peer.read_case(number) for number in request["cases"]]:
        answer, spent = measure(partial(peer.ask, case))
        answers.append({"spent": spent, "types": peer.read_types(answer)})
    return {"answers": answers, "megabytes": peak_megabytes()}


def _say(replies: TextIO, reply: dict[str, Any]) -> None:
    replies.write(json.dumps(reply) + "\n")


def peak_megabytes() -> float | None:
    """The most memory that this process has held at once; None where the system does not tell.

    Not ``getrusage``: on Linux that includes what the parent held when it started the process.
    """
    return _status("VmHWM:")


def resident_megabytes() -> float | None:
    """The memory that this process holds; None where the system does not tell."""
    return _status("VmRSS:")


def _status(field: str) -> float | None:
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith(field))
    return int(kilobytes) / 1024
