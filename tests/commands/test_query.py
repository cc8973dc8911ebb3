"""``lumbarkg query``: a name, a file or the standard input; parameters; formats; and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from lumbarkg import cli
from lumbarkg.resources import queries_dir

SELECT = """PREFIX lkg: <https://w3id.org/lumbarkg/>
SELECT ?condition WHERE { lkg:SitUp lkg:aggravates ?condition } ORDER BY ?condition
"""
WITH_PARAMETER = """#+ parameter: exercise, term lkg:Exercise, required: the exercise
PREFIX lkg: <https://w3id.org/lumbarkg/>
SELECT ?condition WHERE {
  VALUES ?exercise { lkg:SitUp }
  ?exercise lkg:aggravates ?condition
}
ORDER BY ?condition
"""


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["query", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_library_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = _run(capsys, "--list")
    assert status == 0
    assert len(out.splitlines()) == len(list((queries_dir() / "api").glob("*.rq")))
    assert "conditions-that-explain-a-finding" in out


def test_a_name_gives_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = _run(capsys, "loads-of-an-exercise", "--param", "exercise=deadlift", "--limit", "3")
    assert status == 0
    lines = out.splitlines()
    assert lines[0].split() == ["load", "label", "structure", "certain"]
    assert "lkg:ParaspinalMuscleLoad" in out
    assert lines[-1] == "3 rows"


def test_an_ask_gives_yes_or_no(capsys: pytest.CaptureFixture[str]) -> None:
    name, condition = "does-an-exercise-aggravate-a-condition", "condition=DiscHerniation"
    assert _run(capsys, name, "--param", "exercise=SitUp", "--param", condition)[1] == "yes\n"
    assert _run(capsys, name, "--param", "exercise=BirdDog", "--param", condition)[1] == "no\n"


def test_formats_are_those_of_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = _run(capsys, "claims", "--param", "stance=hypothesis", "--format", "json")
    assert len(json.loads(out)["results"]["bindings"]) >= 5
    assert _run(capsys, "claims", "--format", "csv")[1].startswith("claim,label,")
    graph = ("neighbourhood-of-a-term", "--param", "term=FootDrop")
    assert _run(capsys, *graph)[1].startswith("@prefix")
    assert json.loads(_run(capsys, *graph, "--format", "jsonld")[1])
    status, _, err = _run(capsys, *graph, "--format", "csv")
    assert status == 2
    assert "turtle" in err


def test_a_file_and_the_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(SELECT)
    status, from_file, _ = _run(capsys, str(file), "--format", "csv")
    assert status == 0
    assert "https://w3id.org/lumbarkg/DiscHerniation" in from_file
    monkeypatch.setattr("sys.stdin", io.StringIO(SELECT))
    assert _run(capsys, "-", "--format", "csv")[1] == from_file
    file.write_text(WITH_PARAMETER)
    assert _run(capsys, str(file), "--param", "exercise=SitUp", "--format", "csv")[1] == from_file


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--list"),
        (("red-flags-of-a-grup",), "red-flags-of-a-group"),
        (("neighbourhood-of-a-term", "--limit", "3"), "--limit is for"),
        (("claims", "--param", "stance"), "NAME=VALUE"),
        (("claims", "--param", "stanze=contested", "--param", "stance=x"), "Did you mean 'stance'"),
        (("loads-of-an-exercise",), "required"),
        (("loads-of-an-exercise", "--param", "exercise=Dedlift"), "lkg:Deadlift"),
    ],
)
def test_what_is_refused_says_what_to_do(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = _run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_a_broken_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.rq"
    for text, words in (("SELECT ?x WHERE {", "not SPARQL"), ("nothing", "no line begins"), ("\xff", "no line begins")):
        file.write_text(text)
        status, _, err = _run(capsys, str(file))
        assert status == 2
        assert words in err
    file.write_bytes(b"\xff\xfe")
    assert _run(capsys, str(file))[0] == 2


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5"])
def test_a_limit_is_a_whole_number(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["query", "claims", "--limit", limit])
    assert "whole number" in capsys.readouterr().err
