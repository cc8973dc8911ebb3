"""``lumbarkg diff``: silent between equal releases, and exact about a release that was changed on purpose."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lumbarkg import cli
from lumbarkg.assessment import Engine, load_engine
from lumbarkg.evaluation.differences import Answer, Change, compare_answers, compare_releases, read_documents
from lumbarkg.identifiers import Iri
from lumbarkg.resources import release_dir, shapes_dir

CASES: list[dict[str, Any]] = [
    {"id": "leg", "findings": [{"finding": "PainBelowKnee"}, {"finding": "PositiveStraightLegRaise"}]},
    {"id": "drop", "findings": [{"finding": "FootDrop"}], "expected": {"conditions": ["DiscHerniation"]}},
    {"findings": [{"finding": "LowBackPain"}]},
]
A, B, C = Iri("urn:x/A"), Iri("urn:x/B"), Iri("urn:x/C")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cases") / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in CASES), "utf-8")
    return path


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the release in which pain below the knee speaks for nothing, and foot drop fires no rule of its own."""
    copy = tmp_path_factory.mktemp("changed") / "release"
    shutil.copytree(release_dir(), copy)
    table = copy / "evidence" / "likelihood_ratios.tsv"
    rows = table.read_text("utf-8").splitlines(keepends=True)
    kept = [row for row in rows if "\tlkg:PainBelowKnee\t" not in row]
    assert len(kept) < len(rows)
    table.write_text("".join(kept), "utf-8")
    ontology = copy / "lumbarkg.ttl"
    text = ontology.read_text("utf-8")
    assert "owl:someValuesFrom lkg:FootDrop " in text
    text = text.replace("owl:someValuesFrom lkg:FootDrop ", "owl:someValuesFrom lkg:SteppageGait ")
    ontology.write_text(text, "utf-8")
    return copy


@pytest.fixture(scope="module")
def found(cases: Path, changed: Path, engine: Engine) -> dict[str, list[Change]]:
    differences = compare_releases(read_documents(cases.read_bytes()), engine, load_engine(changed, shapes_dir()), 0.05)
    return {case.id: list(case.changes) for case in differences}


def test_a_release_does_not_differ_from_itself(cases: Path, engine: Engine) -> None:
    assert compare_releases(read_documents(cases.read_bytes()), engine, engine, 0.0) == ()


def test_what_was_changed_is_shown(found: dict[str, list[Change]]) -> None:
    assert set(found) == {"leg", "drop"}
    assert {"first", "firstThree", "posttest"} <= {c.kind for c in found["leg"]}
    assert "triage" not in {c.kind for c in found["leg"]}
    triage = [(c.old, c.new) for c in found["drop"] if c.kind == "triage"]
    assert triage == [("Emergency", "Urgent, not complete")]
    assert ("FootDropTrigger", "fired", "") in {(c.subject, c.old, c.new) for c in found["drop"] if c.kind == "rule"}


def test_a_threshold_hides_small_moves_only(found: dict[str, list[Change]]) -> None:
    moves = [float(c.new.rstrip("%")) - float(c.old.rstrip("%")) for c in found["leg"] if c.kind == "posttest"]
    assert moves
    assert all(abs(move) > 4.8 for move in moves)


def test_the_command_answers_as_diff_does(
    cases: Path, changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = str(release_dir())
    assert cli.main(["diff", release, str(changed), str(cases)]) == 1
    out = capsys.readouterr().out
    assert "  triage: Emergency -> Urgent, not complete" in out
    assert out.endswith("2 of 3 answers change.\n")
    unknown = tmp_path / "unknown.jsonl"
    unknown.write_text(json.dumps({"id": "new", "findings": [{"finding": "Fver"}]}), "utf-8")
    assert cli.main(["diff", release, release, str(unknown), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": 1, "changed": 0, "threshold": 0.05, "differences": []}


def test_trouble_is_told_from_difference(cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["diff", str(tmp_path / "nowhere"), str(tmp_path), str(cases)]) == 2
    assert "nowhere" in capsys.readouterr().err
    bad = tmp_path / "bad.jsonl"
    bad.write_text("[1]\n{\n", "utf-8")
    assert cli.main(["diff", str(tmp_path), str(tmp_path), str(bad)]) == 2
    err = capsys.readouterr().err
    assert "/0" in err
    assert "/1" in err


def test_changes_are_as_by_hand() -> None:
    old = Answer("Urgent", True, frozenset({"R"}), ((A, 0.6), (B, 0.3), (C, 0.1)))
    new = Answer("Urgent", False, frozenset({"S"}), ((B, 0.5), (A, 0.42), (C, 0.08)))
    changes = [(c.kind, c.subject, c.old, c.new) for c in compare_answers(old, new, 0.05)]
    assert changes == [
        ("triage", "", "Urgent", "Urgent, not complete"),
        ("rule", "R", "fired", ""),
        ("rule", "S", "", "fired"),
        ("first", "", "A", "B"),
        ("firstThree", "", "A, B, C", "B, A, C"),
        ("posttest", "A", "60.0%", "42.0%"),
        ("posttest", "B", "30.0%", "50.0%"),
    ]
    assert list(compare_answers(old, old, 0.0)) == []


def test_a_hypothesis_that_comes_or_goes_is_shown() -> None:
    old = Answer("Urgent", True, frozenset(), ((A, 0.9), (B, 0.1)))
    new = Answer("Urgent", True, frozenset(), ((A, 0.9), (C, 0.1)))
    moved = {(c.subject, c.old, c.new) for c in compare_answers(old, new, 0.5) if c.kind == "posttest"}
    assert moved == {("B", "10.0%", ""), ("C", "", "10.0%")}


def test_a_refusal_is_a_change() -> None:
    ranked = Answer("Urgent", True, frozenset(), ((A, 1.0),))
    refused = Answer("Urgent", True, frozenset(), (), ("both present and denied",))
    assert [c.kind for c in compare_answers(ranked, refused, 0.05)] == ["refused"]
