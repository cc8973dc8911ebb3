"""A worker opens as many connections as it may have files."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
import resource, sys
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from lumbarkg.server.worker import _allow_connections
print(_allow_connections(wanted), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "connections", "files"),
    [(512, 4096, 1000, 1000, 1256), (512, 1024, 1000, 768, 1024), (2048, 4096, 1000, 1000, 2048)],
)
def test_the_limit_of_files_is_raised_or_fewer_connections_are_taken(
    soft: int, hard: int, wanted: int, connections: int, files: int
) -> None:
    command = [sys.executable, "-c", ASK, str(soft), str(hard), str(wanted)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert said.split() == [str(connections), str(files), str(hard)]
