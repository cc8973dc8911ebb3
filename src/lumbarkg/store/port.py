"""The port that every knowledge store is reached through.

Who may see what is decided before a store is asked: every call names its graphs, and a store answers from these alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from lumbarkg.identifiers import Iri


@dataclass(frozen=True)
class GraphSelection:
    """The dataset of one query: the graphs merged into its default graph, and those that ``GRAPH`` reaches."""

    default: tuple[Iri, ...]
    named: tuple[Iri, ...]


@dataclass(frozen=True)
class Answer:
    """A serialised result: its media type, and its bytes in pieces, to be read once."""

    media_type: str
    content: Iterator[bytes]


class Store(Protocol):
    """A set of named graphs that answers SPARQL 1.1."""

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        """The answer to a query in the first of the accepted media types that fits its form.

        Raises QueryError where the query is refused, or ends for lack of time or memory.
        """

    def update(self, text: str, graphs: GraphSelection) -> None:
        """Carry out an update whole or not at all. Raises QueryError."""

    def graph_names(self) -> tuple[Iri, ...]:
        """The names of the graphs that hold a triple, sorted."""

    def read_graph(self, name: Iri, accepted: tuple[str, ...]) -> Answer | None:
        """One graph, None where it does not exist."""

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Put a graph in the place of the old one; True where there was none. Raises InvalidInputError."""

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Add triples to a graph; True where it is new. Raises InvalidInputError."""

    def drop_graph(self, name: Iri) -> bool:
        """Remove a graph; False where there was none."""

    def close(self) -> None:
        """Let go of processes and connections."""
