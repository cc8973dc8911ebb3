"""``lumbarkg serve``: the server."""

from __future__ import annotations

import argparse
import logging
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lumbarkg import __version__
from lumbarkg.commands.status import FAILED, OK
from lumbarkg.errors import LumbarkgError
from lumbarkg.store.settings import read_settings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_HOW_TO_BEGIN = """\
This address is reached by others, and there is no token yet: only /healthz is served. Make one, here, with
    lumbarkg token create --record {record} --name NAME --tenant TENANT --scope read --scope assess --scope cases
and send it as 'Authorization: Bearer TOKEN'. No restart is needed."""
# A thread waits while its query runs; there are more than the queries that run at once, so that other requests pass.
_THREADS = 16
# Larger than the application's own limit, so that a body between the two is refused with a problem, not a bare status.
_SERVER_MAX_BODY = 64 * 1024 * 1024


class _WithoutTraceback(logging.Filter):
    """An answer that breaks off at a limit is one line in the log: it is no error of the server."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten such a record; let every record pass."""
        cause = record.exc_info[1] if record.exc_info else None
        if isinstance(cause, LumbarkgError):
            record.msg, record.args, record.exc_info = f"an answer broke off: {type(cause).__name__}", (), None
        return True


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("serve", help="run the server")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument(
        "--tokens",
        type=Path,
        default=os.environ.get("LUMBARKG_TOKENS"),
        help="a TOML file of tokens for updates (LUMBARKG_TOKENS; docs/sparql.md)",
    )
    command.add_argument(
        "--record",
        type=Path,
        default=None,
        help="the file of stored cases, tokens and audit log (LUMBARKG_RECORD; docs/cases.md)",
    )
    command.add_argument(
        "--oidc",
        type=Path,
        default=os.environ.get("LUMBARKG_OIDC"),
        help="a TOML file that names an identity provider whose JWTs are accepted (LUMBARKG_OIDC; docs/security.md)",
    )
    command.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may call, such as https://app.example.org; may be repeated (CORS)",
    )
    command.add_argument("--access-log", action="store_true", help="one line a request on standard error")
    command.add_argument(
        "--profile",
        choices=("knowledge", "conformance"),
        default="knowledge",
        help="conformance: an empty store that everybody may write, on loopback alone",
    )
    command.add_argument("--query-seconds", type=float, default=10.0, help="the deadline of a SPARQL query (10)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    import waitress

    from lumbarkg.access.door import Door, is_loopback_name
    from lumbarkg.record.record import default_path, hold_shared
    from lumbarkg.store.limits import Limits
    from lumbarkg.web.app import create_app, default_config
    from lumbarkg.web.callers import Tokens, read_tokens
    from lumbarkg.web.gate import Access

    is_conformance = options.profile == "conformance"
    if is_conformance and options.host not in _LOOPBACK:
        print(f"lumbarkg: --profile conformance lets everybody write, and is refused on {options.host}.", flush=True)
        print(f"Use --host with one of {', '.join(_LOOPBACK)}.", flush=True)
        return FAILED
    tokens = read_tokens(Path(options.tokens)) if options.tokens else Tokens()
    path = options.record or default_path()
    config = replace(
        default_config(),
        limits=Limits(seconds=options.query_seconds),
        tokens=tokens,
        record=path,
        verifiers=_verifiers(options),
        access=Access(Door(is_loopback_name(options.host), frozenset(options.allow_origin))),
        is_conformance=is_conformance,
        remote=None if is_conformance else read_settings(os.environ),
    )
    logging.getLogger("waitress").addFilter(_WithoutTraceback())
    app = create_app(config)
    held = None if is_conformance else hold_shared(path)
    _set_up_logs(access=options.access_log)
    # Started here and not by the first query, whom it would make wait.
    app.extensions["store"].start()
    print(f"Lumbarkg {__version__}: http://{options.host}:{options.port}/  (Ctrl-C stops it)", flush=True)
    print("Decision support for prototypes. Not a medical device.", flush=True)
    if not is_conformance and not config.access.door.is_loopback and not _has_token(app, config):
        print(_HOW_TO_BEGIN.format(record=path), flush=True)
    waitress.serve(
        app,
        host=options.host,
        port=options.port,
        threads=_THREADS,
        ident="lumbarkg",
        # Else it drops what shows that a proxy passes the request on, and the door would be open to whoever comes.
        clear_untrusted_proxy_headers=False,
        max_request_body_size=_SERVER_MAX_BODY,
        # A client that reads slowly must not hold a query: the server takes the whole answer, on disk past 1 MB.
        outbuf_high_watermark=2 * config.limits.answer_bytes,
    )
    app.extensions["store"].close()
    if held is not None:
        held.close()
    return OK


def _verifiers(options: argparse.Namespace) -> tuple[Any, ...]:
    if not options.oidc:
        return ()
    from lumbarkg.access.jwt import JwtVerifier, read_provider  # needs the extra 'oidc'

    return (JwtVerifier(read_provider(Path(options.oidc))),)


def _has_token(app: Any, config: Any) -> bool:
    """Whether anybody could come in."""
    record = app.extensions["record"]
    return bool(config.tokens.tokens or config.verifiers or record.tokens.has_valid(datetime.now(UTC)))


def _set_up_logs(*, access: bool) -> None:
    """What goes to standard error: a line a request where it is asked for; never a path, a query or a body."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    if access:
        log = logging.getLogger("lumbarkg.access")
        log.setLevel(logging.INFO)
        log.addHandler(handler)
        log.propagate = False
    # The WSGI server names the path of a request that broke off.
    logging.getLogger("waitress").addFilter(_without_paths)


def _without_paths(record: logging.LogRecord) -> bool:
    if "serving" in str(record.msg):
        record.msg, record.args, record.exc_info = "a request broke off", (), None
    return True
