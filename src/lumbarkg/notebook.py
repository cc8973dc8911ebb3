"""The release in one line, for notebooks: ``from lumbarkg.notebook import graph; g = graph()``.

The whole graph takes rdflib a few seconds; one of the named graphs is faster.
"""

from __future__ import annotations

from typing import TypeVar

from rdflib import Dataset, Graph, URIRef

from lumbarkg import vocabulary as v
from lumbarkg.assessment import load_engine
from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.graphs import union_graph
from lumbarkg.sparql.release import read_release_graphs

AnyGraph = TypeVar("AnyGraph", bound=Graph)
_FOLDER = f"{v.LKG}graph/"


def graph(name: str | None = None) -> Graph:
    """The knowledge graphs as one rdflib graph, or one of them by name: ``asserted``, ``relations`` and so on.

    Raises InvalidInputError where no graph has the name.
    """
    graphs = _graphs()
    if name is None:
        return _bound(Graph().parse(data=union_graph(graphs), format="nt"))
    found = graphs.get(Iri(_FOLDER + name))
    if found is None:
        known = {n.removeprefix(_FOLDER): n.removeprefix(_FOLDER) for n in graphs}
        near = nearest(name, known, 1)
        remedy = f"Did you mean '{near[0][0]}'?" if near else f"There are {', '.join(known)}."
        raise InvalidInputError((error("unknown-graph", "/name", f"No graph is called '{name}'.", remedy),))
    return _bound(Graph().parse(data=found, format="nt"))


def dataset() -> Dataset:
    """The knowledge graphs as an rdflib dataset whose default graph is their union."""
    found = Dataset(default_union=True)
    for name, content in _graphs().items():
        found.graph(URIRef(name)).parse(data=content, format="nt")
    return _bound(found)


def _graphs() -> dict[Iri, bytes]:
    engine = load_engine(release_dir(), shapes_dir())
    return read_release_graphs(engine, release_dir(), queries_dir()).graphs


def _bound(found: AnyGraph) -> AnyGraph:
    for prefix, namespace in v.WELL_KNOWN_PREFIXES.items():
        found.bind(prefix, namespace, replace=True)
    return found
