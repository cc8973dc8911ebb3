"""Any SPARQL 1.1 store over HTTP: query, update and Graph Store Protocol.

What weakens against the embedded store is said in ``docs/remote-store.md``: the store's own limits govern a query,
formats are those that it offers, and an update is refused where its reach cannot be told from its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from lumbarkg.errors import (
    ForbiddenError,
    InvalidInputError,
    NotAcceptableError,
    QueryError,
    QueryTimeoutError,
    StoreError,
)
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.documents import read_triples, write_triples
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES, MEDIA_TYPE_ALIASES, SOLUTION_MEDIA_TYPES
from lumbarkg.rdf.results import first_column
from lumbarkg.store.port import DEFAULT_GRAPH, Answer, GraphSelection, StoreState, WritableGraphs
from lumbarkg.store.transport import Reply, Transport

_N_TRIPLES = "application/n-triples"
_JSON = "application/sparql-results+json"
_NOBODYS_GRAPH = Iri("urn:x-lumbarkg:empty-graph")
"""Stands for an empty selection: a request that names no graph would mean all that the store has."""
_GRAPH_NAMES = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"

# What is no keyword, after the terminals of the grammar: strings, the long ones first, IRIs and comments.
_QUOTED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*'"
    r'|<[^<>"{}|^`\x00-\x20]*>'
    r"|#[^\r\n]*",
    re.DOTALL,
)
# A word may stand right after a number or a mark, so only letters before it and word characters after it make another.
_UNBOUNDED = re.compile(
    r"(?<![A-Z])(?:GRAPH\s*[?$]|(?:CLEAR|DROP)\s+(?:SILENT\s+)?(?:ALL|NAMED|DEFAULT)(?![A-Z0-9_])"
    r"|(?:LOAD|WITH|USING|ADD|COPY|MOVE)(?![A-Z0-9_]))",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Addresses:
    """Where a store answers: queries, updates, and the Graph Store Protocol; None where it does not."""

    query: str
    update: str | None = None
    graphs: str | None = None


@dataclass(frozen=True)
class UnionGraph:
    """A graph of the store that holds the union of others, to be asked in their place.

    Not every server merges the graphs of a query as a set: some find a triple as often as it stands in them. One graph
    is also faster than many.
    """

    name: Iri
    of: frozenset[Iri]

    def put_in(self, graphs: GraphSelection) -> GraphSelection:
        """The selection with the union in the place of its graphs, where all of them are in the default graph."""
        if not self.of or not self.of <= set(graphs.default):
            return graphs
        return GraphSelection((self.name, *(g for g in graphs.default if g not in self.of)), graphs.named)


class RemoteStore:
    """A store behind HTTP; see ``port.Store`` for what each method promises."""

    def __init__(self, addresses: Addresses, transport: Transport, union: UnionGraph | None = None) -> None:
        """``union`` is a graph that somebody keeps equal to the union of others (``lumbarkg load`` does)."""
        self._addresses, self._transport, self._union = addresses, transport, union

    def start(self) -> str:
        """Make sure that the union is there; returns the address of queries.

        Raises StoreError where the store cannot be reached, or nothing was loaded into it.
        """
        if self._union is not None:
            selection = GraphSelection((self._union.name,), ())
            found = json.loads(b"".join(self.query("ASK { ?s ?p ?o }", selection, (_JSON,)).content))
            if not found["boolean"]:
                raise StoreError("The store holds no knowledge graphs: run `lumbarkg load` first.")
        return self._addresses.query

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        """The answer to a query over exactly the graphs selected, in the first fitting media type the store offers."""
        selected = self._union.put_in(graphs) if self._union else graphs
        dataset = _dataset(selected, "default-graph-uri", "named-graph-uri")
        reply = self._transport.send(
            "POST",
            _with_parameters(self._addresses.query, dataset),
            {"Content-Type": "application/sparql-query; charset=utf-8", "Accept": _accept(accepted)},
            text.encode("utf-8"),
            repeatable=True,
        )
        return _answer(reply, accepted)

    def update(self, text: str, graphs: GraphSelection, writable: WritableGraphs) -> None:
        """Carry out an update; the store promises that it does so whole or not at all.

        Raises ForbiddenError where its reach is not plain from its text, unless every graph may be written.
        """
        if not writable.every and is_unbounded(text):
            raise ForbiddenError(
                "A remote store cannot hold this update to the graphs that you may write and see.",
                "Name each graph as an IRI in GRAPH; leave out WITH, USING, LOAD, ADD, COPY, MOVE, GRAPH ?variable, "
                "CLEAR and DROP of ALL, NAMED and DEFAULT, and escapes outside of strings.",
            )
        reply = self._transport.send(
            "POST",
            _with_parameters(self._update_address(), _dataset(graphs, "using-graph-uri", "using-named-graph-uri")),
            {"Content-Type": "application/sparql-update; charset=utf-8"},
            text.encode("utf-8"),
            repeatable=False,
        )
        _check(reply)

    def graph_names(self) -> tuple[Iri, ...]:
        """The names of the named graphs that hold a triple, sorted."""
        reply = self._transport.send(
            "POST",
            self._addresses.query,
            {"Content-Type": "application/sparql-query; charset=utf-8", "Accept": _JSON},
            _GRAPH_NAMES.encode(),
            repeatable=True,
        )
        content = b"".join(_answer(reply, (_JSON,)).content)
        hidden = {DEFAULT_GRAPH, self._union.name if self._union else DEFAULT_GRAPH}
        return tuple(sorted(Iri(name) for name in first_column(content) if name not in hidden))

    def state(self) -> StoreState:
        """As the port says: it answers."""
        self.graph_names()
        return StoreState(1, 0, 0)

    def read_graph(self, name: Iri, accepted: tuple[str, ...]) -> Answer | None:
        """One graph as the store sends it, None where the store says that there is none."""
        reply = self._graph_request("GET", name, {"Accept": _accept(accepted)})
        if reply.status == 404:
            reply.text()
            return None
        return _answer(reply, accepted)

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Put a graph in the place of the old one; True where there was none."""
        return self._send_triples("PUT", name, content, media_type, repeatable=True)

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        """Add triples to a graph; True where it is new. Never repeated: blank nodes would come twice."""
        return self._send_triples("POST", name, content, media_type, repeatable=False)

    def drop_graph(self, name: Iri) -> bool:
        """Remove a graph; False where there was none."""
        reply = self._graph_request("DELETE", name, {})
        if reply.status == 404:
            reply.text()
            return False
        _check(reply)
        return True

    @property
    def address(self) -> str:
        """Where queries go: another address is another store."""
        return self._addresses.query

    def load_graphs(self, graphs: Mapping[Iri, bytes | None]) -> None:
        """Put graphs in place one by one: N-Triples that were made here, None or nothing for a graph that goes."""
        for name, content in graphs.items():
            if content:
                self.replace_graph(name, content, "application/n-triples")
            else:
                self.drop_graph(name)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _send_triples(self, method: str, name: Iri, content: bytes, media_type: str, *, repeatable: bool) -> bool:
        # Read here first: every store then refuses the same documents in the same words, and reads the same triples.
        triples = write_triples(read_triples(content, media_type, name))
        headers = {"Content-Type": _N_TRIPLES}
        reply = self._graph_request(method, name, headers, triples, repeatable=repeatable)
        if reply.status in (400, 415, 422):
            raise InvalidInputError((error("refused-by-store", "", f"The store refused the graph: {reply.text()}"),))
        _check(reply)
        return reply.status == 201

    def _graph_request(
        self, method: str, name: Iri, headers: dict[str, str], body: bytes | None = None, *, repeatable: bool = True
    ) -> Reply:
        if self._addresses.graphs is None:
            raise StoreError("The store has no graph store address: set LUMBARKG_STORE_GRAPHS.")
        which = "default" if name == DEFAULT_GRAPH else f"graph={quote(name, safe='')}"
        address = _joined(self._addresses.graphs, which)
        return self._transport.send(method, address, headers, body, repeatable=repeatable)

    def _update_address(self) -> str:
        if self._addresses.update is None:
            raise StoreError("The store has no update address: set LUMBARKG_STORE_UPDATE.")
        return self._addresses.update


def is_unbounded(text: str) -> bool:
    """Whether the words of an update leave open which graphs it reads or writes.

    A codepoint escape may spell a keyword or end a string, and one in a local name (``ex:a\\'``) look like the
    beginning of a string: a text with such an escape is never told from its words.
    """
    words = _QUOTED.sub(" ", text)
    return "\\u" in text.lower() or "\\" in words or _UNBOUNDED.search(words) is not None


def _dataset(graphs: GraphSelection, default: str, named: str) -> list[tuple[str, str]]:
    """The dataset as parameters of the protocol."""
    if DEFAULT_GRAPH in graphs.default:
        raise QueryError("A remote store's graph without a name cannot be selected: the protocol has no word for it.")
    pairs = [(default, str(name)) for name in graphs.default] + [(named, str(name)) for name in graphs.named]
    return pairs or [(default, _NOBODYS_GRAPH)]


def _with_parameters(address: str, pairs: list[tuple[str, str]]) -> str:
    return _joined(address, urlencode(pairs))


def _joined(address: str, parameters: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{parameters}"


def _accept(accepted: tuple[str, ...]) -> str:
    """The Accept header, in falling preference; N-Triples and JSON where a caller accepts anything."""
    wanted = accepted or (_JSON, _N_TRIPLES)
    return ", ".join(f"{m};q={max(0.05, 1 - 0.05 * position):.2f}" for position, m in enumerate(wanted))


def _answer(reply: Reply, accepted: tuple[str, ...]) -> Answer:
    _check(reply)
    known = (*SOLUTION_MEDIA_TYPES, *GRAPH_MEDIA_TYPES)
    names = MEDIA_TYPE_ALIASES.get(reply.media_type, (reply.media_type,))
    media_type = next((m for m in names if m in accepted), next((m for m in names if m in known), None))
    if media_type is None:
        reply.text()
        raise StoreError(f"The store answered with '{reply.media_type}', which is no result format.")
    return Answer(media_type, reply.content)


def _check(reply: Reply) -> None:
    """Raise what a status means, where it is no success."""
    if reply.status < 300:
        return
    message = reply.text()
    if reply.status in (400, 422):
        raise QueryError(message or "The store refused the query.")
    if reply.status in (401, 403):
        raise StoreError(
            f"The store refuses the credentials (status {reply.status}): check LUMBARKG_STORE_USER or _TOKEN."
        )
    if reply.status == 406:
        raise NotAcceptableError("The store offers none of the media types asked for.", ())
    if reply.status in (408, 504):
        raise QueryTimeoutError("The query ran past the deadline of the store.")
    raise StoreError(f"The store answered with status {reply.status}.")
