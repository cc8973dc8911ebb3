"""The committed release: what the sources say, byte for byte, readable everywhere, consistent and finished."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import owlready2
import pyoxigraph as ox
import pytest
import rdflib

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.canonical import canonical_triples
from lumbarkg.ontology.build.release import Build, build, check_with_hermit, write
from lumbarkg.ontology.evidence_rdf import FACT_CLASSES
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import Graph, Literal, Triple
from lumbarkg.reasoning.knowledge import Knowledge

ONTOLOGY = Path(__file__).parents[2] / "ontology"
RELEASE = ONTOLOGY / "release"
EX = "http://example.org/"
SOURCES = (v.DEFINITION_SOURCE, v.SOURCE)


def content(folder: Path) -> dict[str, bytes]:
    """The files of a release by their place in it; the certificate is no part of what is compared."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != "certificate.json")
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def differing(left: dict[str, bytes], right: dict[str, bytes]) -> list[str]:
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


# ---------------------------------------------------------------- reproducible


def test_the_sources_give_the_committed_release(built: Build, tmp_path: Path) -> None:
    write(built, tmp_path, ONTOLOGY)
    written = content(tmp_path)
    assert {"lumbarkg.ttl", "lumbarkg.owl", "evidence.ttl"} <= written.keys()
    assert differing(written, content(RELEASE)) == [], "run `make release`, or undo the edit of a built file"


@pytest.mark.parametrize("seed", ["1", "4242"])
def test_a_fresh_process_with_another_hash_seed_gives_the_same_bytes(tmp_path: Path, seed: str) -> None:
    script = (
        "import sys; from pathlib import Path; from lumbarkg.ontology.build.release import build, write; "
        "source, out = map(Path, sys.argv[1:]); write(build(source / 'lumbarkg.ttl'), out, source)"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run([sys.executable, "-c", script, str(ONTOLOGY), str(tmp_path)], env=environment, check=True)
    assert differing(content(tmp_path), content(RELEASE)) == []


def test_writing_leaves_nothing_of_an_earlier_release(built: Build, tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "withdrawn.json").write_text("{}", encoding="utf-8")
    write(built, tmp_path, ONTOLOGY)
    assert differing(content(tmp_path), content(RELEASE)) == []


# ---------------------------------------------------------------- readable


def test_rdflib_and_pyoxigraph_read_equal_counts_from_both_forms(built: Build) -> None:
    turtle, rdf_xml = RELEASE / "lumbarkg.ttl", RELEASE / "lumbarkg.owl"
    counts = {
        "rdflib ttl": len(rdflib.Graph().parse(turtle, format="turtle")),
        "rdflib owl": len(rdflib.Graph().parse(rdf_xml, format="xml")),
        "pyoxigraph ttl": len(set(ox.parse(turtle.read_bytes(), format=ox.RdfFormat.TURTLE))),
        "pyoxigraph owl": len(set(ox.parse(rdf_xml.read_bytes(), format=ox.RdfFormat.RDF_XML))),
    }
    assert set(counts.values()) == {len(built.triples)}, counts
    assert len(built.triples) > 10_000


def test_both_forms_say_the_same() -> None:
    turtle = parse((RELEASE / "lumbarkg.ttl").read_bytes(), Syntax.TURTLE)
    rdf_xml = parse((RELEASE / "lumbarkg.owl").read_bytes(), Syntax.RDF_XML)
    assert canonical_triples(turtle) == canonical_triples(rdf_xml)


def test_owlready2_reads_the_same_count_and_adds_one_header(built: Build) -> None:
    """owlready2 adds exactly one triple: the header ``<http://anonymous> a owl:Ontology`` of the world itself."""
    world = owlready2.World()
    loaded = world.get_ontology((RELEASE / "lumbarkg.owl").as_uri()).load()
    assert len(loaded.graph) == len(built.triples)
    assert len(world.graph) == len(built.triples) + 1
    headers = set(world.as_rdflib_graph().subjects(rdflib.RDF.type, rdflib.OWL.Ontology))
    (released,) = built.ontology.graph.instances(v.OWL_ONTOLOGY)
    assert headers == {rdflib.URIRef("http://anonymous"), rdflib.URIRef(released)}
    assert {cls.iri for cls in world.classes()} == set(built.ontology.classes)


def test_the_evidence_graph_opens_and_holds_every_row(built: Build) -> None:
    graph = Graph(parse((RELEASE / "evidence.ttl").read_bytes()))
    tables = built.evidence
    rows = Counter(t.object for t in graph.with_predicate(v.RDF_TYPE))
    assert rows == {
        v.LIKELIHOOD_RATIO: len(tables.likelihood_ratios),
        v.PRIOR: len(tables.priors),
        v.FACTOR: len(tables.factors),
        v.REFERENCE: len(tables.references),
        **Counter(FACT_CLASSES[fact.table] for fact in tables.facts),
    }
    assert {fact.table for fact in tables.facts} == FACT_CLASSES.keys()


# ---------------------------------------------------------------- consistent


def test_hermit_finds_it_consistent_with_no_empty_class_and_the_hierarchy_of_the_engine(built: Build) -> None:
    check_with_hermit(built)


EMPTY_TABLES = {
    "references": "key\tcitation\tyear\tdoi\tpmid\tstatus\tnote",
    "likelihood_ratios": "id",
    "priors": "id",
    "factors": "id",
}


@pytest.fixture
def small(tmp_path: Path):
    """Build an ontology that imports core and states a few axioms more."""

    def make(axioms: str) -> Build:
        (tmp_path / "evidence").mkdir(exist_ok=True)
        for name, header in EMPTY_TABLES.items():
            (tmp_path / "evidence" / f"{name}.tsv").write_text(header + "\n", encoding="utf-8")
        core = "https://w3id.org/lumbarkg/ontology/core"
        (tmp_path / "catalog-v001.xml").write_text(
            '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
            f'<uri name="{core}" uri="{ONTOLOGY / "core.ttl"}"/></catalog>',
            encoding="utf-8",
        )
        root = tmp_path / "lumbarkg.ttl"
        root.write_text(
            f"@prefix ex: <{EX}> . @prefix lkg: <{v.LKG}> . @prefix owl: <{v.OWL}> . @prefix rdfs: <{v.RDFS}> .\n"
            f"ex:ontology a owl:Ontology ; owl:imports <{core}> .\n"
            "ex:A a owl:Class ; rdfs:subClassOf lkg:Symptom . ex:B a owl:Class ; rdfs:subClassOf lkg:Sign .\n"
            "ex:P a owl:Class ; rdfs:subClassOf lkg:ClinicalPattern .\n" + axioms,
            encoding="utf-8",
        )
        return build(root)

    return make


def has(filler: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty lkg:hasFinding ; owl:someValuesFrom {filler} ]"


def test_a_small_ontology_on_core_is_built_and_checked(small) -> None:
    built = small("ex:A rdfs:subClassOf ex:B .")
    check_with_hermit(built)
    assert built.knowledge.is_subclass(Iri(EX + "A"), v.SIGN)


def test_a_class_that_can_have_no_instance_is_refused_by_name(small) -> None:
    with pytest.raises(OntologyError, match=r"These classes can have no instance: http://example\.org/C\."):
        small("ex:A owl:disjointWith ex:B . ex:C a owl:Class ; rdfs:subClassOf ex:A , ex:B .")


def test_a_pattern_that_denies_what_it_needs_is_refused_by_name(small) -> None:
    """Needing the narrower finding and denying the wider one can never both hold."""
    pattern = f"""ex:A rdfs:subClassOf ex:B .
        ex:P owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
            lkg:PatientCase {has("ex:A")} [ a owl:Class ; owl:complementOf {has("ex:B")} ] ) ] ."""
    with pytest.raises(OntologyError, match=r"These classes can have no instance: http://example\.org/P\."):
        small(pattern)


def test_a_pattern_of_which_every_case_is_impossible_is_refused_by_name(small) -> None:
    """The engine reads a union by cases only in part; HermiT sees at the latest that none of them can be."""
    never = has("[ a owl:Class ; owl:intersectionOf ( ex:A ex:B ) ]")
    case = f"[ a owl:Class ; owl:intersectionOf ( {has('ex:A')} {never} ) ]"
    pattern = f"""ex:A owl:disjointWith ex:B .
        ex:P owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
            lkg:PatientCase [ a owl:Class ; owl:unionOf ( {case} {case} ) ] ) ] ."""
    with pytest.raises(OntologyError, match=r"can have no instance: http://example\.org/P\."):
        check_with_hermit(small(pattern))


def test_needing_the_wider_finding_and_denying_the_narrower_one_is_no_conflict(small) -> None:
    pattern = f"""ex:A rdfs:subClassOf ex:B .
        ex:P owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
            lkg:PatientCase {has("ex:B")} [ a owl:Class ; owl:complementOf {has("ex:A")} ] ) ] ."""
    built = small(pattern)
    assert built.knowledge.is_subclass(Iri(EX + "P"), Iri(EX + "DeniedA"))


def test_hermit_refuses_an_inconsistent_ontology(small) -> None:
    built = small("ex:A owl:disjointWith ex:B .")
    individual = Iri("http://example.org/i")  # which a build refuses by itself
    types = (v.OWL_NAMED_INDIVIDUAL, Iri("http://example.org/A"), Iri("http://example.org/B"))
    built = replace(built, triples=[*built.triples, *(Triple(individual, v.RDF_TYPE, cls) for cls in types)])
    with pytest.raises(OntologyError, match="HermiT: the ontology is inconsistent"):
        check_with_hermit(built)


def test_hermit_refuses_an_engine_that_says_less(small) -> None:
    built = small("ex:A rdfs:subClassOf ex:B .")
    inclusion = next(
        i
        for i, axiom in enumerate(built.ontology.axioms)
        if {"sub", "sup"} <= vars(axiom).keys() and "example.org/A" in repr(axiom.sub) and "/B" in repr(axiom.sup)
    )
    less = tuple(axiom for i, axiom in enumerate(built.ontology.axioms) if i != inclusion)
    forgetful = replace(built, knowledge=Knowledge(replace(built.ontology, axioms=less)))
    with pytest.raises(OntologyError, match="disagree on the hierarchy") as refused:
        check_with_hermit(forgetful)
    assert f"{EX}A: HermiT ['{EX}B', '{v.SIGN}'], engine []" in str(refused.value)


def test_the_build_command_refuses_with_status_1_and_writes_nothing(small, tmp_path: Path) -> None:
    with pytest.raises(OntologyError):
        small("ex:A owl:disjointWith ex:B . ex:C a owl:Class ; rdfs:subClassOf ex:A , ex:B .")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "lumbarkg.ontology.build", "--ontology", str(tmp_path), "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "release refused" in done.stderr
    assert "http://example.org/C" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()


# ---------------------------------------------------------------- finished


@pytest.fixture(scope="module")
def graph(built: Build) -> Graph:
    return built.ontology.graph


@pytest.fixture(scope="module")
def classes(built: Build) -> list[Iri]:
    return sorted(c for c in built.ontology.classes if c.startswith(v.LKG))


def texts(graph: Graph, subject: Iri, prop: Iri) -> list[str]:
    return [o.value for o in graph.objects(subject, prop) if isinstance(o, Literal)]


def test_every_class_is_ours(built: Build, classes: list[Iri]) -> None:
    assert set(classes) == built.ontology.classes
    assert len(classes) > 600


def test_every_class_has_one_label_that_is_its_own(graph: Graph, classes: list[Iri]) -> None:
    labels = {cls: texts(graph, cls, v.RDFS_LABEL) for cls in classes}
    assert [cls for cls, found in labels.items() if len(found) != 1 or not found[0].strip()] == []
    times = Counter(found[0].casefold() for found in labels.values())
    assert [label for label, n in times.items() if n > 1] == []


def test_every_class_has_one_definition_that_ends_in_a_full_stop(graph: Graph, classes: list[Iri]) -> None:
    definitions = {cls: texts(graph, cls, v.DEFINITION) for cls in classes}
    assert [cls for cls, found in definitions.items() if len(found) != 1] == []
    assert [cls for cls, (found,) in definitions.items() if not found.endswith(".") or found != found.strip()] == []


def test_no_two_classes_have_the_same_definition(graph: Graph, classes: list[Iri]) -> None:
    times = Counter(graph.text(cls, v.DEFINITION) for cls in classes)
    assert [text for text, n in times.items() if n > 1] == []


def test_every_class_has_a_source(graph: Graph, classes: list[Iri]) -> None:
    assert [cls for cls in classes if not any(graph.objects(cls, prop) for prop in SOURCES)] == []


def test_every_source_that_is_a_reference_is_in_the_table(built: Build, graph: Graph) -> None:
    prefix = v.LKG + "reference/"
    cited = {t.object for prop in SOURCES for t in graph.with_predicate(prop) if str(t.object).startswith(prefix)}
    assert len(cited) > 30
    assert sorted(cited - {prefix + key for key in built.evidence.references}) == []


def test_every_class_descends_from_a_root_of_core(graph: Graph, classes: list[Iri]) -> None:
    core = Graph(parse((ONTOLOGY / "core.ttl").read_bytes()))
    in_core = {c for c in core.instances(v.OWL_CLASS) if isinstance(c, Iri)}
    roots = {c for c in in_core if not any(isinstance(o, Iri) for o in core.objects(c, v.RDFS_SUBCLASS_OF))}
    assert {v.FINDING, v.CONDITION, v.PATIENT_CASE, v.ANATOMICAL_STRUCTURE} <= roots

    def ancestors(cls: Iri) -> set[Iri]:
        found, stack = {cls}, [cls]
        while stack:
            above = {o for o in graph.objects(stack.pop(), v.RDFS_SUBCLASS_OF) if isinstance(o, Iri)} - found
            found |= above
            stack.extend(above)
        return found

    assert [cls for cls in classes if not ancestors(cls) & roots] == []


def test_the_52_claims_are_there_with_a_stance(graph: Graph) -> None:
    claims = graph.instances(v.CLAIM_CLASS)
    assert len(claims) == len(set(claims)) == 52
    stances = {str(claim): graph.text(claim, Iri(v.LKG + "stance")) for claim in claims}
    assert [claim for claim, stance in stances.items() if stance not in {"supported", "contested", "hypothesis"}] == []


def test_every_claim_that_an_axiom_or_class_cites_exists(built: Build, graph: Graph) -> None:
    identified = {Iri(str(claim)).local_name.removeprefix("Claim") for claim in graph.instances(v.CLAIM_CLASS)}
    cited = {t.object.value for t in graph.with_predicate(v.CLAIM) if isinstance(t.object, Literal)}
    assert len(cited) > 20
    assert sorted(cited - identified) == []
    assert {claim for axiom in built.ontology.axioms for claim in axiom.claims} <= cited


def test_the_header_is_complete(graph: Graph) -> None:
    (header,) = graph.instances(v.OWL_ONTOLOGY)
    assert header == "https://w3id.org/lumbarkg/ontology"
    (version,) = texts(graph, header, v.OWL_VERSION_INFO)
    assert version.count(".") == 2
    assert graph.objects(header, v.OWL_VERSION_IRI) == (f"{header}/{version}",)
    assert graph.objects(header, Iri(v.DCTERMS + "license")) == ("https://creativecommons.org/licenses/by/4.0/",)
    assert texts(graph, header, Iri(v.DCTERMS + "title")) == ["Lumbarkg"]
    assert texts(graph, header, Iri(v.DCTERMS + "description"))
    assert texts(graph, header, Iri(v.DCTERMS + "creator"))
    assert graph.text(header, v.PREFERRED_NAMESPACE) == v.LKG
    assert graph.objects(header, v.OWL_IMPORTS) == ()


def test_every_term_and_reference_of_the_evidence_exists(built: Build) -> None:
    tables, knowledge = built.evidence, built.knowledge
    assert tables.likelihood_ratios
    assert tables.priors
    for row in tables.likelihood_ratios:
        assert row.finding is None or row.finding in built.ontology.classes, row.id
        assert knowledge.is_subclass(row.condition, v.CONDITION), row.id
    for prior in tables.priors:
        assert knowledge.is_subclass(prior.condition, v.CONDITION), prior.id
    for row in (*tables.likelihood_ratios, *tables.priors, *tables.factors.values()):
        assert set(filter(None, row.reference.split(";"))) <= tables.references.keys(), row.id


def test_an_evidence_row_on_an_unknown_term_refuses_the_build(tmp_path: Path) -> None:
    for file in (*ONTOLOGY.glob("*.*"), *ONTOLOGY.glob("lumbar/*"), *ONTOLOGY.glob("evidence/*")):
        copy = tmp_path / file.relative_to(ONTOLOGY)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    priors = tmp_path / "evidence" / "priors.tsv"
    priors.write_text(priors.read_text("utf-8").replace("lkg:MuscleStrain\t", "lkg:MuscleStrian\t"), encoding="utf-8")
    with pytest.raises(OntologyError, match="lumbarkg/MuscleStrian is not a class of the ontology"):
        build(tmp_path / "lumbarkg.ttl")
