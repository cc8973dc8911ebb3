"""``lumbarkg serve``: the server."""

from __future__ import annotations

import argparse
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from lumbarkg import __version__
from lumbarkg.commands.status import FAILED, OK
from lumbarkg.errors import LumbarkgError
from lumbarkg.store.settings import read_settings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
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

    from lumbarkg.store.limits import Limits
    from lumbarkg.web.app import create_app, default_config
    from lumbarkg.web.callers import Tokens, read_tokens

    is_conformance = options.profile == "conformance"
    if is_conformance and options.host not in _LOOPBACK:
        print(f"lumbarkg: --profile conformance lets everybody write, and is refused on {options.host}.", flush=True)
        print(f"Use --host with one of {', '.join(_LOOPBACK)}.", flush=True)
        return FAILED
    tokens = read_tokens(Path(options.tokens)) if options.tokens else Tokens()
    limits = Limits(seconds=options.query_seconds)
    remote = None if is_conformance else read_settings(os.environ)
    config = replace(default_config(), limits=limits, tokens=tokens, is_conformance=is_conformance, remote=remote)
    logging.getLogger("waitress").addFilter(_WithoutTraceback())
    app = create_app(config)
    # Started here and not by the first query, whom it would make wait.
    app.extensions["store"].start()
    print(f"Lumbarkg {__version__}: http://{options.host}:{options.port}/  (Ctrl-C stops it)", flush=True)
    print("Decision support for prototypes. Not a medical device.", flush=True)
    waitress.serve(
        app,
        host=options.host,
        port=options.port,
        threads=_THREADS,
        ident="lumbarkg",
        max_request_body_size=_SERVER_MAX_BODY,
        # A client that reads slowly must not hold a query: the server takes the whole answer, on disk past 1 MB.
        outbuf_high_watermark=2 * config.limits.answer_bytes,
    )
    app.extensions["store"].close()
    return OK
