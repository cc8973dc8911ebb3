"""``lumbarkg audit``: the audit log, a JSON object a line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from lumbarkg.commands.status import OK
from lumbarkg.record.record import default_path, open_record


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("audit", help="print the audit log: who did what when")
    command.add_argument("--record", type=Path, default=None, help="the record (LUMBARKG_RECORD)")
    command.add_argument("--after", type=int, default=0, metavar="NUMBER", help="begin past this entry")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the entries in order."""
    record = open_record(options.record or default_path())
    if record.database.exists:
        for entry in record.audit.entries(options.after):
            print(json.dumps(entry, ensure_ascii=False))
    return OK
