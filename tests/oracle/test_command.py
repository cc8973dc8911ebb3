"""``python -m lumbarkg.oracle``: what it prints, and that a difference is a failure."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lumbarkg.model import Case
from lumbarkg.oracle import __main__ as command
from lumbarkg.oracle.answers import Difference, engine_answer
from lumbarkg.oracle.compare import Compared, Progress, Report
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge


class Disagreeing:
    """An oracle that differs on every case with a finding."""

    def __init__(self, knowledge: Knowledge, release: Sequence[Triple], **options: object) -> None:
        self._knowledge = knowledge

    def __enter__(self) -> Disagreeing:
        return self

    def __exit__(self, *reason: object) -> None:
        pass

    def disagree(self, case: Case) -> bool:
        return bool(case.findings)

    def compare(self, cases: Sequence[Case], progress: Progress) -> Report:
        found = (Difference("suggests", frozenset({"urn:test:Something"}), frozenset()),)
        compared = tuple(
            Compared(c, engine_answer(c, self._knowledge), found if self.disagree(c) else ()) for c in cases
        )
        progress(len(cases), len(cases))
        return Report(compared, (), 1, 0, 0.0, 0.0, 0.0)


def test_a_difference_is_printed_shrunk_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "Oracle", Disagreeing)
    monkeypatch.setattr(sys, "argv", ["lumbarkg.oracle", "8", "--seed", "3"])
    assert command.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "8 cases drawn with seed 3"
    shrunk = [json.loads(line.partition(": ")[2]) for line in lines if line.startswith("  shrunk to: ")]
    assert len(shrunk) == 5
    assert all(len(document["findings"]) == 1 for document in shrunk)
    assert "  suggests: only the engine: urn:test:Something" in lines


def test_agreement_on_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["lumbarkg.oracle", "0"])
    with pytest.raises(SystemExit):
        command.main()


@pytest.mark.slow
def test_the_command_compares_with_hermit_and_tells_what(tmp_path: Path) -> None:
    command_line = [sys.executable, "-m", "lumbarkg.oracle", "4", "--seed", "3", "--journal", str(tmp_path)]
    ended = subprocess.run(command_line, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    for told in ("4/4 compared, 0 differ", "patterns:", "suggestions:", "durations:", "differences: 0 cases"):
        assert told in ended.stdout
    assert [file.suffix for file in tmp_path.iterdir()] == [".jsonl"]
    again = subprocess.run(command_line, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "runs, 1 of them known from the journal" in again.stdout
