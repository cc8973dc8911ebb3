"""Counts of the knowledge graphs, asked of the store once: what VoID and the service description tell."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lumbarkg.identifiers import Iri
from lumbarkg.store.port import GraphSelection, Store

_JSON = ("application/sparql-results+json",)
_TRIPLES = "SELECT ?key (COUNT(*) AS ?n) { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key"
_CLASSES = "SELECT ?key (COUNT(DISTINCT ?s) AS ?n) { ?s a ?key FILTER(isIRI(?key)) } GROUP BY ?key"
_PROPERTIES = "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key"


@dataclass(frozen=True)
class Statistics:
    """Triples by graph; and of the union of the graphs: entities by class, triples by property, and totals."""

    graphs: dict[Iri, int]
    classes: dict[Iri, int]
    properties: dict[Iri, int]
    triples: int
    subjects: int
    objects: int


def count_graphs(store: Store, graphs: tuple[Iri, ...]) -> Statistics:
    """The statistics of some graphs and their union. Raises QueryError, StoreError or StoreBusyError."""
    selection = GraphSelection(graphs, graphs)
    return Statistics(
        _counts(store, selection, _TRIPLES),
        _counts(store, selection, _CLASSES),
        _counts(store, selection, _PROPERTIES),
        *(
            _count(store, selection, f"SELECT (COUNT({what}) AS ?n) {{ ?s ?p ?o }}")
            for what in ("*", "DISTINCT ?s", "DISTINCT ?o")
        ),
    )


def _counts(store: Store, selection: GraphSelection, query: str) -> dict[Iri, int]:
    rows = _rows(store, selection, query)
    return {Iri(row["key"]["value"]): int(row["n"]["value"]) for row in rows if "key" in row}


def _count(store: Store, selection: GraphSelection, query: str) -> int:
    return int(_rows(store, selection, query)[0]["n"]["value"])


def _rows(store: Store, selection: GraphSelection, query: str) -> list[dict[str, dict[str, str]]]:
    answer = store.query(query, selection, _JSON)
    rows: list[dict[str, dict[str, str]]] = json.loads(b"".join(answer.content))["results"]["bindings"]
    return rows
