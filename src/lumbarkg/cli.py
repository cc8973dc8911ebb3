"""The command line: ``lumbarkg assess``, ``lumbarkg serve`` and ``lumbarkg stats``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lumbarkg import __version__
from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, load_engine, read_case
from lumbarkg.errors import InvalidInputError, LumbarkgError
from lumbarkg.intake.case_json import parse_json
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.ontology.stats import count
from lumbarkg.rdf.terms import Graph
from lumbarkg.render.json import render_assessment, render_disposition, render_problem
from lumbarkg.render.rdf import render_turtle
from lumbarkg.render.stats import render_stats_text
from lumbarkg.render.text import render_problem_text, render_text
from lumbarkg.resources import release_dir, shapes_dir

_OK, _FAILED, _INVALID = 0, 1, 2
# Larger than the application's own limit, so that a body between the two is refused with a problem, not a bare status.
_SERVER_MAX_BODY = 64 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0 done, 1 failed, 2 the input was refused."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except LumbarkgError as problem:
        print(f"lumbarkg: {problem}", file=sys.stderr)
        return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lumbarkg",
        description="Rank and explain likely causes from findings. Decision support for prototypes, no medical device.",
    )
    parser.add_argument("--version", action="version", version=f"lumbarkg {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("assess", help="assess the case of a JSON file")
    command.add_argument("case", metavar="CASE.json", help="the file, or - for standard input")
    command.add_argument("--format", choices=("text", "json", "turtle"), default="text")
    command.set_defaults(run=_assess)
    command = commands.add_parser("serve", help="run the server")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.set_defaults(run=_serve)
    command = commands.add_parser("stats", help="count what the ontology holds, and how complete its terms are")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(run=_stats)
    return parser


def _assess(options: argparse.Namespace) -> int:
    try:
        content = sys.stdin.buffer.read() if options.case == "-" else Path(options.case).read_bytes()
    except OSError as problem:
        print(f"lumbarkg: {options.case}: {problem.strerror}", file=sys.stderr)
        return _FAILED
    engine = load_engine(release_dir(), shapes_dir())
    try:
        answer = render_assessment(assess(read_case(parse_json(content), engine), engine), engine.sources)
    except InvalidInputError as refused:
        return _refuse(refused, engine, options.format)
    if options.format == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    elif options.format == "turtle":
        sys.stdout.write(render_turtle(answer).decode("utf-8"))
    else:
        sys.stdout.write(render_text(answer))
    return _OK


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
    return _INVALID


def _serve(options: argparse.Namespace) -> int:
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
    return _OK


def _stats(options: argparse.Namespace) -> int:
    engine = load_engine(release_dir(), shapes_dir())
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    evidence = Graph(evidence_triples(engine.ranker.tables))
    stats = count(engine.knowledge.ontology, engine.knowledge, evidence, mappings)
    if options.format == "json":
        print(json.dumps(stats.to_json(), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(render_stats_text(stats))
    return _OK
