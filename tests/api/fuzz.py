"""schemathesis against a running server: all checks, from the document that the server itself gives."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.sparql.server import running_server

HERE = Path(__file__).parent
NAMED_QUERIES = "^/api/v1/queries/.+"


def fuzz(
    seconds: int, examples: int, *, all_operations: bool, phases: str = "examples,coverage,fuzzing"
) -> tuple[int, str]:
    """The status of schemathesis, 0 where no check failed, and what it printed."""
    with running_server() as server:
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{server.address}/openapi.json", "--checks", "all", "--phases", phases),
            *("--max-examples", str(examples), "--max-time", str(seconds), "--seed", "1", "--no-color"),
            *("--continue-on-failure", "--request-timeout", "60"),
        ]
        if not all_operations:
            command += ["--exclude-path-regex", NAMED_QUERIES]
        environment = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks"}
        root = HERE.parent.parent
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def main() -> int:
    """Run for as long as the command line says, over all operations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--examples", type=int, default=50)
    options = parser.parse_args()
    status, text = fuzz(options.seconds, options.examples, all_operations=True)
    print(text)
    return status


if __name__ == "__main__":
    sys.exit(main())
