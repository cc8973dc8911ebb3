"""The command line: ``lumbarkg COMMAND``; each command is a module of ``lumbarkg.commands``."""

from __future__ import annotations

import argparse
import sys

from lumbarkg import __version__
from lumbarkg.commands import assess, audit, cases, diff, evaluate, interview, load, query, serve, stats, token
from lumbarkg.commands.status import FAILED
from lumbarkg.errors import LumbarkgError

_COMMANDS = (assess, interview, evaluate, diff, query, load, serve, stats, cases, token, audit)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 1 failed, 2 the input was refused."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except LumbarkgError as problem:
        print(f"lumbarkg: {problem}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbarkg",
        description="Rank and explain likely causes from findings. Decision support for prototypes, no medical device.",
    )
    parser.add_argument("--version", action="version", version=f"lumbarkg {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
