"""Rows of evidence as a page shows them beside a term: figures, status and reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.render.links import Linker

_NUMBERS = (v.XSD_DECIMAL, v.XSD_INTEGER)
_SHORT = {"likelihoodRatioPositive": "LR+", "likelihoodRatioNegative": "LR−", "sampleSize": "n"}
_LOW, _HIGH = "Low", "High"


def evidence_rows(rows: Iterable[Iri], about: Iri, graph: Graph, linker: Linker) -> list[dict[str, Any]]:
    """For each row: its id, what else it speaks of, its figures, its status and where it is from."""
    return [
        {
            "link": linker.link(row, row.local_name),
            "kind": linker.label(Iri(graph.text(row, v.RDF_TYPE))),
            "terms": [
                linker.link(o)
                for prop, objects in graph.predicates(row).items()
                if prop not in (v.RDF_TYPE, v.SOURCE)
                for o in objects
                if isinstance(o, Iri) and o != about
            ],
            "setting": graph.text(row, v.SETTING),
            "figures": _figures(row, graph, linker),
            "status": graph.text(row, v.STATUS),
            "sources": [linker.value(o, v.SOURCE) for o in graph.objects(row, v.SOURCE)],
        }
        for row in sorted(rows)
    ]


def _figures(row: Iri, graph: Graph, linker: Linker) -> list[str]:
    """Every number of a row with its name; an interval stands behind the number that it belongs to."""
    values = {
        prop.local_name: objects[0].value
        for prop, objects in graph.predicates(row).items()
        if isinstance(objects[0], Literal) and objects[0].datatype in _NUMBERS
    }
    figures = []
    for name, value in values.items():
        if any(name.endswith(end) and name.removesuffix(end) in values for end in (_LOW, _HIGH)):
            continue
        low, high = values.get(name + _LOW), values.get(name + _HIGH)
        interval = f" ({low}–{high})" if low and high else ""
        figures.append(f"{_SHORT.get(name) or linker.label(Iri(v.LKG + name))} {value}{interval}")
    return figures
