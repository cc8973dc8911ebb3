"""``lumbarkg serve``: the server."""

from __future__ import annotations

import argparse
from typing import Any

from lumbarkg import __version__
from lumbarkg.commands.status import OK

# Larger than the application's own limit, so that a body between the two is refused with a problem, not a bare status.
_SERVER_MAX_BODY = 64 * 1024 * 1024


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("serve", help="run the server")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    import waitress

    from lumbarkg.web.app import create_app

    app = create_app()
    print(f"Lumbarkg {__version__}: http://{options.host}:{options.port}/  (Ctrl-C stops it)", flush=True)
    print("Decision support for prototypes. Not a medical device.", flush=True)
    waitress.serve(
        app,
        host=options.host,
        port=options.port,
        threads=4,
        ident="lumbarkg",
        max_request_body_size=_SERVER_MAX_BODY,
    )
    return OK
