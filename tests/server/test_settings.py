"""Settings: where they come from, which wins, and that everything wrong is said at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.cli import main
from lumbarkg.errors import InvalidInputError
from lumbarkg.server.settings import NOT_ON_COMMAND_LINE, PREFIX, ServerSettings, read_effective
from tests.conftest import ROOT

_DEPLOY = ROOT / "deploy"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lumbarkg.toml"
    file.write_text('port = 1001\nworkers = 3\nhost = "::1"\n')
    found = read_effective({"config": file, "port": "1003"}, {"LUMBARKG_PORT": "1002", "LUMBARKG_WORKERS": "4"})
    assert (found.settings.port, found.settings.workers, found.settings.host) == (1003, 4, "::1")
    assert found.origins == {"port": "command line", "workers": "environment", "host": str(file)}


def test_the_environment_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lumbarkg.toml"
    file.write_text("threads = 5\n")
    assert read_effective({}, {"LUMBARKG_CONFIG": str(file)}).settings.threads == 5


@given(
    st.dictionaries(st.sampled_from(["port", "workers", "threads", "connections"]), st.integers(10, 60), min_size=1),
    st.sampled_from(["file", "environment", "command line"]),
)
def test_a_value_means_the_same_wherever_it_is_set(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, int], place: str
) -> None:
    if place == "file":
        file = tmp_path_factory.mktemp("settings") / "settings.toml"
        file.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
        found = read_effective({"config": file}, {})
    elif place == "environment":
        found = read_effective({}, {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()})
    else:
        found = read_effective({name: str(value) for name, value in values.items()}, {})
    assert {name: getattr(found.settings, name) for name in values} == values


def test_all_that_is_wrong_is_said_at_once_and_no_value_is_repeated(tmp_path: Path) -> None:
    file = tmp_path / "lumbarkg.toml"
    file.write_text('wrokers = 1\nworkers = "many-4711"\n')
    with pytest.raises(InvalidInputError) as refused:
        read_effective({"config": file, "port": "99999"}, {"LUMBARKG_THREADS": "0", "LUMBARKG_LOG_FORMAT": "xml"})
    issues = {issue.path: issue for issue in refused.value.issues}
    assert set(issues) == {"/wrokers", "/workers", "/port", "/threads", "/log_format"}
    assert "workers" in issues["/wrokers"].remedy
    assert "environment" in issues["/threads"].message
    assert str(file) in issues["/workers"].message
    assert "4711" not in str(refused.value)


@pytest.mark.parametrize(("content", "word"), [("port = ", "cannot be used"), (None, "cannot be used")])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: str | None, word: str) -> None:
    file = tmp_path / "lumbarkg.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InvalidInputError, match=word):
        read_effective({"config": file}, {})


def test_lists_are_written_with_blanks_in_a_variable() -> None:
    found = read_effective({}, {"LUMBARKG_ALLOW_ORIGIN": "https://a.example, https://b.example"})
    assert found.settings.allow_origin == ("https://a.example", "https://b.example")


def test_what_is_printed_is_a_file_that_gives_the_same_settings_and_shows_no_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LUMBARKG_STORE_TOKEN", "swordfish")
    monkeypatch.setenv("LUMBARKG_RECORD", str(tmp_path / "record.sqlite"))
    options = ["--port", "8123", "--allow-origin", "https://a.example", "--access-log"]
    assert main(["serve", *options, "--print-config"]) == 0
    printed = capsys.readouterr().out
    assert "swordfish" not in printed
    read = tomllib.loads(printed)
    assert read.pop("store_token") == "(a secret)"
    file = tmp_path / "printed.toml"
    file.write_text(printed)
    found = read_effective({"config": file}, {}).settings
    assert (found.port, found.access_log, found.allow_origin) == (8123, True, ("https://a.example",))
    unset = {name for name, value in found.model_dump().items() if value is None}
    assert set(read) | {"store_token"} | unset == set(ServerSettings.model_fields)
    assert "# environment" in next(line for line in printed.splitlines() if line.startswith("record"))


def test_every_setting_is_an_option_but_secrets_and_is_described() -> None:
    page = (ROOT / "docs" / "operation.md").read_text("utf-8")
    for name, field in ServerSettings.model_fields.items():
        assert field.description, name
        assert f"`{name}`" in page, f"docs/operation.md does not list {name}"
    hidden = {n for n, f in ServerSettings.model_fields.items() if f.json_schema_extra == NOT_ON_COMMAND_LINE}
    assert {n for n in ServerSettings.model_fields if "password" in n or "token" in n} - {"tokens"} <= hidden


def test_the_example_file_lists_settings_with_their_defaults() -> None:
    """Every line of it is a comment; without the marks it is a file that changes nothing."""
    lines = (_DEPLOY / "lumbarkg.toml").read_text("utf-8").splitlines()
    assert all(line.startswith("#") or not line for line in lines)
    shown: dict[str, Any] = tomllib.loads("\n".join(line[1:] for line in lines if " = " in line))
    defaults = ServerSettings().model_dump(mode="json")
    assert len(shown) > 15
    assert {name: defaults[name] for name in shown if name not in ("record", "release")} == {
        name: value for name, value in shown.items() if name not in ("record", "release")
    }
