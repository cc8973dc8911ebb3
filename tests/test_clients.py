"""``docs/clients.md`` is run as it stands, against a server of its own; what is in R is only looked over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumbarkg.resources import queries_dir
from tests.conftest import ROOT
from tests.store.conftest import free_port, wait_for

PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python"]
SHELL = [text for language, text in BLOCKS if language == "sh"]
R = [text for language, text in BLOCKS if language == "r"]
# A part of what each prints, in the order of the page.
PRINTED = ["extensor hallucis longus", "ClaimA25", "foot drop", "rows"]
ANSWERED = ["SpinalCompression", "bladder", "sit-up", "lkg:Deadlift", "dead bug"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """``lumbarkg serve`` in a process of its own."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUMBARKG_STORE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "lumbarkg", "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _run(command: list[str], folder: Path, address: str) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command[-1] = command[-1].replace("http://127.0.0.1:8000/", address)
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_the_blocks_that_are_run() -> None:
    assert len(BLOCKS) == len(PYTHON) + len(SHELL) + len(R)
    assert (len(PYTHON), len(SHELL), len(R)) == (len(PRINTED), len(ANSWERED), 2)
    assert PAGE.count("```") == 2 * len(BLOCKS)


@pytest.mark.slow
@pytest.mark.parametrize(("code", "printed"), list(zip(PYTHON, PRINTED, strict=True)), ids=PRINTED)
def test_the_python_works(code: str, printed: str, address: str, tmp_path: Path) -> None:
    assert printed in _run([sys.executable, "-c", code], tmp_path, address)


@pytest.mark.slow
@pytest.mark.parametrize(("code", "answered"), list(zip(SHELL, ANSWERED, strict=True)), ids=ANSWERED)
def test_the_shell_commands_work(code: str, answered: str, address: str, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell
    assert shutil.which("curl"), "the snippets need curl"
    assert answered in _run([shell, "-ec", code], tmp_path, address)


def test_the_count_of_queries_is_true() -> None:
    (count,) = re.findall(r"(\d+) named queries", PAGE)
    assert int(count) == len(list((queries_dir() / "api").glob("*.rq")))


@pytest.mark.slow
def test_the_r_asks_what_the_server_answers(address: str, tmp_path: Path) -> None:
    """R itself is not run: its address and its query are."""
    curl = ["curl", "-s", "--fail"]
    (base,) = re.findall(r'address <- "([^"]+)"', R[0])
    parameters = "condition=cauda%20equina%20syndrome&format=csv&limit=1000"
    table = _run([*curl, f"{base}?{parameters}"], tmp_path, address)
    assert {"label", "likelihoodRatio", "status"} <= set(table.splitlines()[0].split(","))
    (query,) = re.findall(r'query <- "([^"]+)"', R[1])
    table = _run(
        [*curl, "-H", "Accept: text/csv", "--data-urlencode", f"query={query}", f"{address}sparql"], tmp_path, address
    )
    assert len(table.splitlines()) == 5
    for code in R:
        assert code.count("(") == code.count(")")
        assert code.count('"') % 2 == 0


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / "docs" / target).exists()
