"""reasonable, an OWL 2 RL materialiser in Rust: the ontology is materialised once, each case is added to it.

It cannot take a case out again without starting over, so that this is done between the batches, outside of the time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import rdflib
import reasonable

from benchmarks.reasoner.peers.protocol import serve

_CASE = "urn:lumbarkg:oracle:case"


class ReasonablePeer:
    """One materialised graph that cases are added to."""

    def load(self, folder: Path) -> str:
        """Materialise the ontology."""
        self._folder = folder
        self._reasoner = self._loaded()
        return f"reasonable {reasonable.__version__} (OWL 2 RL)"

    def read_case(self, number: int) -> tuple[rdflib.URIRef, rdflib.Graph]:
        """The individual of a case, and its graph."""
        graph = rdflib.Graph().parse(self._folder / f"case{number}.nt", format="nt")
        return rdflib.URIRef(f"{_CASE}{number}"), graph

    def ask(self, case: Any) -> Any:
        """Add the case and materialise what follows."""
        individual, graph = case
        self._reasoner.from_graph(graph)
        return individual, self._reasoner.reason()

    def read_types(self, answer: Any) -> list[str]:
        """The named classes of the individual; the next case meets the ontology alone."""
        individual, triples = answer
        self._reasoner = self._loaded()
        return [
            str(o) for s, p, o in triples if p == rdflib.RDF.type and s == individual and isinstance(o, rdflib.URIRef)
        ]

    def _loaded(self) -> Any:
        reasoner = reasonable.PyReasoner()
        reasoner.load_file(str(self._folder / "ontology.ttl"))
        reasoner.reason()
        return reasoner


if __name__ == "__main__":
    serve(ReasonablePeer())
