"""The evidence rows of the release conform to their shapes, and a row that says too little does not."""

from __future__ import annotations

import pyshacl
import pytest
import rdflib

from lumbarkg.resources import release_dir
from tests.conftest import ROOT

SHAPES = ROOT / "shapes" / "evidence" / "evidence.ttl"
LKG = rdflib.Namespace("https://w3id.org/lumbarkg/")


@pytest.fixture(scope="module")
def rows() -> rdflib.Graph:
    return rdflib.Graph().parse(release_dir() / "evidence.ttl")


def _report(graph: rdflib.Graph) -> tuple[bool, str]:
    shapes = rdflib.Graph().parse(SHAPES)
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    return bool(conforms), str(text)


def test_every_row_of_the_tables_is_there(rows: rdflib.Graph) -> None:
    tables = (release_dir() / "evidence").glob("*.tsv")
    lines = sum(len(table.read_text("utf-8").splitlines()) - 1 for table in tables)
    assert len(set(rows.subjects(rdflib.RDF.type, None))) == lines
    assert lines > 1000


def test_the_release_conforms(rows: rdflib.Graph) -> None:
    conforms, text = _report(rows)
    assert conforms, text[:2000]


@pytest.mark.parametrize(
    ("row", "prop", "value"),
    [
        ("evidence/F001", "status", None),
        ("evidence/F001", "status", "certain"),
        ("evidence/F001", "likelihoodRatioPositive", "-1"),
        ("evidence/F001", "sensitivity", "92"),
        ("evidence/F001", "cluster", None),
        ("evidence/PG01", "probability", "1.2"),
        ("evidence/PG01", "setting", None),
        ("reference/Suri2010", "citation", None),
    ],
)
def test_a_row_that_says_too_little_is_refused(row: str, prop: str, value: str | None, rows: rdflib.Graph) -> None:
    broken = rdflib.Graph()
    for triple in rows.triples((LKG[row], None, None)):
        broken.add(triple)
    for reference in rows.subjects(rdflib.RDF.type, LKG.Reference):
        for triple in rows.triples((reference, None, None)):
            broken.add(triple)
    assert _report(broken)[0]
    broken.remove((LKG[row], LKG[prop], None))
    if value is not None:
        is_number = value.lstrip("-").replace(".", "").isdigit()
        datatype = rdflib.XSD.decimal if is_number else None
        broken.add((LKG[row], LKG[prop], rdflib.Literal(value, datatype=datatype)))
    assert not _report(broken)[0]
