"""The certificate: it is the release's, it meets its thresholds, and every threshold can fail."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, load_engine
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.certificate import (
    CERTIFICATE,
    Certificate,
    ClassCount,
    Comparison,
    digest_of,
    logical_triples,
    read_certificate,
    renew_certificate,
    shortfalls,
    write_certificate,
)
from lumbarkg.ontology.build.profile import check_profile
from lumbarkg.ontology.read import read_ontology
from lumbarkg.oracle.certify import covered_kinds, read_release
from lumbarkg.oracle.constructors import Constructor
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import BNode, Graph, Literal, Triple
from lumbarkg.resources import release_dir, shapes_dir

A, B = Iri("urn:test:A"), Iri("urn:test:B")
AXIOMS = [
    Triple(A, v.RDF_TYPE, v.OWL_CLASS),
    Triple(B, v.RDF_TYPE, v.OWL_CLASS),
    Triple(A, v.RDFS_SUBCLASS_OF, B),
    Triple(v.DEFINITION, v.RDF_TYPE, v.OWL_ANNOTATION_PROPERTY),
]
KINDS = {"patterns": {"A", "B"}}
COVERED = {"A": ClassCount(3, 1900, 1), "B": ClassCount(1900, 3, 0)}
GOOD = Certificate(
    ontology_version="1",
    ontology_digest="0",
    axioms_digest=digest_of(logical_triples(AXIOMS)),
    engine="engine",
    reference="reference",
    date="2026-01-01",
    seed=1,
    horn=Comparison(2000, 200, 0, 1, 40, 40),
    complement=Comparison(100, 10, 0, 0, 2, 2),
    coverage={"patterns": COVERED},
    suggestions=1000,
    constructors={"union": 400, "chain": 100},
)


def test_the_release_has_its_certificate(engine: Engine) -> None:
    """Where this fails the ontology changed: `make release` carries over what it can, `make verify-reasoner` does the
    rest."""
    certificate, release = read_certificate(release_dir()), read_release(release_dir())
    assert certificate is not None, "no certificate: run make verify-reasoner"
    assert certificate.axioms_digest == release.axioms_digest, "other axioms were compared: run make verify-reasoner"
    assert certificate.ontology_digest == release.digest, "the release is a new one: run make release"
    assert certificate.ontology_version == engine.version
    assert shortfalls(certificate, covered_kinds(engine.knowledge)) == ()
    assert set(certificate.constructors) == {kind.value for kind in Constructor}
    assert set(certificate.coverage) == set(covered_kinds(engine.knowledge))
    assert all(covered_kinds(engine.knowledge).values())


def test_a_good_certificate_lacks_nothing() -> None:
    assert shortfalls(GOOD, KINDS) == ()


@pytest.mark.parametrize(
    ("path", "less"),
    [
        ("horn.cases", replace(GOOD, horn=replace(GOOD.horn, cases=1999))),
        ("complement.cases", replace(GOOD, complement=replace(GOOD.complement, cases=99))),
        ("horn.differences", replace(GOOD, horn=replace(GOOD.horn, differences=1))),
        ("complement.differences", replace(GOOD, complement=replace(GOOD.complement, differences=1))),
        ("horn.rejected", replace(GOOD, horn=replace(GOOD.horn, rejected=39))),
        ("coverage.patterns.A", replace(GOOD, coverage={"patterns": {"B": ClassCount(3, 3, 0)}})),
        ("coverage.patterns.B", replace(GOOD, coverage={"patterns": {**COVERED, "B": ClassCount(9, 2, 0)}})),
        ("constructors.chain", replace(GOOD, constructors={"union": 400, "chain": 99})),
        ("constructors.union", replace(GOOD, suggestions=0, constructors={"union": 0})),
    ],
)  # fmt: skip
def test_each_threshold_can_be_missed(path: str, less: Certificate) -> None:
    (issue,) = shortfalls(less, KINDS)
    assert issue.path == path
    assert issue.remedy


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert read_certificate(tmp_path) is None
    write_certificate(GOOD, tmp_path)
    assert read_certificate(tmp_path) == GOOD


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"coverage": {"patterns": {"A": 3}}}'])
def test_a_broken_certificate_is_refused_with_its_place(tmp_path: Path, content: str) -> None:
    (tmp_path / CERTIFICATE).write_text(content)
    with pytest.raises(OntologyError, match=r"certificate\.json.*make verify-reasoner"):
        read_certificate(tmp_path)


def test_annotations_do_not_count_and_axioms_do() -> None:
    note = BNode("note")
    annotated = [
        Triple(A, v.RDFS_LABEL, Literal("a", language="en")),
        *reversed(AXIOMS),
        Triple(B, v.DEFINITION, Literal("A thing.")),
        Triple(note, v.RDF_TYPE, v.OWL_AXIOM),
        Triple(note, v.OWL_ANNOTATED_SOURCE, A),
    ]
    assert digest_of(logical_triples(annotated)) == GOOD.axioms_digest
    for triple in AXIOMS[:3]:
        rest = [t for t in AXIOMS if t != triple]
        assert digest_of(logical_triples(rest)) != GOOD.axioms_digest
    assert digest_of(AXIOMS, "besides") != digest_of(AXIOMS)


def test_every_axiom_of_the_release_counts(engine: Engine) -> None:
    """From the triples that count alone the reader makes the same axioms."""
    whole = engine.knowledge.ontology
    logical = read_ontology(Graph(logical_triples(whole.graph)))
    assert logical.axioms == whole.axioms
    assert len(logical.graph) < 0.8 * len(whole.graph)
    assert (logical.classes, logical.object_properties) == (whole.classes, whole.object_properties)


@pytest.fixture
def released(tmp_path: Path) -> Callable[[list[Triple]], str]:
    """Triples → what is said of the certificate once they are released."""
    return lambda triples: renew_certificate(tmp_path, b"new bytes", triples)


def test_a_certificate_of_the_same_axioms_is_carried_over(
    tmp_path: Path, released: Callable[[list[Triple]], str]
) -> None:
    write_certificate(GOOD, tmp_path)
    assert "holds" in released([*AXIOMS, Triple(A, v.RDFS_LABEL, Literal("a"))])
    found = read_certificate(tmp_path)
    assert found == replace(GOOD, ontology_digest=hashlib.sha256(b"new bytes").hexdigest(), ontology_version="")


def test_a_certificate_of_other_axioms_is_not(tmp_path: Path, released: Callable[[list[Triple]], str]) -> None:
    write_certificate(GOOD, tmp_path)
    assert "of other axioms" in released(AXIOMS[:2])
    assert read_certificate(tmp_path) == GOOD


def test_a_release_without_certificate_says_so(released: Callable[[list[Triple]], str]) -> None:
    assert "no certificate" in released(AXIOMS)


def test_only_a_certificate_of_this_very_file_saves_the_look_at_the_profile(tmp_path: Path) -> None:
    """An axiom beyond the profile is noticed, though the folder's certificate speaks of the file without it."""
    assert check_profile(read_ontology(Graph(parse((release_dir() / "lumbarkg.ttl").read_bytes())))) == ()
    assert load_engine(release_dir(), shapes_dir()).complete
    folder = tmp_path / "release"
    shutil.copytree(release_dir(), folder)
    ontology = folder / "lumbarkg.ttl"
    ontology.write_text(ontology.read_text("utf-8") + "\n# a comment\n", "utf-8")
    assert load_engine(folder, shapes_dir()).complete
    # A class that is defined by a union stands on the right of no other axiom.
    beyond = "lkg:Odd rdfs:subClassOf lkg:RenalSignPattern ."
    ontology.write_text(ontology.read_text("utf-8") + f"\n{beyond}\n", "utf-8")
    assert not load_engine(folder, shapes_dir()).complete
