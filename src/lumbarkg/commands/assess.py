"""``lumbarkg assess``: the case of a file, assessed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, load_engine, read_case
from lumbarkg.commands.status import FAILED, INVALID, OK
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.case_json import parse_json
from lumbarkg.render.json import render_assessment, render_disposition, render_problem
from lumbarkg.render.rdf import render_turtle
from lumbarkg.render.text import render_problem_text, render_text
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sensitivity import with_sensitivity


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("assess", help="assess the case of a JSON file")
    command.add_argument("case", metavar="CASE.json", help="the file, or - for standard input")
    command.add_argument("--format", choices=("text", "json", "turtle"), default="text")
    command.add_argument(
        "--sensitivity", action="store_true", help="say which single finding, the other way round, would change it"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the assessment, or every issue of the case."""
    try:
        content = sys.stdin.buffer.read() if options.case == "-" else Path(options.case).read_bytes()
    except OSError as problem:
        print(f"lumbarkg: {options.case}: {problem.strerror}", file=sys.stderr)
        return FAILED
    engine = load_engine(release_dir(), shapes_dir())
    try:
        case = read_case(parse_json(content), engine)
        assessment = assess(case, engine)
        if options.sensitivity:
            assessment = with_sensitivity(case, assessment, engine)
        answer = render_assessment(assessment, engine.sources)
    except InvalidInputError as refused:
        return _refuse(refused, engine, options.format)
    if options.format == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif options.format == "turtle":
        sys.stdout.write(render_turtle(answer).decode("utf-8"))
    else:
        sys.stdout.write(render_text(answer))
    return OK


def _refuse(refused: InvalidInputError, engine: Engine, form: str) -> int:
    triage = (
        render_disposition(refused.disposition, engine.sources) if isinstance(refused, ContradictoryCaseError) else None
    )
    detail = "the case was not ranked" if triage else "nothing was assessed"
    problem = render_problem(422, "invalid-case", "Invalid case", detail, refused.issues, triage)
    if form == "json":
        print(json.dumps(problem, ensure_ascii=False, indent=2))
    else:
        sys.stderr.write(render_problem_text(problem))
    return INVALID
