"""``lumbarkg cases``: the record backed up and restored, and its graphs made anew."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lumbarkg import __version__
from lumbarkg.commands.status import FAILED, OK
from lumbarkg.errors import StoreError
from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.database import check_file
from lumbarkg.record.record import default_path, open_record, restore


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("cases", help="back up and restore stored cases; make their graphs anew")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    backup = actions.add_parser("backup", help="copy the record into a new file, while it is served")
    backup.add_argument("file", type=Path)
    put_back = actions.add_parser("restore", help="put a backup in the place of the record; no server may run on it")
    put_back.add_argument("file", type=Path)
    rebuild = actions.add_parser("rebuild-graphs", help="have a running server make all graphs of cases anew")
    for parser, run_action in ((backup, _backup), (put_back, _restore), (rebuild, _rebuild)):
        parser.add_argument("--record", type=Path, default=None, help="the record (LUMBARKG_RECORD)")
        parser.set_defaults(run=run, act=run_action)


def run(options: argparse.Namespace) -> int:
    """Carry out the action."""
    status: int = options.act(options, options.record or default_path())
    return status


def _backup(options: argparse.Namespace, path: Path) -> int:
    record = open_record(path)
    if not record.database.exists:
        raise StoreError(f"There is no record at {path}.")
    try:
        record.database.back_up(options.file)
    except OSError as problem:
        print(
            f"lumbarkg: {options.file}: {problem.strerror}. Name a new file in a folder that exists.", file=sys.stderr
        )
        return FAILED
    check_file(options.file)
    record.audit.append(_entry("cases.backup"))
    print(f"{options.file} holds {path} as it was when the copy ended. Keep {path.name}.key in another place.")
    return OK


def _restore(options: argparse.Namespace, path: Path) -> int:
    restore(options.file, path)
    open_record(path).audit.append(_entry("cases.restore"))
    print(f"{path} is now what {options.file} holds.")
    return OK


def _rebuild(_: argparse.Namespace, path: Path) -> int:
    record = open_record(path)
    record.cases.ask_for_rebuild()
    print("Every server on this record makes the graphs of cases anew before the next query that may see any.")
    return OK


def _entry(action: str) -> AuditEntry:
    return AuditEntry(datetime.now(UTC), "command line", "", action, "lumbarkg cases", software=__version__)
