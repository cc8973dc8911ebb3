"""The optional alignment with OBO terms: it reads, it names what it points at, and it contradicts nothing of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.classify import classify
from lumbarkg.ontology.build.merge import read_catalog
from lumbarkg.ontology.build.release import Build
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Triple

ONTOLOGY = Path(__file__).parents[2] / "ontology"
ALIGNMENT = ONTOLOGY / "alignments" / "obo.ttl"
CONTINUANT = Iri(v.OBO + "BFO_0000002")
PROCESS = Iri(v.OBO + "BFO_0000015")
LINKS = {"closeMatch", "narrowMatch", "relatedMatch"}


@pytest.fixture(scope="module")
def alignment() -> list[Triple]:
    return parse(ALIGNMENT.read_bytes(), source=str(ALIGNMENT))


def test_every_foreign_term_has_one_label_and_says_where_it_comes_from(alignment: list[Triple]) -> None:
    used = {t for triple in alignment for t in (triple.subject, triple.object) if str(t).startswith(v.OBO)}
    terms = {t for t in used if not str(t).endswith(".owl")}
    assert len(terms) == 51
    for property_ in (v.RDFS_LABEL, Iri(v.RDFS + "isDefinedBy")):
        assert sorted(str(t.subject) for t in alignment if t.predicate == property_ and t.subject in terms) == sorted(
            str(t) for t in terms
        )


def test_every_aligned_term_is_one_of_the_release(alignment: list[Triple], built: Build) -> None:
    ontology = built.ontology
    known = ontology.classes | ontology.object_properties | ontology.data_properties
    aligned = {t.subject for t in alignment if str(t.subject).startswith(v.LKG)} - {
        Iri(v.LKG + "ontology/alignments/obo")
    }
    assert len(aligned) == 46
    assert aligned <= known


def test_links_are_superclasses_or_annotations(alignment: list[Triple]) -> None:
    ours = [t for t in alignment if str(t.subject).startswith(v.LKG) and str(t.object).startswith(v.OBO)]
    assert {t.predicate for t in ours} == {v.RDFS_SUBCLASS_OF, v.RDFS_SUBPROPERTY_OF} | {Iri(v.SKOS + x) for x in LINKS}


def test_nothing_imports_it_and_its_own_imports_resolve_in_the_folder(alignment: list[Triple]) -> None:
    root = read_catalog(ALIGNMENT.parent / "catalog-v001.xml")
    imported = {t.object for t in alignment if t.predicate == v.OWL_IMPORTS}
    assert {path.resolve() for iri, path in root.items() if iri in imported} == {ONTOLOGY / "lumbarkg.ttl"}
    # What the main catalog does not list, the build refuses to import.
    assert "alignments" not in (ONTOLOGY / "catalog-v001.xml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_hermit_finds_release_and_alignment_consistent(alignment: list[Triple], built: Build) -> None:
    found = classify([*built.triples, *(t for t in alignment if t.predicate != v.OWL_IMPORTS)])
    assert found.consistent
    assert not found.unsatisfiable
    exercise = Iri(v.LKG + "Exercise")
    leaves = [iri for iri, above in found.superclasses.items() if exercise in above]
    assert len(leaves) > 20
    assert all(PROCESS in found.superclasses[iri] for iri in leaves)


@pytest.mark.slow
def test_a_contradiction_with_the_upper_level_would_show(alignment: list[Triple], built: Build) -> None:
    exercise = Iri(v.LKG + "Exercise")
    wrong = Triple(exercise, v.RDFS_SUBCLASS_OF, CONTINUANT)
    found = classify([*built.triples, *(t for t in alignment if t.predicate != v.OWL_IMPORTS), wrong])
    assert exercise in found.unsatisfiable
