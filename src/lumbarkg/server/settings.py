"""The settings of ``lumbarkg serve``: from the command line, the environment or a file, in this order.

A setting ``query_seconds`` is the option ``--query-seconds``, the variable ``LUMBARKG_QUERY_SECONDS`` and the key
``query_seconds`` of the TOML file that ``--config`` or ``LUMBARKG_CONFIG`` names. ``docs/operation.md`` lists them all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error
from lumbarkg.record.record import default_path
from lumbarkg.resources import release_dir

PREFIX = "LUMBARKG_"
CONFIG = f"{PREFIX}CONFIG"
NOT_ON_COMMAND_LINE: dict[str, Any] = {"command_line": False}
"""What a process list would show to everybody, or what only a remote store needs."""


def _split(value: Any) -> Any:
    """A list in a variable is written with blanks or commas between its parts."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _remote(text: str) -> Any:
    return Field(default="", description=text, json_schema_extra=NOT_ON_COMMAND_LINE)


class ServerSettings(BaseModel):
    """Every setting with its default; times are seconds, sizes bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="the address to listen on; any but loopback asks for tokens")
    port: int = Field(8000, ge=0, le=65535, description="the port to listen on")
    workers: int = Field(2, ge=1, le=64, description="worker processes; one a core is about right")
    threads: int = Field(16, ge=1, le=256, description="requests at once in a worker; one waits while its query runs")
    release: Path = Field(
        default_factory=release_dir, description="the folder of the released ontology, or a link to one; SIGHUP reloads"
    )
    record: Path = Field(default_factory=default_path, description="the file of stored cases, tokens and audit log")
    tokens: Path | None = Field(None, description="a TOML file of tokens (docs/sparql.md)")
    oidc: Path | None = Field(
        None, description="a TOML file that names an identity provider whose JWTs are accepted (docs/security.md)"
    )
    allow_origin: Annotated[tuple[str, ...], BeforeValidator(_split)] = Field(
        (), description="an origin whose pages may call, such as https://app.example.org; may be repeated (CORS)"
    )
    rate: float = Field(200, ge=0, description="requests per second and token, in each worker; 0 sets no limit")
    burst: int = Field(400, ge=1, description="requests of a token that may come at once")
    query_seconds: float = Field(10, gt=0, le=3600, description="the deadline of a SPARQL query")
    request_seconds: float = Field(30, gt=0, le=3600, description="the time that a client has to send a request")
    answer_seconds: float = Field(300, gt=0, le=86_400, description="the time that a client has to take an answer")
    idle_seconds: float = Field(75, gt=0, le=3600, description="how long a connection may wait for its next request")
    connections: int = Field(1000, ge=10, le=100_000, description="open connections of a worker")
    shutdown_seconds: float = Field(
        30, ge=0, le=3600, description="the time that running requests have when the server stops or reloads"
    )
    probation_seconds: float = Field(
        20, ge=0, le=3600, description="how long after a reload a worker that dies brings the former release back"
    )
    access_log: bool = Field(False, description="one line a request on standard error")
    log_format: Literal["text", "json"] = Field("text", description="how log lines are written")
    profile: Literal["knowledge", "conformance"] = Field(
        "knowledge", description="conformance: an empty store that everybody may write, on loopback alone"
    )
    store: str = _remote("the query address of a remote SPARQL store (docs/remote-store.md)")
    store_update: str = _remote("its update address")
    store_graphs: str = _remote("its graph store address")
    store_user: str = _remote("our name there")
    store_password: SecretStr = Field(SecretStr(""), json_schema_extra=NOT_ON_COMMAND_LINE, description="our password")
    store_password_file: str = _remote("a file that holds the password")
    store_token: SecretStr = Field(SecretStr(""), json_schema_extra=NOT_ON_COMMAND_LINE, description="our token there")
    store_token_file: str = _remote("a file that holds the token")
    store_seconds: str = _remote("how long a request to it may take")

    def store_variables(self) -> dict[str, str]:
        """The settings of the remote store, as ``lumbarkg.store.settings`` reads them."""
        found = {}
        for name in type(self).model_fields:
            if name.startswith("store"):
                value = getattr(self, name)
                found[f"{PREFIX}{name.upper()}"] = value.get_secret_value() if isinstance(value, SecretStr) else value
        return found


@dataclass(frozen=True)
class Effective:
    """The settings that hold, and where each that is no default was set."""

    settings: ServerSettings
    origins: Mapping[str, str]

    def to_toml(self) -> str:
        """All of them as the file would hold them, with their origins as comments; secrets are not shown."""
        return "\n".join(self._line(name) for name in ServerSettings.model_fields) + "\n"

    def changes(self) -> str:
        """Those that are no default, in a line."""
        return ", ".join(
            f"{name} = {_toml(getattr(self.settings, name))} ({self.origins[name]})" for name in self.origins
        )

    def _line(self, name: str) -> str:
        value = getattr(self.settings, name)
        origin = self.origins.get(name, "default")
        if value is None:
            return f"# {name} is not set"
        return f"{name} = {_toml(value)}  # {origin}"


def read_effective(given: Mapping[str, Any], environment: Mapping[str, str]) -> Effective:
    """The settings: ``given`` are those of the command line, ``config`` among them the file.

    Raises InvalidInputError with everything that is wrong, wherever it was set; paths are ``/setting``.
    """
    given = dict(given)
    file = given.pop("config", None) or environment.get(CONFIG)
    issues: list[Issue] = []
    from_file = _read_file(Path(file), issues) if file else {}
    names = ServerSettings.model_fields
    from_environment = {
        name: environment[variable] for name in names if environment.get(variable := f"{PREFIX}{name.upper()}")
    }
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for values, origin in (
        (from_file, str(file)),
        (from_environment, "environment"),
        (given, "command line"),
    ):
        merged |= values
        origins |= dict.fromkeys(values, origin)
    try:
        settings = ServerSettings.model_validate(merged)
    except ValidationError as refused:
        issues += [_issue(each, origins) for each in refused.errors()]
    if issues:
        raise InvalidInputError(tuple(issues))
    return Effective(settings, {name: origins[name] for name in names if name in origins})


def _read_file(file: Path, issues: list[Issue]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        issues.append(error("config", "", f"{file} cannot be used: {reason}.", "See docs/operation.md, Configuration."))
        return {}


def _issue(found: Any, origins: Mapping[str, str]) -> Issue:
    name = str(found["loc"][0]) if found["loc"] else ""
    place = origins.get(name, "default")
    if found["type"] == "extra_forbidden":
        near = nearest(name, {each: each for each in ServerSettings.model_fields}, 1)
        remedy = f"Did you mean {near[0][0]}?" if near else "docs/operation.md lists the settings."
        return error("unknown-setting", f"/{name}", f"There is no setting of this name ({place}).", remedy)
    # The value is not repeated: it may hold a secret.
    return error("bad-setting", f"/{name}", f"{found['msg']} ({place}).", "docs/operation.md lists the settings.")


def _toml(value: Any) -> str:
    if isinstance(value, SecretStr):
        return '"(a secret)"' if value.get_secret_value() else '""'
    if isinstance(value, tuple):
        return json.dumps(list(value))
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value))
