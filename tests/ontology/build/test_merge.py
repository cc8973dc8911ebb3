"""Imports are followed through the catalog, and only through it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.merge import merge, read_catalog
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import BNode, Graph

ROOT = Path(__file__).parents[3] / "ontology" / "lumbarkg.ttl"
EX = "http://example.org/"
PREFIXES = f"@prefix ex: <{EX}> . @prefix owl: <{v.OWL}> . @prefix rdfs: <{v.RDFS}> .\n"


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to open a socket or to resolve a name fails the test."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"the network was tried: {args}")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def write(folder: Path, files: dict[str, str], listed: dict[str, str]) -> tuple[Path, Path]:
    """The root file and the catalog of a folder; ``listed`` maps ontology names to files."""
    for name, body in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PREFIXES + body, encoding="utf-8")
    lines = "".join(f'<uri name="{EX}{name}" uri="{file}"/>' for name, file in listed.items())
    catalog = folder / "catalog-v001.xml"
    catalog.write_text(
        f'<?xml version="1.0"?><catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">{lines}</catalog>',
        encoding="utf-8",
    )
    return folder / next(iter(files)), catalog


def header(name: str, *imports: str) -> str:
    return f"ex:{name} a owl:Ontology ; owl:versionInfo '{name}' . " + "".join(
        f"ex:{name} owl:imports ex:{i} . " for i in imports
    )


@pytest.mark.usefixtures("no_network")
def test_the_real_ontology_is_merged_without_the_network() -> None:
    merged = merge(ROOT, ROOT.parent / "catalog-v001.xml")
    graph = Graph(merged)
    assert len(merged) == len(graph)
    files = [ROOT.parent / "core.ttl", *sorted((ROOT.parent / "lumbar").glob("*.ttl"))]
    classes = {
        c for file in files for c in Graph(parse(file.read_bytes())).instances(v.OWL_CLASS) if isinstance(c, Iri)
    }
    assert {file.resolve() for file in files} == {
        p.resolve() for p in read_catalog(ROOT.parent / "catalog-v001.xml").values()
    }
    assert len(files) > 20
    assert classes
    assert classes <= set(graph.instances(v.OWL_CLASS))
    assert graph.instances(v.OWL_ONTOLOGY) == (Iri("https://w3id.org/lumbarkg/ontology"),)
    assert graph.with_predicate(v.OWL_IMPORTS) == ()


def test_the_catalog_lists_every_file_and_every_name_is_the_header_of_its_file() -> None:
    files = read_catalog(ROOT.parent / "catalog-v001.xml")
    assert set(files.values()) == {ROOT.parent / "core.ttl", *(ROOT.parent / "lumbar").glob("*.ttl")}
    for name, file in files.items():
        assert Graph(parse(file.read_bytes())).instances(v.OWL_ONTOLOGY) == (name,)


@pytest.mark.usefixtures("no_network")
def test_an_import_that_the_catalog_lacks_is_refused_by_name(tmp_path: Path) -> None:
    root, catalog = write(
        tmp_path,
        {"root.ttl": header("root", "part"), "part.ttl": header("part", "missing")},
        {"part": "part.ttl"},
    )
    with pytest.raises(
        OntologyError, match=r"part\.ttl: imports http://example\.org/missing, which .*catalog-v001\.xml"
    ):
        merge(root, catalog)


def test_imports_of_imports_are_followed_and_circles_end(tmp_path: Path) -> None:
    root, catalog = write(
        tmp_path,
        {
            "root.ttl": header("root", "a") + "ex:R a owl:Class .",
            "parts/a.ttl": header("a", "b") + "ex:A a owl:Class .",
            "parts/b.ttl": header("b", "a", "root") + "ex:B a owl:Class . ex:R a owl:Class .",
        },
        {"a": "parts/a.ttl", "b": "parts/b.ttl", "root": "root.ttl"},
    )
    merged = merge(root, catalog)
    graph = Graph(merged)
    assert set(graph.instances(v.OWL_CLASS)) == {Iri(EX + name) for name in "RAB"}
    assert len(merged) == len(set(merged))
    assert graph.with_predicate(v.OWL_VERSION_INFO) == tuple(
        t for t in graph if t.subject == EX + "root" and t.predicate == v.OWL_VERSION_INFO
    )


def test_equal_blank_node_labels_of_two_files_stay_two_nodes(tmp_path: Path) -> None:
    root, catalog = write(
        tmp_path,
        {
            "root.ttl": header("root", "a") + "ex:R rdfs:subClassOf _:x . _:x owl:onProperty ex:p .",
            "a.ttl": header("a") + "ex:A rdfs:subClassOf _:x . _:x owl:onProperty ex:q .",
        },
        {"a": "a.ttl"},
    )
    graph = Graph(merge(root, catalog))
    ours, theirs = graph.value(Iri(EX + "R"), v.RDFS_SUBCLASS_OF), graph.value(Iri(EX + "A"), v.RDFS_SUBCLASS_OF)
    assert isinstance(ours, BNode)
    assert isinstance(theirs, BNode)
    assert ours != theirs
    assert graph.objects(ours, v.OWL_ON_PROPERTY) == (Iri(EX + "p"),)
    assert graph.objects(theirs, v.OWL_ON_PROPERTY) == (Iri(EX + "q"),)


def test_a_file_that_is_not_turtle_is_refused_by_name_and_line(tmp_path: Path) -> None:
    root, catalog = write(
        tmp_path, {"root.ttl": header("root", "a"), "a.ttl": "ex:A a owl:Class\nex:B ."}, {"a": "a.ttl"}
    )
    with pytest.raises(OntologyError, match=r"a\.ttl: not well-formed TURTLE: .*line 3"):
        merge(root, catalog)


@pytest.mark.parametrize("content", [None, "not xml"])
def test_a_catalog_that_cannot_be_read_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    catalog = tmp_path / "catalog-v001.xml"
    if content is not None:
        catalog.write_text(content, encoding="utf-8")
    with pytest.raises(OntologyError, match=r"catalog-v001\.xml: cannot be read as an XML catalog"):
        read_catalog(catalog)


def test_a_listed_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    root, catalog = write(tmp_path, {"root.ttl": header("root", "gone")}, {"gone": "gone.ttl"})
    with pytest.raises(OntologyError, match=r"gone\.ttl"):
        merge(root, catalog)
