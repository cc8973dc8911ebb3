"""``lumbarkg stats``: what the ontology holds."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from lumbarkg.assessment import load_engine
from lumbarkg.commands.status import OK
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.ontology.stats import count
from lumbarkg.rdf.terms import Graph
from lumbarkg.render.stats import render_stats_text
from lumbarkg.resources import release_dir, shapes_dir


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("stats", help="count what the ontology holds, and how complete its terms are")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the counts."""
    engine = load_engine(release_dir(), shapes_dir())
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    evidence = Graph(evidence_triples(engine.ranker.tables))
    stats = count(engine.knowledge.ontology, engine.knowledge, evidence, mappings)
    if options.format == "json":
        print(json.dumps(stats.to_json(), ensure_ascii=False, indent=2))
    else:
        sys.stdout.write(render_stats_text(stats))
    return OK
