"""The approved OWL 2 EL direct-semantics tests, read from the W3C's export."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

TEST = "{http://www.w3.org/2007/OWL/testOntology#}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


class Kind(Enum):
    """What a test asks."""

    CONSISTENT = "ConsistencyTest"
    INCONSISTENT = "InconsistencyTest"
    ENTAILED = "PositiveEntailmentTest"
    NOT_ENTAILED = "NegativeEntailmentTest"


@dataclass(frozen=True)
class Check:
    """One question of one test: documents in RDF/XML, '' where the test has none; ``functional`` is the premise in
    functional syntax."""

    id: str
    kind: Kind
    premise: str
    conclusion: str
    functional: str
    imported: tuple[str, ...]


def read_checks(folder: Path) -> tuple[Check, ...]:
    """Every check of every test of the export that is approved, in EL and of the direct semantics."""
    wanted = {
        row["id"]: row["types"]
        for row in map(json.loads, (folder / "index.jsonl").read_text("utf-8").splitlines())
        if "Approved" in row["status"] and "EL" in row["profiles"] and "DIRECT" in row["semantics"]
    }
    root = ET.fromstring(gzip.decompress((folder / "owl2-testcases-all.rdf.gz").read_bytes()))  # noqa: S314 - trusted
    about = {element.get(f"{RDF}about"): element for element in root}
    found = []
    for element in root:
        identifier = element.findtext(f"{TEST}identifier", "")
        if element.tag != f"{TEST}TestCase" or identifier not in wanted:
            continue
        imported = tuple(
            about[link.get(f"{RDF}resource")].findtext(f"{TEST}rdfXmlInputOntology", "")
            for link in element.findall(f"{TEST}importedOntology")
        )
        for kind in Kind:
            if kind.value in wanted[identifier]:
                conclusion = "NonConclusion" if kind is Kind.NOT_ENTAILED else "Conclusion"
                found.append(
                    Check(
                        identifier,
                        kind,
                        element.findtext(f"{TEST}rdfXmlPremiseOntology", ""),
                        element.findtext(f"{TEST}rdfXml{conclusion}Ontology", ""),
                        element.findtext(f"{TEST}fsPremiseOntology", ""),
                        imported,
                    )
                )
    return tuple(found)
