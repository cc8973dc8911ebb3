"""An update, tried out on a copy of the graphs that its author may see, before anybody else sees what it did."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from lumbarkg.errors import ForbiddenError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import BASE_IRI, Dataset, GraphNode
from lumbarkg.rdf.syntax_errors import syntax_error

Changes = dict[Iri, bytes | None]
_REMEDY = "Name a graph that you may write in GRAPH or WITH; knowledge is changed in ontology/ and by `make release`."


def try_update(
    dataset: Dataset, text: str, default: tuple[Iri, ...], named: tuple[Iri, ...], may_write: Callable[[Iri], bool]
) -> Changes:
    """What an update makes of the graphs that it changed: N-Triples, or None where a graph is gone.

    Its patterns see the union of ``default``, and ``named`` beside the graphs that may be written. ``dataset`` itself
    stays as it is. Raises QueryError where the update is not SPARQL or fails, ForbiddenError where it changed a graph
    that may not be written; which one is said only if the update sees it.
    """
    scratch = ox.Store()
    before: dict[GraphNode, Iri | None] = {}
    for name in sorted({*named, *(n for n in dataset.names if may_write(n))} & set(dataset.names)):
        node = dataset.node(name)
        before[node] = name
        scratch.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, node) for t in dataset.triples(name))
        if isinstance(node, ox.NamedNode):
            scratch.add_graph(node)
    if ox.DefaultGraph() not in before:
        before[ox.DefaultGraph()] = _copy_default(dataset, default, scratch)
    original = {node: _triples(scratch, node) for node in before}
    try:
        scratch.update(text, base_iri=BASE_IRI)
    except OSError as problem:
        raise QueryError("The update reaches outside this server (LOAD, SERVICE), which is not allowed.") from problem
    except (SyntaxError, ValueError, RuntimeError) as problem:
        raise syntax_error(str(problem), "/update") from problem
    return _changes(scratch, before, original, may_write)


def _copy_default(dataset: Dataset, default: tuple[Iri, ...], scratch: ox.Store) -> Iri | None:
    """Fill the default graph of the scratch store; its name where it is the unnamed graph of the dataset."""
    merged = dataset.merge(default)
    for node in merged:
        scratch.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in dataset.node_triples(node))
    return dataset.unnamed if dataset.unnamed in default else None


def _changes(
    scratch: ox.Store,
    before: dict[GraphNode, Iri | None],
    original: dict[GraphNode, frozenset[ox.Triple]],
    may_write: Callable[[Iri], bool],
) -> Changes:
    changes: Changes = {}
    after: dict[GraphNode, Iri | None] = {
        node: Iri(node.value) for node in scratch.named_graphs() if isinstance(node, ox.NamedNode)
    }
    for node, name in {**after, **before}.items():
        is_there = isinstance(node, ox.DefaultGraph) or node in after
        now = _triples(scratch, node)
        if is_there and node in original and now == original[node]:
            continue
        if name is None or not may_write(name):
            shown = f"<{name}>" if name else "the default graph"
            raise ForbiddenError(f"The update would change {shown}, which you may not write.", _REMEDY)
        changes[name] = ox.serialize(sorted(now, key=str), format=ox.RdfFormat.N_TRIPLES) if is_there else None
    return changes


def _triples(store: ox.Store, node: GraphNode) -> frozenset[ox.Triple]:
    return frozenset(q.triple for q in store.quads_for_pattern(None, None, None, node))
