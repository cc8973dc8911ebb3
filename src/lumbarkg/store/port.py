"""The port that every knowledge store is reached through.

Who may see what is decided before a store is asked: every call names its graphs, and a store answers from these alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from lumbarkg.identifiers import Iri

# Names the graph without a name that a store holds beside its named ones. It is never sent to anybody.
DEFAULT_GRAPH = Iri("urn:x-lumbarkg:default-graph")


@dataclass(frozen=True)
class GraphSelection:
    """The dataset of one query: the graphs merged into its default graph, and those that ``GRAPH`` reaches.

    The merge is a set: a triple that stands in two of the default graphs is found once. ``DEFAULT_GRAPH`` among
    them is the graph of the store that has no name.
    """

    default: tuple[Iri, ...]
    named: tuple[Iri, ...]


@dataclass(frozen=True)
class WritableGraphs:
    """The graphs that a caller may change: all whose name begins with one of the namespaces, or simply every one."""

    namespaces: tuple[str, ...] = ()
    every: bool = False

    def includes(self, name: Iri) -> bool:
        """Whether the caller may change this graph, which need not exist."""
        return self.every or any(name.startswith(ns) and name != ns for ns in self.namespaces)


@dataclass(frozen=True)
class Answer:
    """A serialised result: its media type, and its bytes in pieces, to be read once.

    ``is_whole`` says that one piece holds it all. An error that comes after the first piece is raised by the iterator.
    """

    media_type: str
    content: Iterator[bytes]
    is_whole: bool = False


@dataclass(frozen=True)
class StoreState:
    """What a store is doing: processes that are ready to answer, queries that run, and queries that wait for a place.

    A store on another machine counts as one process, and does not say what it runs.
    """

    ready: int
    running: int
    waiting: int


class Store(Protocol):
    """A set of named graphs that answers SPARQL 1.1."""

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        """The answer to a query in the first of the accepted media types that fits its form.

        What ``FROM`` in the text says does not count: ``graphs`` is the dataset. Whoever stops reading before the end
        closes the content, which ends the query. Raises QueryError where the query is refused, QueryTimeoutError
        where it ran past its deadline, QueryLimitError where it needs too much, StoreBusyError where it found no place.
        """

    def update(self, text: str, graphs: GraphSelection, writable: WritableGraphs) -> None:
        """Carry out an update whole or not at all.

        ``graphs`` is what its patterns see; the text has no ``USING`` of its own where ``graphs`` came with the
        request. The caller has checked the graphs that the text names; a store that cannot hold an update with
        variable graph names to ``writable`` refuses it. Raises as ``query`` does, and ForbiddenError.
        """

    def graph_names(self) -> tuple[Iri, ...]:
        """The names of the named graphs that hold a triple, sorted."""

    def read_graph(self, name: Iri, accepted: tuple[str, ...]) -> Answer | None:
        """One graph, None where it does not exist. ``DEFAULT_GRAPH`` always exists."""

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Put a graph in the place of the old one; True where there was none.

        Relative IRIs in the content are resolved against ``name``. Raises InvalidInputError.
        """

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Add triples to a graph; True where it is new. Raises InvalidInputError."""

    def drop_graph(self, name: Iri) -> bool:
        """Remove a graph; False where there was none."""

    def state(self) -> StoreState:
        """What the store is doing. Raises StoreError where it does not answer."""

    def close(self) -> None:
        """Let go of processes and connections."""
