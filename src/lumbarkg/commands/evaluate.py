"""``lumbarkg evaluate``: labelled cases assessed and scored."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from lumbarkg.assessment import load_engine
from lumbarkg.commands.status import FAILED, INVALID, OK
from lumbarkg.errors import InvalidInputError
from lumbarkg.evaluation.evaluate import evaluate
from lumbarkg.evaluation.labelled import read_buckets, read_labelled
from lumbarkg.evaluation.markdown import render_markdown
from lumbarkg.evaluation.plot import render_plot
from lumbarkg.evaluation.report_json import render_json
from lumbarkg.render.json import render_problem
from lumbarkg.render.text import render_problem_text
from lumbarkg.resources import release_dir, shapes_dir


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("evaluate", help="score the answers to a file of labelled cases")
    command.add_argument("cases", type=Path, metavar="CASES.jsonl", help="case JSON with id and expected, one a line")
    command.add_argument(
        "--buckets", type=Path, metavar="TABLE.tsv", help="columns bucket and condition: rank buckets too"
    )
    command.add_argument("--format", choices=("markdown", "json"), default="markdown", help="of standard output")
    command.add_argument("--json", type=Path, metavar="FILE", help="write the JSON there too")
    command.add_argument("--plot", type=Path, metavar="FILE.svg", help="write the pictures there")
    command.add_argument("--release", type=Path, metavar="FOLDER", help="another release of the ontology")
    command.add_argument("--setting", metavar="NAME", help="assess every case in this setting")
    command.add_argument("--resamples", type=int, default=1000, metavar="N", help="bootstrap draws (1000)")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of the bootstrap (1)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the figures, or every issue of the file."""
    try:
        content = options.cases.read_bytes()
        table = options.buckets.read_text("utf-8") if options.buckets else ""
    except OSError as problem:
        print(f"lumbarkg: {problem.filename}: {problem.strerror}", file=sys.stderr)
        return FAILED
    engine = load_engine(options.release or release_dir(), shapes_dir())
    try:
        buckets = read_buckets(table, engine)
        cases = read_labelled(content, engine, options.setting, buckets)
    except InvalidInputError as refused:
        refusal = render_problem(422, "invalid-cases", "Invalid cases", "nothing was scored", refused.issues, None)
        sys.stderr.write(render_problem_text(refusal))
        return INVALID
    evaluation = evaluate(cases, engine, buckets, resamples=options.resamples, seed=options.seed)
    as_json = json.dumps(render_json(evaluation), ensure_ascii=False, indent=1)
    try:
        if options.json:
            options.json.write_text(as_json + "\n", "utf-8")
        if options.plot:
            options.plot.write_text(render_plot(evaluation), "utf-8")
    except OSError as problem:
        print(f"lumbarkg: {problem.filename}: {problem.strerror}", file=sys.stderr)
        return FAILED
    print(as_json if options.format == "json" else render_markdown(evaluation, engine.terms.label))
    return OK
