"""The command line: ``lumbarkg COMMAND``; each command is a module of ``lumbarkg.commands``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from lumbarkg import __version__
from lumbarkg.commands.status import FAILED
from lumbarkg.errors import LumbarkgError

_COMMANDS = ("assess", "interview", "evaluate", "diff", "query", "load", "serve", "stats", "cases", "token", "audit")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 1 failed, 2 the input was refused."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments[:1]).parse_args(arguments)
    try:
        return int(options.run(options))
    except LumbarkgError as problem:
        print(f"lumbarkg: {problem}", file=sys.stderr)
        return FAILED


def _parser(first: list[str]) -> argparse.ArgumentParser:
    """The parser of the command that comes first; of all, where that is none of them."""
    parser = argparse.ArgumentParser(
        prog="lumbarkg",
        description="Rank and explain likely causes from findings. Decision support for prototypes, no medical device.",
    )
    parser.add_argument("--version", action="version", version=f"lumbarkg {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    # Only what runs is loaded: all commands need more libraries than any one.
    for name in [name for name in _COMMANDS if name in first] or _COMMANDS:
        import_module(f"lumbarkg.commands.{name}").add_to(commands)
    return parser
