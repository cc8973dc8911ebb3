"""What docs/http-api.md shows runs as it stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "http-api.md").read_text("utf-8")
SHELL = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PYTHON = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_shows_commands() -> None:
    assert len(SHELL) >= 8
    assert len(PYTHON) == 1
    assert PAGE.count("curl ") >= 22


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_run(address: str) -> None:
    script = "set -euo pipefail\n" + "\n".join(SHELL)
    environment = {**os.environ, "BASE": address, "no_proxy": "127.0.0.1"}
    command = [str(shutil.which("bash")), "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    assert done.stdout.count('"disclaimer"') >= 3
    assert "CaudaEquinaSyndrome" in done.stdout
    assert "malformed" not in done.stdout


def test_the_python_runs(address: str) -> None:
    exec(compile(PYTHON[0], "docs/http-api.md", "exec"), {"BASE": address})  # noqa: S102 # the manual is a test


def test_the_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists()
