"""The files of deploy/ fit the program: what they copy is there, what they call is taken, the unit is valid."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from lumbarkg.cli import main
from lumbarkg.server.settings import PREFIX, ServerSettings
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"


def _instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines if re.match(r"[A-Z]+ ", line)]


def test_the_image_copies_what_is_there_and_all_that_the_package_needs() -> None:
    copied = [shlex.split(rest) for word, rest in _instructions() if word == "COPY" and "--from" not in rest]
    sources = {source for parts in copied for source in parts[:-1]}
    assert {"pyproject.toml", "constraints.txt", "src", "ontology/release", "queries", "shapes"} <= sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_sets_settings_that_exist(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment,) = (rest for word, rest in _instructions() if word == "ENV")
    values = dict(part.split("=", 1) for part in shlex.split(environment) if part.startswith(PREFIX))
    assert len(values) > 3
    assert {name.removeprefix(PREFIX).lower() for name in values} <= set(ServerSettings.model_fields)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    (command,) = (rest for word, rest in _instructions() if word == "CMD")
    words = re.findall(r'"([^"]+)"', command)
    assert words[0] == "lumbarkg"
    assert main([*words[1:], "--print-config"]) == 0
    assert 'host = "0.0.0.0"  # environment' in capsys.readouterr().out
    assert [rest for word, rest in _instructions() if word == "USER"] == ["lumbarkg"]


def test_the_unit_is_understood_by_systemd(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        assert "CI" not in os.environ, "systemd-analyze is missing (Debian: apt-get install systemd)"
        pytest.skip("systemd-analyze is missing")
    unit = (DEPLOY / "lumbarkg.service").read_text("utf-8")
    program = tmp_path / "lumbarkg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / "lumbarkg.service"
    copy.write_text(unit.replace("/opt/lumbarkg/bin/lumbarkg", str(program)))
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "lumbarkg.service" in line]) == (0, [])


def test_the_unit_calls_what_the_program_takes(capsys: pytest.CaptureFixture[str]) -> None:
    unit = (DEPLOY / "lumbarkg.service").read_text("utf-8")
    (start,) = re.findall(r"^ExecStart=\S+/lumbarkg (.*)$", unit, re.MULTILINE)
    names = set(re.findall(rf"^Environment={PREFIX}(\w+)=", unit, re.MULTILINE)) - {"CONFIG"}
    assert names
    assert {name.lower() for name in names} <= set(ServerSettings.model_fields)
    assert main([*start.split(), "--print-config"]) == 0
    assert "record = " in capsys.readouterr().out
