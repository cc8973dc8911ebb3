"""The manual is a test: what the README shows is run as it stands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lumbarkg import cli
from lumbarkg.resources import release_dir
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def _case() -> str:
    found = re.search(r"<<'JSON'\n(.*?)\nJSON\n", README, re.DOTALL)
    assert found
    return found[1]


def _commands() -> list[list[str]]:
    return [shlex.split(line) for line in re.findall(r"^\S*bin/lumbarkg (assess .*)$", README, re.MULTILINE)]


def test_the_case_is_the_shipped_example() -> None:
    assert json.loads(_case()) == json.loads((release_dir() / "examples" / "soreness-after-deadlifts.json").read_text())


def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.json").write_text(_case())
    commands = _commands()
    assert len(commands) == 3
    for command in commands:
        assert cli.main(command) == 0
        assert capfd.readouterr().out


def test_the_query_answers(client: FlaskClient) -> None:
    found = re.search(r"--data-urlencode query='\n(.*?)'\n", README, re.DOTALL)
    assert found
    response = client.get("/sparql", query_string={"query": found[1]})
    assert response.status_code == 200
    assert len(json.loads(response.data)["results"]["bindings"]) >= 20


def test_the_named_queries_answer(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    (address,) = re.findall(r"^curl -s 'http://127.0.0.1:8000(/api/v1/queries/[^']+)'$", README, re.MULTILINE)
    assert b"SpinalCompression" in client.get(address).data
    (command,) = re.findall(r"^\S*bin/lumbarkg (query .*)$", README, re.MULTILINE)
    assert cli.main(shlex.split(command)) == 0
    assert "lkg:DeadBug" in capfd.readouterr().out
    (count,) = re.findall(r"^(\d+) questions have a name", README, re.MULTILINE)
    assert int(count) == len(list((ROOT / "queries" / "api").glob("*.rq")))


def test_the_addresses_exist(client: FlaskClient) -> None:
    for address in ("/", "/api/v1/form"):
        assert client.get(address).status_code == 200
    posted = set(re.findall(r"@case.json http://127.0.0.1:8000(\S+)$", README, re.MULTILINE))
    assert posted == {"/api/v1/assessments", "/api/v1/assessments/questions"}
    for address in posted:
        assert client.post(address, data=_case(), content_type="application/json").status_code == 200


def test_the_table_of_fields_names_fields_of_the_answer(client: FlaskClient) -> None:
    answer = client.post("/api/v1/assessments", data=_case(), content_type="application/json").get_json()
    explained = set(re.findall(r"`(\w+)`", README.split("| field |")[1].split("\n\n")[0]))
    assert {"triage", "differential", "nextQuestions", "stop", "advice", "sensitivity"} <= explained & answer.keys()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_the_reasons_are_given(client: FlaskClient, tmp_path: Path) -> None:
    """The shell's own command makes the question, so that its quoting is tried too."""
    (tmp_path / "case.json").write_text(_case())
    (command,) = re.findall(r"^(echo .*case\.json.*) > question\.json$", README, re.MULTILINE)
    made = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True, timeout=10)  # noqa: S607
    addresses = re.findall(r"--data @question\.json http://127\.0\.0\.1:8000(\S+)$", README, re.MULTILINE)
    assert len(addresses) == 2
    for address in addresses:
        response = client.post(address, data=made.stdout, content_type="application/json")
        assert response.status_code == 200
        assert response.get_json()["suggested"] is True
