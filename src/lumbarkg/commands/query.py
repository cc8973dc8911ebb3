"""``lumbarkg query``: a named query, or a file, over the release in this process."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lumbarkg.assessment import load_engine
from lumbarkg.commands.status import INVALID, OK
from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError, QueryError
from lumbarkg.identifiers import Prefixes
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.rdf.results import JSON_RESULTS, Collector
from lumbarkg.render.solutions import render_solutions
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.documents import QueryDocument, parse_document
from lumbarkg.sparql.library import NamedQuery, Page, draft_query, read_library
from lumbarkg.sparql.parameters import bind_parameters
from lumbarkg.sparql.release import read_release_graphs

_TABLES = {
    "json": JSON_RESULTS,
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_GRAPHS = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_TEXT = "text"
_ALL = 1_000_000


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser(
        "query",
        help="ask a named query, or the query of a file, over the release",
        description="Ask a query of the library by its name, or the SPARQL of a file ('-' reads the standard input), "
        "over the release in this process: no server is needed.",
    )
    command.add_argument("query", nargs="?", metavar="FILE|NAME", help="a file, '-', or the name of a query")
    command.add_argument("--list", action="store_true", help="list the names of the library with their questions")
    command.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="the value of a parameter; several times for several",
    )
    command.add_argument("--limit", type=_positive, help="at most so many rows of a named query")
    command.add_argument("--format", choices=(_TEXT, *_TABLES, *_GRAPHS), default=_TEXT)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the answer; the status is 2 where the name, a parameter or the query is refused."""
    library = read_library(queries_dir() / "api")
    if options.list:
        width = max(len(name) for name in library)
        sys.stdout.writelines(f"{name.ljust(width)}  {query.summary}\n" for name, query in library.items())
        return OK
    try:
        query = _chosen(options.query, library)
        pairs = [_pair(written) for written in options.param]
        if options.limit and not query.columns:
            raise QueryError("--limit is for named queries that give a table; a file says LIMIT itself.")
        engine = load_engine(release_dir(), shapes_dir())
        published = read_release_graphs(engine, release_dir(), queries_dir())
        bound = bind_parameters(query, pairs, published.index)
        text = query.bind(bound, Page(options.limit or _ALL) if query.columns else None)
        answer = Collector()
        dataset = Dataset(published.graphs, prefixes=engine.terms.prefixes.namespaces)
        dataset.query(text, dataset.names, dataset.names, _accepted(options.format, query), answer)
    except InvalidInputError as refused:
        for issue in refused.issues:
            print(f"lumbarkg: {issue}", file=sys.stderr)
        return INVALID
    except QueryError as refused:
        print(f"lumbarkg: {refused}", file=sys.stderr)
        return INVALID
    _print(answer.content, options.format, query, engine.terms.prefixes)
    return OK


def _chosen(name: str | None, library: dict[str, NamedQuery]) -> NamedQuery:
    """The query of the library, of a file or of the standard input. Raises QueryError where there is none."""
    if name is None:
        raise QueryError("Give the name of a query or a file; `lumbarkg query --list` lists the names.")
    if name in library:
        return library[name]
    if name == "-":
        return draft_query(parse_document("standard input", sys.stdin.read()))
    path = Path(name)
    if path.is_file():
        return draft_query(_read(path))
    near = nearest(name, {known: known for known in library}, 3)
    hint = f"Did you mean {' or '.join(known for known, _ in near)}? " if near else ""
    raise QueryError(f"'{name}' is no file and no named query. {hint}`lumbarkg query --list` lists the names.")


def _read(path: Path) -> QueryDocument:
    try:
        return parse_document(str(path), path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise QueryError(f"{path} cannot be read as text: {problem}.") from problem


def _pair(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals:
        raise QueryError(f"'--param {written}' is not NAME=VALUE.")
    return name, value


def _accepted(chosen: str, query: NamedQuery) -> tuple[str, ...]:
    """The media type to ask for. Raises QueryError where the form of the query has no such format."""
    if chosen == _TEXT:
        return (JSON_RESULTS, _GRAPHS["turtle"])
    formats = _GRAPHS if query.form.gives_graph else _TABLES
    if chosen not in formats:
        raise QueryError(f"A {query.form.value} query has no format '{chosen}': use {', '.join(formats)} or {_TEXT}.")
    return (formats[chosen],)


def _print(content: bytes, chosen: str, query: NamedQuery, prefixes: Prefixes) -> None:
    if chosen == _TEXT and not query.form.gives_graph:
        sys.stdout.write(render_solutions(content, prefixes.shorten))
        return
    sys.stdout.write(content.decode("utf-8"))
    if not content.endswith(b"\n"):
        sys.stdout.write("\n")


def _positive(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"'{written}' is no whole number from 1 on")
    return int(written)
