"""``lumbarkg evaluate``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lumbarkg import cli
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    path = tmp_path / "few.jsonl"
    lines = (CASES / "development" / "cases.jsonl").read_text("utf-8").splitlines()[:4]
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_the_table_is_printed_and_files_are_written(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "out.json", tmp_path / "out.svg"]
    arguments = ["evaluate", str(few), "--buckets", str(CASES / "bucket_conditions.tsv"), "--resamples", "10"]
    assert cli.main([*arguments, "--json", str(files[0]), "--plot", str(files[1])]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# Evaluation")
    assert "| history and examination | all | 4 |" in out
    first = [f.read_text("utf-8") for f in files]
    assert json.loads(first[0])["bootstrap"] == {"resamples": 10, "seed": 1}
    assert cli.main([*arguments, "--setting", "emergency", "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["settings"], json.loads(first[0])["settings"]) == ({"emergency": 4}, {"primary-care": 4})
    assert first[1].startswith("<svg")


def test_bad_input_is_refused_with_every_issue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(
        '{"id": "a", "findings": [{"finding": "Fver"}], "expected": {"conditions": ["Strain"]}}\n[]\n', "utf-8"
    )
    assert cli.main(["evaluate", str(bad)]) == 2
    err = capsys.readouterr().err
    assert all(text in err for text in ("/0/findings/0/finding", "/0/expected/conditions/0", "/1", "Fever"))


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["evaluate", str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl" in capsys.readouterr().err
