"""The port over a plain pyoxigraph store in this process: no limits, no processes. What the compliance suite means."""

from __future__ import annotations

import pyoxigraph as ox

from lumbarkg.errors import ForbiddenError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.documents import read_triples
from lumbarkg.rdf.formats import GRAPH_FORMATS, SOLUTION_FORMATS
from lumbarkg.store.port import Answer, GraphSelection, WritableGraphs


class PlainStore:
    """See ``lumbarkg.store.port.Store``."""

    def __init__(self) -> None:
        self._store = ox.Store()
        self._seen: dict[GraphSelection, ox.Store] = {}

    def query(self, text: str, graphs: GraphSelection, accepted: tuple[str, ...]) -> Answer:
        seen = self._seen.get(graphs) or self._select(graphs)
        try:
            results = seen.query(text, default_graph=ox.DefaultGraph(), named_graphs=list(seen.named_graphs()))
        except SyntaxError as problem:
            raise QueryError(str(problem)) from problem
        formats = GRAPH_FORMATS if isinstance(results, ox.QueryTriples) else SOLUTION_FORMATS
        chosen = next((m for m in accepted if m in formats), next(iter(formats)))
        return Answer(chosen, iter([results.serialize(format=formats[chosen]) or b""]))

    def _select(self, graphs: GraphSelection) -> ox.Store:
        merged = {q.triple for name in graphs.default for q in self._quads(name)}
        seen = ox.Store()
        seen.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in merged)
        seen.bulk_extend(q for name in graphs.named for q in self._quads(name))
        self._seen = {graphs: seen}
        return seen

    def update(self, text: str, graphs: GraphSelection, writable: WritableGraphs) -> None:
        scratch = ox.Store()
        scratch.bulk_extend(q for name in self.graph_names() for q in self._quads(name))
        try:
            scratch.update(text)
        except SyntaxError as problem:
            raise QueryError(str(problem)) from problem
        for node in {*scratch.named_graphs(), *self._store.named_graphs()}:
            changed = set(scratch.quads_for_pattern(None, None, None, node)) != set(self._quads(Iri(node.value)))
            if changed and not writable.includes(Iri(node.value)):
                raise ForbiddenError("not yours")
        if any(True for _ in scratch.quads_for_pattern(None, None, None, ox.DefaultGraph())):
            raise ForbiddenError("not yours")
        self._store, self._seen = scratch, {}

    def graph_names(self) -> tuple[Iri, ...]:
        return tuple(sorted(Iri(n.value) for n in self._store.named_graphs() if self._quads(Iri(n.value))))

    def read_graph(self, name: Iri, accepted: tuple[str, ...]) -> Answer | None:
        if ox.NamedNode(name) not in set(self._store.named_graphs()):
            return None
        chosen = next((m for m in accepted if m in GRAPH_FORMATS), "text/turtle")
        content = ox.serialize((q.triple for q in self._quads(name)), format=GRAPH_FORMATS[chosen])
        return Answer(chosen, iter([content or b""]))

    def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        triples = read_triples(content, media_type, name)
        is_new = not self.drop_graph(name)
        self._extend(name, triples)
        return is_new

    def extend_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
        triples = read_triples(content, media_type, name)
        is_new = ox.NamedNode(name) not in set(self._store.named_graphs())
        self._extend(name, triples)
        return is_new

    def drop_graph(self, name: Iri) -> bool:
        node = ox.NamedNode(name)
        was_there = node in set(self._store.named_graphs())
        self._store.remove_graph(node)
        self._seen = {}
        return was_there

    def close(self) -> None:
        self._store = ox.Store()

    def _extend(self, name: Iri, triples: frozenset[ox.Triple]) -> None:
        node = ox.NamedNode(name)
        self._store.add_graph(node)
        self._seen = {}
        self._store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, node) for t in triples)

    def _quads(self, name: Iri) -> list[ox.Quad]:
        return list(self._store.quads_for_pattern(None, None, None, ox.NamedNode(name)))
