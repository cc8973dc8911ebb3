"""Named graphs in memory, and the answers to SPARQL over those of them that a query may see."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Protocol

import pyoxigraph as ox

from lumbarkg.errors import NotAcceptableError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.formats import GRAPH_FORMATS, PREFIXED_FORMATS, SOLUTION_FORMATS
from lumbarkg.rdf.syntax_errors import syntax_error
from lumbarkg.vocabulary import LKG

GraphNode = ox.NamedNode | ox.DefaultGraph
# Against which relative IRIs in queries and updates are resolved: ``<Name>`` is a term of ours.
BASE_IRI = LKG
_MERGES = 8
_MERGE = "urn:x-lumbarkg:merge:"
_SERVICE = "The query reaches outside this server (SERVICE), which is not allowed."


class Sink(Protocol):
    """Where a serialised result is written, piece by piece."""

    def write(self, content: bytes, /) -> int:
        """Take the next bytes; an exception ends the query."""

    def flush(self) -> None:
        """Called where the writer thinks that its bytes should move on."""

    def begin(self, media_type: str) -> None:
        """Called once, before the first bytes."""

    def count(self, triples: Iterable[ox.Triple]) -> Iterable[ox.Triple]:
        """The triples of a constructed graph as they pass."""


class Dataset:
    """Named graphs, and one without a name where a name for it is given."""

    def __init__(
        self, graphs: Mapping[Iri, bytes], *, unnamed: Iri | None = None, prefixes: Mapping[str, str] | None = None
    ) -> None:
        """``graphs`` maps names to N-Triples; ``unnamed`` is the name that stands for the graph without one."""
        self._store = ox.Store()
        self.unnamed, self.prefixes = unnamed, dict(prefixes or {})
        self._merges: OrderedDict[tuple[Iri, ...], ox.NamedNode] = OrderedDict()
        self._made = 0
        self._revisions: dict[Iri, int] = {}
        for name, content in graphs.items():
            self.replace(name, content)

    @property
    def names(self) -> tuple[Iri, ...]:
        """The names of the graphs, sorted."""
        return tuple(sorted(self._revisions))

    def contents(self, names: Iterable[Iri]) -> tuple[int | None, ...]:
        """Numbers that change with the contents of the graphs, None for one that is not here."""
        return tuple(self._revisions.get(name) for name in names)

    def replace(self, name: Iri, content: bytes) -> None:
        """Put the N-Triples of a graph in the place of what it held; they were written here, not by a client."""
        self.drop(name)
        if name == self.unnamed:
            quads = ox.parse(content, format=ox.RdfFormat.N_TRIPLES)
        else:  # as TriG, whose quads have the name already: making them anew takes half as long again
            quads = ox.parse(b"%s {%s\n}" % (str(self.node(name)).encode(), content), format=ox.RdfFormat.TRIG)
        self._store.bulk_extend(quads)
        self._made += 1
        self._revisions[name] = self._made

    def fill(self, graphs: Iterable[tuple[Iri, bytes]], default: tuple[Iri, ...]) -> None:
        """Put graphs in place as they come; the merge of those in ``default`` grows with them."""
        node = self._new_merge()
        for name, content in graphs:
            self.replace(name, content)
            if name in default:
                self._add(name, node)
        held = tuple(sorted(set(default) & self._revisions.keys()))
        if len(held) > 1:
            self._merges[held] = node
        else:
            self._store.remove_graph(node)

    def drop(self, name: Iri) -> None:
        """Remove a graph, and every merge that it is part of."""
        if self._revisions.pop(name, None) is not None:
            self._store.remove_graph(self.node(name))
        for merged in [merged for merged in self._merges if name in merged]:
            self._store.remove_graph(self._merges.pop(merged))

    def node(self, name: Iri) -> GraphNode:
        """A graph's name as pyoxigraph has it."""
        return ox.DefaultGraph() if name == self.unnamed else ox.NamedNode(name)

    def triples(self, name: Iri) -> Iterable[ox.Triple]:
        """The triples of one graph."""
        return self.node_triples(self.node(name))

    def node_triples(self, node: GraphNode) -> Iterable[ox.Triple]:
        """The triples of one of the graphs that ``merge`` gives."""
        return (q.triple for q in self._store.quads_for_pattern(None, None, None, node))

    def merge(self, names: tuple[Iri, ...]) -> list[GraphNode]:
        """The default graph made of several graphs, as the list that pyoxigraph takes.

        pyoxigraph finds a triple once for every listed graph that holds it (0.5.13), so that counts would be wrong:
        several graphs are merged into one, which is kept until one of them changes or others are wanted.
        """
        held = tuple(sorted(set(names) & self._revisions.keys()))
        if len(held) < 2:
            return [self.node(name) for name in held]
        found = self._merges.get(held)
        if found is None:
            found = self._merge(held)
        self._merges.move_to_end(held)
        return [found]

    def rows(
        self, text: str, default: tuple[Iri, ...] | None = None, named: tuple[Iri, ...] | None = None
    ) -> tuple[tuple[str, ...], list[tuple[str | None, ...]]]:
        """The columns and rows of a SELECT, lexical forms alone; an ASK is one row of ``true`` or ``false``.

        Without a selection the default graph is the union of all graphs. Raises QueryError where the query is not
        SPARQL, or constructs a graph.
        """
        results = self._results(
            text, self.names if default is None else default, self.names if named is None else named
        )
        try:
            if isinstance(results, ox.QueryBoolean):
                return ("answer",), [("true" if bool(results) else "false",)]
            if isinstance(results, ox.QuerySolutions):
                columns = tuple(variable.value for variable in results.variables)
                return columns, [tuple(_lexical(row[c]) for c in columns) for row in results]
        except (ValueError, OSError, RuntimeError) as problem:
            raise QueryError(str(problem)) from problem
        raise QueryError("A query that constructs a graph has no rows.")

    def query(
        self, text: str, default: tuple[Iri, ...], named: tuple[Iri, ...], accepted: tuple[str, ...], sink: Sink
    ) -> None:
        """Write the answer to a query in the first of ``accepted`` media types that fits its form.

        The dataset is made of the graphs given, whatever ``FROM`` says. Raises QueryError where the query is not
        SPARQL or reaches for something that is not here, NotAcceptableError where no media type fits.
        """
        results = self._results(text, default, named)
        try:
            if isinstance(results, ox.QueryTriples):
                self.write_graph(results, accepted, sink)
            else:
                media_type = _first(accepted, SOLUTION_FORMATS)
                sink.begin(media_type)
                results.serialize(sink, format=SOLUTION_FORMATS[media_type])  # type: ignore[arg-type] # wants IO[bytes], uses write and flush
        except OSError as problem:
            raise QueryError(_SERVICE) from problem
        except (SyntaxError, ValueError, RuntimeError) as problem:
            raise QueryError(str(problem)) from problem

    def write_graph(self, triples: Iterable[ox.Triple], accepted: tuple[str, ...], sink: Sink) -> None:
        """Write triples in the first of ``accepted`` media types that is one for graphs."""
        media_type = _first(accepted, GRAPH_FORMATS)
        rdf_format = GRAPH_FORMATS[media_type]
        sink.begin(media_type)
        ox.serialize(
            sink.count(triples),
            sink,  # type: ignore[arg-type] # wants IO[bytes], uses write and flush
            format=rdf_format,
            prefixes=self.prefixes if rdf_format in PREFIXED_FORMATS else None,
        )

    def _results(
        self, text: str, default: tuple[Iri, ...], named: tuple[Iri, ...]
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        try:
            return self._store.query(
                text,
                base_iri=BASE_IRI,
                default_graph=[*self.merge(default)],
                named_graphs=[
                    ox.NamedNode(name) for name in sorted(set(named) & self._revisions.keys()) if name != self.unnamed
                ],
            )
        except OSError as problem:
            raise QueryError(_SERVICE) from problem
        except RuntimeError as problem:  # it is SPARQL, and asks for a function that is not here
            raise QueryError(str(problem)) from problem
        except (SyntaxError, ValueError) as problem:
            raise syntax_error(str(problem)) from problem

    def _merge(self, names: tuple[Iri, ...]) -> ox.NamedNode:
        while len(self._merges) >= _MERGES:
            self._store.remove_graph(self._merges.popitem(last=False)[1])
        node = self._merges[names] = self._new_merge()
        for name in names:
            self._add(name, node)
        return node

    def _new_merge(self) -> ox.NamedNode:
        self._made += 1
        return ox.NamedNode(f"{_MERGE}{self._made}")

    def _add(self, name: Iri, merged: ox.NamedNode) -> None:
        # SILENT, because a graph without a triple is none to pyoxigraph.
        self._store.update(f"ADD SILENT {'DEFAULT' if name == self.unnamed else self.node(name)} TO {merged}")


def _lexical(term: object) -> str | None:
    value = getattr(term, "value", None)
    return value if value is None else str(value)


def _first(accepted: tuple[str, ...], offered: Mapping[str, object]) -> str:
    found = next((m for m in accepted if m in offered), None)
    if found is None:
        raise NotAcceptableError(
            f"This result can be had as {', '.join(offered)}; the request accepts none of these.", tuple(offered)
        )
    return found
