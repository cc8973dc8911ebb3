"""``lumbarkg load``: publish the knowledge graphs to the remote store."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

from lumbarkg.assessment import load_engine
from lumbarkg.commands.status import FAILED, INVALID, OK
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.results import JSON_RESULTS, first_column
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.graphs import UNION, union_graph
from lumbarkg.sparql.release import read_release_graphs
from lumbarkg.store.port import GraphSelection, Store
from lumbarkg.store.settings import STORE, read_settings

_N_TRIPLES = "application/n-triples"


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser(
        "load",
        help="publish the knowledge graphs to the remote store",
        description=f"Replace every knowledge graph of the store that {STORE} names, and count what arrived.",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:  # noqa: ARG001 - every command has the same signature
    """Publish, count and compare; the status is 1 where a graph did not arrive whole."""
    try:
        settings = read_settings(os.environ)
    except InvalidInputError as refused:
        for issue in refused.issues:
            print(f"lumbarkg: {issue}", file=sys.stderr)
        return INVALID
    if settings is None:
        print(f"lumbarkg: {STORE} names no remote store; the embedded one loads itself.", file=sys.stderr)
        return INVALID
    engine = load_engine(release_dir(), shapes_dir())
    published = read_release_graphs(engine, release_dir(), queries_dir())
    store = settings.open()
    try:
        return publish(store, {**published.graphs, UNION: union_graph(published.graphs)})
    finally:
        store.close()


def publish(store: Store, graphs: Mapping[Iri, bytes]) -> int:
    """Replace the graphs one after the other, the last one last, then compare what the store counts.

    Each graph is replaced whole, but not all at one moment.
    """
    failed = []
    for name, content in graphs.items():
        is_new = store.replace_graph(name, content, _N_TRIPLES)
        sent, found = len({line for line in content.splitlines() if line.strip()}), count(store, name)
        verdict = "new" if is_new else "replaced"
        if found != sent:
            failed.append(name)
            verdict = f"NOT WHOLE: {sent} were sent"
        print(f"{name}  {found} triples, {verdict}", flush=True)
    if failed:
        print(f"lumbarkg: {len(failed)} graphs did not arrive whole; load them again.", file=sys.stderr)
        return FAILED
    print(f"{len(graphs)} graphs loaded and counted.")
    return OK


def count(store: Store, name: Iri) -> int:
    """How many triples the store finds in a graph."""
    text = f"SELECT (COUNT(*) AS ?triples) WHERE {{ GRAPH <{name}> {{ ?s ?p ?o }} }}"
    answer = store.query(text, GraphSelection((), (name,)), (JSON_RESULTS,))
    return int(first_column(b"".join(answer.content))[0])
