"""``lumbarkg stats``: every number equals a SPARQL count over the graphs."""

from __future__ import annotations

import json

import pytest

from lumbarkg import cli
from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.ontology.stats import Count, Stats, count
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.rdf.terms import Graph
from lumbarkg.render.stats import render_stats_text
from lumbarkg.resources import release_dir
from lumbarkg.sparql.graphs import knowledge_graphs

PREFIXES = """PREFIX lkg: <https://w3id.org/lumbarkg/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX obo: <http://purl.obolibrary.org/obo/>
PREFIX dcterms: <http://purl.org/dc/terms/> """
HEADINGS = {
    "findings": "lkg:Finding lkg:Symptom lkg:Sign lkg:TestResult lkg:RiskFactor",
    "conditions": "lkg:Condition lkg:Disorder lkg:Mechanism lkg:ImagingObservation lkg:Flare",
    "triage patterns": "lkg:TriagePattern lkg:EmergencyCase lkg:SameDayCase lkg:UrgentCase lkg:RoutineCase",
}
ROOTS = {
    "anatomical structures": "AnatomicalStructure",
    "body functions": "BodyFunction",
    "findings": "Finding",
    "conditions": "Condition",
    "exercises": "Exercise",
    "movements": "Movement",
    "loads": "Load",
    "muscle actions": "MuscleAction",
    "technique faults": "TechniqueFault",
    "equipment": "Equipment",
    "clinical patterns": "ClinicalPattern",
    "triage patterns": "TriagePattern",
}
PART_ROOTS = {
    "symptom": "Symptom",
    "sign": "Sign",
    "test result": "TestResult",
    "risk factor": "RiskFactor",
    "disorder": "Disorder",
    "mechanism": "Mechanism",
    "imaging observation": "ImagingObservation",
    "flare": "Flare",
    "Emergency": "EmergencyCase",
    "SameDay": "SameDayCase",
    "Urgent": "UrgentCase",
    "Routine": "RoutineCase",
}
INSTANCES = {
    "classes": "?x a owl:Class . FILTER(isIRI(?x))",
    "triage rules": "[] lkg:ruleGroup ?x",
    "generated denials": "?x lkg:denialOf []",
    "red-flag groups": "?x a lkg:RedFlagGroup",
    "claims": "?x a lkg:Claim",
    "evidence rows": "?x a/rdfs:subClassOf* lkg:Evidence",
    "likelihood ratios": "?x a lkg:LikelihoodRatio",
    "priors": "?x a lkg:Prior",
    "references": "?x a lkg:Reference",
}
PARTS_BY = {
    "claims": "lkg:stance",
    "evidence rows": "lkg:status",
    "likelihood ratios": "lkg:status",
    "priors": "lkg:setting",
    "references": "lkg:status",
}
TERMS = {
    "classes": "?x a owl:Class . FILTER(isIRI(?x))",
    "object properties": "?x a owl:ObjectProperty",
    "data properties": "?x a owl:DatatypeProperty",
    "annotation properties": "?x a owl:AnnotationProperty . FILTER(STRSTARTS(STR(?x), STR(lkg:)))",
    "individuals": "?x a owl:NamedIndividual",
}
HAVING = {
    "label": "?x rdfs:label ?y",
    "definition": "?x obo:IAO_0000115 ?y",
    "source": "?x obo:IAO_0000119 ?y",
    "parent": "?x rdfs:subClassOf ?y . FILTER(isIRI(?y) && ?y != ?x)",
}
SOURCE_OF_INDIVIDUALS = "?x obo:IAO_0000119|dcterms:source ?y"


@pytest.fixture(scope="module")
def mappings(engine: Engine) -> tuple[Mapping, ...]:
    return read_mappings(release_dir() / "mappings", engine.terms.prefixes)


@pytest.fixture(scope="module")
def stats(engine: Engine, mappings: tuple[Mapping, ...]) -> Stats:
    evidence = Graph(evidence_triples(engine.ranker.tables))
    return count(engine.knowledge.ontology, engine.knowledge, evidence, mappings)


@pytest.fixture(scope="module")
def dataset(engine: Engine) -> Dataset:
    return Dataset(knowledge_graphs(engine.knowledge, engine.ranker.tables))


def _counted(dataset: Dataset, where: str) -> int:
    _, rows = dataset.rows(f"{PREFIXES} SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {where} }}")
    return int(rows[0][0] or "")


def _below(root: str, kind: str) -> str:
    """Everything that the inferred graph puts under a root, without the root and the headings of its kind."""
    return (
        f"GRAPH <{v.LKG}graph/inferred> {{ ?x rdfs:subClassOf lkg:{root} }} "
        f"FILTER(?x NOT IN ({', '.join((HEADINGS.get(kind) or f'lkg:{root}').split())}))"
    )


def _mapped(stats: Stats, kind: str) -> Count:
    return next(c for c in stats.counts if c.kind == kind)


def test_every_count_is_that_of_a_query(stats: Stats, dataset: Dataset) -> None:
    kinds = [c.kind for c in stats.counts]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) == {*ROOTS, *INSTANCES, "mappings"}
    for counted in stats.counts:
        if counted.kind == "mappings":
            continue
        where = INSTANCES.get(counted.kind) or _below(ROOTS[counted.kind], counted.kind)
        assert counted.total == _counted(dataset, where) > 0, counted.kind


def test_every_part_is_that_of_a_query(stats: Stats, dataset: Dataset) -> None:
    looked_at = 0
    for counted in stats.counts:
        for name, number in counted.parts:
            if counted.kind in PARTS_BY:
                where = f'{INSTANCES[counted.kind]} . ?x {PARTS_BY[counted.kind]} "{name}"'
            elif counted.kind != "mappings":
                where = _below(PART_ROOTS[name], counted.kind)
            else:
                continue
            assert number == _counted(dataset, where), (counted.kind, name)
            looked_at += 1
    assert looked_at >= 25


def test_parts_that_exclude_each_other_sum_to_the_whole(stats: Stats) -> None:
    for kind in PARTS_BY:
        counted = _mapped(stats, kind)
        assert sum(number for _, number in counted.parts) == counted.total, kind


def test_completeness_is_that_of_queries(stats: Stats, dataset: Dataset) -> None:
    assert [c.kind for c in stats.completeness] == list(TERMS)
    for row in stats.completeness:
        assert row.total == _counted(dataset, TERMS[row.kind]), row.kind
        for name, where in HAVING.items():
            number = getattr(row, name)
            if number is not None:
                pattern = SOURCE_OF_INDIVIDUALS if (row.kind, name) == ("individuals", "source") else where
                assert number == _counted(dataset, f"{TERMS[row.kind]} . {pattern}"), (row.kind, name)


def test_the_roots_are_the_classes_without_a_parent(stats: Stats, dataset: Dataset) -> None:
    classes = next(c for c in stats.completeness if c.kind == "classes")
    assert classes.parent is not None
    assert len(stats.roots) == classes.total - classes.parent
    for root in stats.roots:
        query = f"{PREFIXES} ASK {{ <{root}> rdfs:subClassOf ?y . FILTER(isIRI(?y)) }}"
        assert dataset.rows(query)[1] == [("false",)], root


def test_mappings_are_the_lines_of_their_files(stats: Stats) -> None:
    lines = {}
    for file in sorted((release_dir() / "mappings").glob("*.sssom.tsv")):
        rows = [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        lines[file.name.removesuffix(".sssom.tsv")] = len(rows) - 1
    counted = _mapped(stats, "mappings")
    assert dict(counted.parts) == {name: number for name, number in lines.items() if number}
    assert counted.total == sum(lines.values())


def test_the_command_prints_both_forms(stats: Stats, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["stats", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(stats.to_json()))
    assert cli.main(["stats"]) == 0
    assert capsys.readouterr().out == render_stats_text(stats)


def test_only_what_is_whole_says_so(stats: Stats) -> None:
    lines = render_stats_text(stats).split("complete terms")[1].splitlines()[1:]
    for line, row in zip(lines, stats.completeness, strict=False):
        assert ("100 %" in line) == any(
            getattr(row, name) == row.total for name in ("label", "definition", "source", "parent")
        ), line
