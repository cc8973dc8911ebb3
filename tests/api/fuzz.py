"""schemathesis against a running server: all checks, from the document that the server itself gives.

The server has a record, and takes the requests for those of a proxy (Forwarded), so that each needs its token: what the
document says of security is asked too.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.record import open_record
from tests.sparql.server import running_server

HERE = Path(__file__).parent
NAMED_QUERIES = "^/api/v1/queries/.+"
PHASES = "examples,coverage,fuzzing,stateful"


def make_token(record: Path, *more: str) -> str:
    """A token for a day that may read, assess and keep cases, and more where more scopes are given."""
    now = datetime.now(UTC)
    entry = AuditEntry(now, "fuzz", "fuzz", "token.create", "test")
    scopes = ("read", "assess", "cases", *more)
    return open_record(record).tokens.create("fuzz", "fuzz", scopes, now, now + timedelta(days=1), entry)


def fuzz(seconds: int, examples: int, *, all_operations: bool, phases: str = PHASES) -> tuple[int, str]:
    """The status of schemathesis, 0 where no check failed, and what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.sqlite"
        token = make_token(record)
        with running_server("--record", str(record), "--rate", "0") as server:
            command = [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{server.address}/openapi.json", "--checks", "all", "--phases", phases),
                *("--max-examples", str(examples), "--max-time", str(seconds), "--seed", "1", "--no-color"),
                *("--continue-on-failure", "--request-timeout", "60"),
                *("-H", f"Authorization: Bearer {token}", "-H", "Forwarded: for=192.0.2.1"),
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
