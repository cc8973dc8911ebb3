"""``lumbarkg serve``: the server (``docs/operation.md``)."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_origin

from lumbarkg import __version__
from lumbarkg.commands.status import FAILED, OK
from lumbarkg.server.process import fill_standard_streams, limit_arenas, surroundings, without_collector
from lumbarkg.server.settings import NOT_ON_COMMAND_LINE, ServerSettings, read_effective

if TYPE_CHECKING:
    from lumbarkg.web.app import Config

_HOW_TO_BEGIN = """\
This address is reached by others, and there is no token yet: only /healthz and /readyz are served. Make one, here, with
    lumbarkg token create --record {record} --name NAME --tenant TENANT --scope read --scope assess --scope cases
and send it as 'Authorization: Bearer TOKEN'. No restart is needed."""


def add_to(commands: Any) -> None:
    """Add the command's parser: an option for each setting."""
    command = commands.add_parser(
        "serve",
        help="run the server",
        description="Run the server. Every option is also a variable LUMBARKG_OPTION and a key of the file that "
        "--config names; the command line wins over the environment, that over the file.",
    )
    command.add_argument("--config", default=argparse.SUPPRESS, metavar="FILE", help="a TOML file of settings")
    command.add_argument("--print-config", action="store_true", help="print the settings that hold, and stop")
    for name, field in ServerSettings.model_fields.items():
        if field.json_schema_extra == NOT_ON_COMMAND_LINE:
            continue
        option: dict[str, Any] = {"default": argparse.SUPPRESS, "help": field.description}
        if field.annotation is bool:
            option["action"] = "store_true"
        elif get_origin(field.annotation) is tuple:
            option |= {"action": "append", "metavar": "TEXT"}
        elif get_origin(field.annotation) is Literal:
            option["metavar"] = "|".join(field.annotation.__args__)  # type: ignore[union-attr]  # a Literal has them
        else:
            option["metavar"] = "VALUE"
        if not field.is_required() and field.default is not None and field.default_factory is None and field.default:
            option["help"] += f" ({field.default})"
        command.add_argument(f"--{name.replace('_', '-')}", **option)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped. Raises InvalidInputError where settings are wrong."""
    given = {name: value for name, value in vars(options).items() if name not in ("run", "print_config")}
    effective = read_effective(given, os.environ)
    settings = effective.settings
    if options.print_config:
        print(effective.to_toml(), end="")
        return OK
    fill_standard_streams()
    limit_arenas()
    with surroundings():
        return _serve(settings, effective.changes())


def _serve(settings: ServerSettings, changes: str) -> int:
    with without_collector():
        from lumbarkg.record.record import hold_shared  # here, because the environment had to be set first
        from lumbarkg.server.logs import set_up_logs
        from lumbarkg.server.master import serve

        config = _config(settings)
    set_up_logs(settings.log_format, with_access=settings.access_log)
    is_loopback = config.access.door.is_loopback
    if config.is_conformance and not is_loopback:
        print(f"lumbarkg: --profile conformance lets everybody write, and is refused on {settings.host}.", flush=True)
        print("Use --host with 127.0.0.1, ::1 or localhost.", flush=True)
        return FAILED
    held = None if config.is_conformance else hold_shared(settings.record)
    print(f"Lumbarkg {__version__}: http://{settings.host}:{settings.port}/  (Ctrl-C stops it)", flush=True)
    print("Decision support for prototypes. Not a medical device.", flush=True)
    if changes:
        print(f"Settings that are no default: {changes}", flush=True)
    if not config.is_conformance and not is_loopback and not _has_token(config):
        print(_HOW_TO_BEGIN.format(record=settings.record), flush=True)
    try:
        serve(settings, config)
    finally:
        if held is not None:
            held.close()
    return OK


def _config(settings: ServerSettings) -> Config:
    """What the application is built from. Raises InvalidInputError where a file that a setting names is wrong."""
    from lumbarkg.access.door import Door, is_loopback_name  # as in _serve
    from lumbarkg.access.rate import Rate
    from lumbarkg.store.limits import Limits
    from lumbarkg.store.settings import read_settings
    from lumbarkg.web.app import default_config
    from lumbarkg.web.callers import Tokens, read_tokens
    from lumbarkg.web.gate import Access

    is_conformance = settings.profile == "conformance"
    door = Door(is_loopback_name(settings.host), frozenset(settings.allow_origin))
    return replace(
        default_config(),
        release=settings.release,
        limits=Limits(seconds=settings.query_seconds),
        tokens=read_tokens(settings.tokens) if settings.tokens else Tokens(),
        record=settings.record,
        verifiers=_verifiers(settings.oidc),
        queries=max(1, settings.threads // 2),
        access=Access(door, Rate(settings.rate, settings.burst)),
        is_conformance=is_conformance,
        remote=None if is_conformance else read_settings(settings.store_variables()),
    )


def _verifiers(oidc: Path | None) -> tuple[Any, ...]:
    if oidc is None:
        return ()
    from lumbarkg.access.jwt import JwtVerifier, read_provider  # needs the extra 'oidc'

    return (JwtVerifier(read_provider(oidc)),)


def _has_token(config: Config) -> bool:
    """Whether anybody could come in. The record is closed again: nothing of it may be open when workers are forked."""
    from lumbarkg.record.record import open_record  # as in _serve

    if config.tokens.tokens or config.verifiers or config.record is None:
        return True
    record = open_record(config.record)
    found = record.tokens.has_valid(datetime.now(UTC))
    record.database.close()
    return found
