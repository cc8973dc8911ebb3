"""``python -m benchmarks.reasoner.first_answer CASE``: load the release, answer one case, and say what it took.

Run in a new process by ``load``. ``CASE`` is a pickle that the benchmark wrote itself.
"""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

from benchmarks.reasoner.engine import Reasoner
from benchmarks.reasoner.peers.protocol import peak_megabytes
from lumbarkg.resources import release_dir


def main() -> None:
    """Print the peak of memory and the number of types as JSON."""
    reasoner = Reasoner.load(release_dir())
    case = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written by the benchmark that runs this
    answer = reasoner.answer(case)
    print(json.dumps({"types": len(answer.types), "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main()
