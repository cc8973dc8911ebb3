"""The W3C SPARQL 1.1 suites, read from their manifests, and the comparison of results."""

from __future__ import annotations

import csv
import io
import tarfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
_GRAPH_SUFFIXES = {".ttl": ox.RdfFormat.TURTLE, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}
_RESULT_SUFFIXES = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}
_XSD = "http://www.w3.org/2001/XMLSchema#"
Row = dict[str, object]


@dataclass(frozen=True)
class Test:
    """One entry of a manifest."""

    __test__ = False  # not pytest's

    kind: str
    name: str
    manifest: rdflib.Graph
    node: rdflib.term.Node

    @property
    def action(self) -> rdflib.term.Node:
        return self.manifest.value(self.node, MF.action)

    def file(self, subject: rdflib.term.Node, predicate: rdflib.URIRef) -> Path | None:
        found = self.manifest.value(subject, predicate)
        return None if found is None else path_of(found)

    def files(self, subject: rdflib.term.Node, predicate: rdflib.URIRef) -> list[Path]:
        return sorted(path_of(o) for o in self.manifest.objects(subject, predicate))


def unpack(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "sparql11"


def path_of(node: rdflib.term.Node) -> Path:
    return Path(str(node).removeprefix("file://"))


def read_manifest(path: Path) -> list[Test]:
    """All tests of a manifest and of those that it includes."""
    graph = rdflib.Graph().parse(path, format="turtle", publicID=path.as_uri())
    tests: list[Test] = []
    for head in graph.objects(None, MF.include):
        for included in Collection(graph, head):
            tests += read_manifest(path_of(included))
    for head in graph.objects(None, MF.entries):
        for node in Collection(graph, head):
            kind = str(graph.value(node, RDF.type)).rpartition("#")[2]
            name = f"{path.parent.name}/{str(node).rpartition('#')[2]}"
            tests.append(Test(kind, name, graph, node))
    return tests


def triples_of(path: Path) -> list[ox.Triple]:
    rdf_format = _GRAPH_SUFFIXES[path.suffix]
    return [q.triple for q in ox.parse(path=path, format=rdf_format, base_iri=path.as_uri())]


def n_triples(path: Path) -> bytes:
    return ox.serialize(triples_of(path), format=ox.RdfFormat.N_TRIPLES) or b""


def same_graphs(first: list[ox.Triple], second: list[ox.Triple]) -> bool:
    """Whether two graphs are isomorphic, by RDFC-1.0."""
    datasets = []
    for triples in (first, second):
        dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        datasets.append(dataset)
    return datasets[0] == datasets[1]


def rows_of(results: ox.QuerySolutions) -> list[Row]:
    """The rows of a result; numbers and booleans count by datatype and value."""
    names = [v.value for v in results.variables]
    return [{n: _value(row[n]) for n in names if row[n] is not None} for row in results]


def _value(term: object) -> object:
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(_XSD):
        name = term.datatype.value.removeprefix(_XSD)
        try:
            if name in ("double", "float"):
                return name, float(term.value)
            if name in ("integer", "decimal"):
                return name, Decimal(term.value)
            if name == "boolean":
                return name, term.value in ("true", "1")
        except (ValueError, ArithmeticError):
            return term
    return term


def expected_rows(path: Path) -> list[Row] | bool:
    """The result of a manifest's file: rows, or the answer to an ASK."""
    if path.suffix in _RESULT_SUFFIXES:
        results = ox.parse_query_results(path.read_bytes(), format=_RESULT_SUFFIXES[path.suffix])
        return bool(results) if isinstance(results, ox.QueryBoolean) else rows_of(results)
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples_of(path))
    rows: dict[object, Row] = {}
    for solution in store.query(f"SELECT ?s ?n ?v {{ ?r <{RS}solution> ?s OPTIONAL {{ ?s <{RS}binding> ?b . "
                                f"?b <{RS}variable> ?n ; <{RS}value> ?v }} }}"):  # fmt: skip
        row = rows.setdefault(solution["s"], {})
        if solution["n"] is not None:
            row[solution["n"].value] = _value(solution["v"])
    return list(rows.values())


def csv_rows(content: bytes) -> Counter[frozenset[tuple[str, object]]]:
    """The rows of a CSV result by column; labels of blank nodes do not count."""
    return Counter(
        frozenset((name, "_:" if cell.startswith("_:") else _number(cell)) for name, cell in row.items())
        for row in csv.DictReader(io.StringIO(content.decode()))
    )


def _number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell


def same_rows(first: list[Row], second: list[Row]) -> bool:
    """Whether two lists of rows are the same up to their order and the labels of blank nodes."""
    if len(first) != len(second):
        return False
    plain = [
        Counter(frozenset(row.items()) for row in rows if not any(isinstance(v, ox.BlankNode) for v in row.values()))
        for rows in (first, second)
    ]
    if plain[0] != plain[1]:
        return False
    left, right = (
        [row for row in rows if any(isinstance(v, ox.BlankNode) for v in row.values())] for rows in (first, second)
    )
    return _match(left, right, {})


def _match(left: list[Row], right: list[Row], names: dict[object, object]) -> bool:
    if not left:
        return not right
    row, *rest = left
    for position, other in enumerate(right):
        extended = _unify(row, other, names)
        if extended is not None and _match(rest, right[:position] + right[position + 1 :], extended):
            return True
    return False


def _unify(row: Row, other: Row, names: dict[object, object]) -> dict[object, object] | None:
    if row.keys() != other.keys():
        return None
    names = dict(names)
    for key, value in row.items():
        there = other[key]
        if isinstance(value, ox.BlankNode):
            if not isinstance(there, ox.BlankNode) or names.setdefault(value, there) != there:
                return None
        elif value != there:
            return None
    return names if len(set(names.values())) == len(names) else None
