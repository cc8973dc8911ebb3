"""HermiT through owlready2, a new Java process for each case: how `make release` and the oracle call it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from benchmarks.reasoner.peers.protocol import serve
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.classify import Classification, classify, version
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import Triple

_CASE = "urn:lumbarkg:oracle:case"
_SHORT_LIVED = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""As the oracle runs it: a process of seconds takes about half the time without late compilation."""


class OwlreadyPeer:
    """HermiT, which reads ontology and case anew each time."""

    def load(self, folder: Path) -> str:
        """Read the ontology; HermiT classifies it with each case."""
        os.environ.setdefault("JAVA_TOOL_OPTIONS", _SHORT_LIVED)
        self._folder = folder
        self._ontology = parse((folder / "ontology.nt").read_bytes(), Syntax.N_TRIPLES)
        return f"{version()}, a process each"

    def read_case(self, number: int) -> tuple[Iri, list[Triple]]:
        """The individual of a case and its triples with the ontology's."""
        stated = parse((self._folder / f"case{number}.nt").read_bytes(), Syntax.N_TRIPLES)
        return Iri(f"{_CASE}{number}"), [*self._ontology, *stated]

    def ask(self, case: Any) -> Any:
        """Start HermiT and wait for what it says."""
        individual, triples = case
        return individual, classify(triples, (individual,))

    def read_types(self, answer: Any) -> list[str]:
        """The names of the classes."""
        individual: Iri = answer[0]
        found: Classification = answer[1]
        return sorted(found.types[individual])


if __name__ == "__main__":
    serve(OwlreadyPeer())
