"""An update, tried out on a copy of the graphs that its author may see, before anybody else sees what it did."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pyoxigraph as ox

from lumbarkg.errors import ForbiddenError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.dataset import BASE_IRI, Dataset, GraphNode
from lumbarkg.rdf.syntax_errors import syntax_error

Changes = dict[Iri, bytes | None]
_REMEDY = "Name a graph that you may write in GRAPH or WITH; knowledge is changed in ontology/ and by `make release`."
_OUTSIDE = "The update reaches outside this server (LOAD, SERVICE), which is not allowed."


class Scratch:
    """Tries updates of one dataset. The copy of what is only read is kept from one update to the next."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._base: _Base | None = None

    def try_update(
        self, text: str, default: tuple[Iri, ...], named: tuple[Iri, ...], may_write: Callable[[Iri], bool]
    ) -> Changes:
        """What an update makes of the graphs that it changed: N-Triples, or None where a graph is gone.

        Its patterns see the union of ``default``, and ``named`` beside the graphs that may be written. The dataset
        stays as it is. Raises QueryError where the update is not SPARQL or fails, ForbiddenError where it changed a
        graph that may not be written.
        """
        dataset = self._dataset
        unnamed = dataset.unnamed if dataset.unnamed is not None and may_write(dataset.unnamed) else None
        read = () if unnamed is not None and unnamed in default else default
        base = self._base_of(read, tuple(n for n in named if n in dataset.names and not may_write(n)))
        own = [name for name in dataset.names if may_write(name)]
        for name in own:
            _copy(dataset, name, base.store)
        # Until it is shown to be as it was, the copy must not serve another update.
        self._base = None
        _run(base.store, text)
        touched = base.touched()
        if touched is not None:
            raise ForbiddenError(f"The update would change {touched}, which you may not write.", _REMEDY)
        try:
            return self._changes(base, own, may_write)
        finally:
            base.reset()
            self._base = base

    def _base_of(self, default: tuple[Iri, ...], named: tuple[Iri, ...]) -> _Base:
        if self._base is None or self._base.key != (default, named) or self._base.is_stale(self._dataset):
            self._base = _Base(self._dataset, default, named)
        return self._base

    def _changes(self, base: _Base, own: list[Iri], may_write: Callable[[Iri], bool]) -> Changes:
        changes: Changes = {}
        after = {Iri(node.value) for node in base.store.named_graphs() if isinstance(node, ox.NamedNode)}
        for name in sorted({*own, *(after - set(base.key[1]))}):
            node = self._dataset.node(name)
            is_there = isinstance(node, ox.DefaultGraph) or name in after
            now = frozenset(q.triple for q in base.store.quads_for_pattern(None, None, None, node))
            if is_there and name in own and now == frozenset(self._dataset.triples(name)):
                continue
            if not may_write(name):
                raise ForbiddenError(f"The update would change <{name}>, which you may not write.", _REMEDY)
            content = ox.serialize(sorted(now, key=str), format=ox.RdfFormat.N_TRIPLES)
            changes[name] = content if is_there else None
        return changes


class _Base:
    """A copy of graphs that are read and not written: the merged default graph, and named ones."""

    def __init__(self, dataset: Dataset, default: tuple[Iri, ...], named: tuple[Iri, ...]) -> None:
        self.key = (default, named)
        self.store = ox.Store()
        self._dataset = dataset
        self._contents = dataset.contents((*default, *named))
        merged = dataset.merge(default)
        for node in merged:
            self.store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in dataset.node_triples(node))
        self._nodes: dict[GraphNode, str] = {}
        self._reads_default = bool(merged) or dataset.unnamed is None
        if self._reads_default:
            self._nodes[ox.DefaultGraph()] = "the default graph"
        for name in named:
            _copy(dataset, name, self.store)
            self._nodes[dataset.node(name)] = f"<{name}>"
        self._digests = {node: self._digest(node) for node in self._nodes}

    def is_stale(self, dataset: Dataset) -> bool:
        """Whether one of the graphs has changed since it was copied."""
        return dataset.contents((*self.key[0], *self.key[1])) != self._contents

    def touched(self) -> str | None:
        """The graph, in words, that is no longer as it was copied; None where all are."""
        for node, words in self._nodes.items():
            if self._digest(node) != self._digests[node] and not self._is_as_copied(node):
                return words
        return None

    def reset(self) -> None:
        """Take out whatever an update could write."""
        for node in list(self.store.named_graphs()):
            if node not in self._nodes:
                self.store.remove_graph(node)
        if not self._reads_default:
            self.store.clear_graph(ox.DefaultGraph())

    def _digest(self, node: GraphNode) -> bytes:
        dump = self.store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=node) or b""
        return hashlib.sha256(dump).digest()

    def _is_as_copied(self, node: GraphNode) -> bool:
        """The same set of triples, perhaps in another order."""
        now = {q.triple for q in self.store.quads_for_pattern(None, None, None, node)}
        nodes = self._dataset.merge(self.key[0]) if isinstance(node, ox.DefaultGraph) else [node]
        return now == {t for source in nodes for t in self._dataset.node_triples(source)}


def _copy(dataset: Dataset, name: Iri, store: ox.Store) -> None:
    """Copy a graph, even an empty one, under its own name."""
    node = dataset.node(name)
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, node) for t in dataset.triples(name))
    if isinstance(node, ox.NamedNode):
        store.add_graph(node)


def _run(store: ox.Store, text: str) -> None:
    try:
        store.update(text, base_iri=BASE_IRI)
    except OSError as problem:
        raise QueryError(_OUTSIDE) from problem
    except RuntimeError as problem:  # it is SPARQL, and drops what does not exist, or creates what does
        issue = error("update", "/update", str(problem), "Add SILENT where this does not matter.")
        raise QueryError(str(problem), (issue,)) from problem
    except (SyntaxError, ValueError) as problem:
        raise syntax_error(str(problem), "/update") from problem
