"""``lumbarkg diff``: which answers change between two releases of the ontology."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lumbarkg.assessment import load_engine
from lumbarkg.commands.status import INVALID
from lumbarkg.errors import InvalidInputError, LumbarkgError
from lumbarkg.evaluation.differences import CaseDifference, Change, compare_releases, read_documents
from lumbarkg.render.json import render_problem
from lumbarkg.render.text import render_problem_text
from lumbarkg.resources import shapes_dir

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""As ``diff``: nothing changes, something does, the comparison could not be made."""


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser(
        "diff",
        help="show which answers change between two releases",
        description="Exit status: 0 no answer changes, 1 some do, 2 they could not be compared.",
    )
    command.add_argument("old", type=Path, metavar="OLD", help="folder of a release")
    command.add_argument("new", type=Path, metavar="NEW", help="folder of another release")
    command.add_argument("cases", type=Path, metavar="CASES.jsonl", help="case JSON, one a line")
    command.add_argument(
        "--threshold", type=float, default=0.05, metavar="P", help="smallest move of a probability to show (0.05)"
    )
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the changes; the status says whether there are any."""
    try:
        cases = read_documents(options.cases.read_bytes())
        old, new = (load_engine(folder, shapes_dir()) for folder in (options.old, options.new))
        found = compare_releases(cases, old, new, options.threshold)
    except OSError as problem:
        print(f"lumbarkg: {problem.filename}: {problem.strerror}", file=sys.stderr)
        return TROUBLE
    except InvalidInputError as refused:
        body = render_problem(422, "invalid-cases", "Invalid cases", "nothing was compared", refused.issues, None)
        sys.stderr.write(render_problem_text(body))
        return INVALID
    except LumbarkgError as problem:
        print(f"lumbarkg: {problem}", file=sys.stderr)
        return TROUBLE
    if options.format == "json":
        print(json.dumps(_json(found, len(cases), options.threshold), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(_text(found, len(cases)))
    return DIFFERENT if found else SAME


def _json(found: tuple[CaseDifference, ...], cases: int, threshold: float) -> dict[str, Any]:
    return {
        "cases": cases,
        "changed": len(found),
        "threshold": threshold,
        "differences": [
            {
                "id": case.id,
                "changes": [{"kind": c.kind, "subject": c.subject, "old": c.old, "new": c.new} for c in case.changes],
            }
            for case in found
        ],
    }


def _text(found: tuple[CaseDifference, ...], cases: int) -> str:
    lines = [line for case in found for line in (case.id, *(f"  {_change(c)}" for c in case.changes))]
    return "\n".join([*lines, f"{len(found)} of {cases} answers change."]) + "\n"


def _change(change: Change) -> str:
    subject = f" {change.subject}" if change.subject else ""
    return f"{change.kind}{subject}: {change.old or 'none'} -> {change.new or 'none'}"
