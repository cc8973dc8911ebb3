"""What the identifiers of an answer are looked up in, and the small objects that all its parts are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Finding
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.read import Ontology


@dataclass(frozen=True)
class Sources:
    """What the answer's identifiers are looked up in: axioms, labels and evidence rows."""

    ontology: Ontology
    label: Callable[[Iri], str]
    tables: EvidenceTables

    def term(self, iri: Iri, name: str) -> dict[str, Any]:
        """A term under a field's name, with its label and address."""
        return {name: iri.local_name, "label": self.label(iri), "iri": str(iri)}

    def finding(self, finding: Finding) -> dict[str, Any]:
        """A finding of the case, with its place in the input."""
        return {**self.term(finding.term, "finding"), "status": finding.status.value, "path": finding.path}

    def references(self, keys: str) -> list[dict[str, Any]]:
        """The sources that a row names, separated by semicolons."""
        return [self.reference(key) for key in keys.split(";") if key]

    def sources_of(self, iri: Iri) -> list[dict[str, Any]]:
        """The sources that the ontology states of a term."""
        return [self.reference(Iri(str(s)).local_name) for s in self.ontology.graph.objects(iri, v.SOURCE)]

    def reference(self, key: str) -> dict[str, Any]:
        """A source by its key."""
        row = self.tables.references[key]
        return {"key": key, "citation": row.citation, "doi": row.doi or None, "status": row.status}
