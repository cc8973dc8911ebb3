"""rustdl, an OWL 2 DL reasoner in Rust. It keeps nothing between calls: each reads and classifies ontology and case.

Of individuals it derives next to nothing from what they are linked to, so that its best form is asked: the case as a
class under restrictions (``case0.classes.owl``), which has the same superclasses as the individual has types.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import rustdl

from benchmarks.reasoner.peers.protocol import serve

_CASE = "urn:lumbarkg:oracle:case"
_END = "</rdf:RDF>"


class RustdlPeer:
    """rustdl, by saturation alone or in full without a time limit of its own."""

    def __init__(self, *, saturation_only: bool) -> None:
        self._saturation_only = saturation_only

    def load(self, folder: Path) -> str:
        """Read the ontology's document; there is nothing to prepare."""
        warnings.simplefilter("ignore")  # what is incomplete shows in the answers
        self._folder = folder
        self._head = (folder / "ontology.owl").read_text().rpartition(_END)[0]
        return f"rustdl {rustdl.__version__}, {'saturation only' if self._saturation_only else 'in full'}"

    def read_case(self, number: int) -> tuple[str, bytes]:
        """The class of a case, and its document within the ontology's."""
        document = (self._folder / f"case{number}.classes.owl").read_text()
        body = document[document.index(">", document.index("<rdf:RDF")) + 1 :]
        return f"{_CASE}{number}", (self._head + body).encode()

    def ask(self, case: Any) -> Any:
        """Classify everything."""
        name, document = case
        bounds = {"per_pair_timeout_ms": 0, "global_timeout_ms": 0}
        found = rustdl.classify_bytes(document, format="rdf-xml", saturation_only=self._saturation_only, **bounds)
        return found.superclasses_of(name)

    def read_types(self, answer: Any) -> list[str]:
        """The names of the classes, without those of the case."""
        return [name for name in answer if not name.startswith(_CASE)]


if __name__ == "__main__":
    serve(RustdlPeer(saturation_only="saturation-only" in sys.argv))
