"""A read-only dataset of named graphs in memory, and the answers to SPARQL queries over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri

SOLUTION_MEDIA_TYPES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_MEDIA_TYPES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True)
class QueryAnswer:
    """A serialised result and its media type."""

    content: bytes
    media_type: str


class Dataset:
    """Named graphs; the default graph holds the union of them all."""

    def __init__(self, graphs: Mapping[Iri, bytes]) -> None:
        """``graphs`` maps the name of each graph to its N-Triples."""
        self._store = ox.Store()
        for name, content in graphs.items():
            quads = list(ox.parse(content, format=ox.RdfFormat.N_TRIPLES))
            self._store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(name)) for q in quads)
            self._store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)

    def rows(self, text: str) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """The columns and rows of a SELECT, lexical forms alone; an ASK is one row of ``true`` or ``false``.

        Raises QueryError where the query is not SPARQL, or constructs a graph.
        """
        try:
            results = self._store.query(text)
            if isinstance(results, ox.QueryBoolean):
                return ("answer",), [("true" if bool(results) else "false",)]
            if isinstance(results, ox.QuerySolutions):
                columns = tuple(variable.value for variable in results.variables)
                return columns, [tuple(_lexical(row[c]) for c in columns) for row in results]
        except (SyntaxError, ValueError, OSError) as problem:
            raise QueryError(str(problem)) from problem
        raise QueryError("A query that constructs a graph has no rows.")

    def query(self, text: str, accepted: tuple[str, ...]) -> QueryAnswer:
        """The answer to a query in the first of ``accepted`` media types that fits its form.

        Raises QueryError where the query is not SPARQL or reaches for something that is not here.
        """
        try:
            results = self._store.query(text)
            if isinstance(results, ox.QueryTriples):
                media_type = _first(accepted, GRAPH_MEDIA_TYPES)
                content = results.serialize(format=GRAPH_MEDIA_TYPES[media_type])
            else:
                media_type = _first(accepted, SOLUTION_MEDIA_TYPES)
                content = results.serialize(format=SOLUTION_MEDIA_TYPES[media_type])
        except OSError as problem:
            raise QueryError("The query reaches outside this server (SERVICE), which is not allowed.") from problem
        except (SyntaxError, ValueError) as problem:
            raise QueryError(str(problem)) from problem
        return QueryAnswer(content or b"", media_type)


def _lexical(term: object) -> str | None:
    value = getattr(term, "value", None)
    return value if value is None else str(value)


def _first(accepted: tuple[str, ...], offered: Mapping[str, object]) -> str:
    return next((m for m in accepted if m in offered), next(iter(offered)))
