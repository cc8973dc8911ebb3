"""Quality control: a row of a verify query is a failure of the ontology; each query sees the defect it looks for."""

from __future__ import annotations

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Triple
from lumbarkg.sparql.documents import QueryDocument, read_folder
from lumbarkg.sparql.graphs import ASSERTED, EVIDENCE, knowledge_graphs
from tests.conftest import ROOT
from tests.queries.mutations import MutableDataset

QUERIES = read_folder(ROOT / "queries" / "verify")
BY_NAME = {query.name: query for query in QUERIES}
PREFIXES = """
@prefix lkg: <https://w3id.org/lumbarkg/> .
@prefix lkgref: <https://w3id.org/lumbarkg/reference/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oboInOwl: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# Query → Turtle that holds one defect of the kind it looks for, added to the asserted graph.
DEFECTS = {
    "annotation-by-undeclared-property": 'lkg:Fever lkg:temprature "39" .',
    "claim-incomplete": 'lkg:ClaimX a lkg:Claim ; rdfs:label "x" ; lkg:text "x" ; lkg:stance "supported" .',
    "claim-that-nothing-formalises": 'lkg:ClaimX99 a lkg:Claim ; lkg:text "x" .',
    "class-below-itself": "lkg:Finding rdfs:subClassOf lkg:Fever .",
    "class-that-is-an-individual": "lkg:Fever a owl:NamedIndividual .",
    "class-under-no-root": "lkg:Stray a owl:Class .",
    "complement-in-the-release": "lkg:X owl:equivalentClass [ owl:complementOf lkg:Fever ] .",
    "condition-without-pattern-or-reason": "lkg:NewDisorder a owl:Class ; rdfs:subClassOf lkg:Disorder .",
    "data-property-without-range": 'lkg:weight a owl:DatatypeProperty ; rdfs:label "weight"@en ; rdfs:domain lkg:X .',
    "definition-missing-or-unfinished": 'lkg:X a owl:Class ; obo:IAO_0000115 "A thing without an end"@en .',
    "definition-shared-by-two-terms": 'lkg:X obo:IAO_0000115 "Same."@en . lkg:Y obo:IAO_0000115 "Same."@en .',
    "definition-without-genus": "lkg:X owl:equivalentClass [ owl:onProperty lkg:partOf ] .",
    "definition-without-source": "lkg:X a owl:Class .",
    "denial-in-a-triage-rule": (
        'lkg:X lkg:rule "R99" ; owl:equivalentClass [ owl:intersectionOf ( lkg:PatientCase lkg:DeniedLegPain ) ] .'
    ),
    "deprecated-term-in-use": "lkg:Old owl:deprecated true . lkg:X rdfs:subClassOf lkg:Old .",
    "deprecated-term-without-replacement": "lkg:Old owl:deprecated true .",
    "evidence-about-unknown-term": "lkg:evidence\\/X lkg:evidenceFinding lkg:Feever .",
    "evidence-without-source": 'lkg:evidence\\/X a lkg:LikelihoodRatio ; lkg:status "abstract" ; lkg:note "x" .',
    "evidence-without-status": 'lkg:evidence\\/X a lkg:Prior ; lkg:status "guessed" .',
    "exercise-without-load": "lkg:X a owl:Class ; rdfs:subClassOf lkg:CoreExercise .",
    "exercise-without-movement": "lkg:X a owl:Class ; rdfs:subClassOf lkg:CoreExercise .",
    "external-term-without-label": "obo:UBERON_1 a owl:Class .",
    "interval-that-is-empty": (
        "lkg:X rdfs:subClassOf [ owl:onProperty lkg:ageYears ; owl:someValuesFrom [ owl:withRestrictions ("
        ' [ xsd:minInclusive "70"^^xsd:decimal ] [ xsd:maxInclusive "60"^^xsd:decimal ] ) ] ] .'
    ),
    "label-that-begins-with-a-capital": 'lkg:X a owl:Class ; rdfs:label "Pain of the ear"@en .',
    "label-used-twice": 'lkg:X a owl:Class ; rdfs:label "fever"@en .',
    "label-without-language": 'lkg:X rdfs:label "thing" .',
    "licence-that-is-no-address": 'lkg:x a owl:Ontology ; dcterms:license "CC BY" .',
    "object-property-without-domain-or-range": 'lkg:touches a owl:ObjectProperty ; rdfs:label "touches"@en .',
    "pattern-that-says-nothing": 'lkg:XPattern rdfs:subClassOf lkg:ClinicalPattern ; rdfs:label "x pattern"@en .',
    "property-without-label-or-definition": "lkg:touches a owl:ObjectProperty .",
    "question-that-asks-nothing": 'lkg:X lkg:question "Tell me about it."@en .',
    "red-flag-group-incomplete": 'lkg:X a lkg:RedFlagGroup ; rdfs:label "x group"@en .',
    "red-flag-in-no-group": 'lkg:XRedFlag a owl:Class ; rdfs:label "x red flag"@en ; rdfs:subClassOf lkg:Finding .',
    "rule-finding-without-question": (
        'lkg:X lkg:rule "R99" ; owl:equivalentClass [ owl:intersectionOf ( lkg:PatientCase'
        " [ owl:onProperty lkg:hasFinding ; owl:someValuesFrom lkg:UnaskedFinding ] ) ] ."
    ),
    "rule-id-used-twice": 'lkg:X lkg:rule "R01a" .',
    "source-that-is-no-reference": "lkg:Fever obo:IAO_0000119 lkgref:Nobody2020 .",
    "stray-white-space": 'lkg:X rdfs:label "two  spaces"@en .',
    "synonym-of-two-terms": 'lkg:X lkg:laypersonSynonym "Tailbone"@en .',
    "synonym-that-is-another-label": 'lkg:X oboInOwl:hasExactSynonym "Fever"@en .',
    "term-with-two-definitions": 'lkg:Fever obo:IAO_0000115 "Another."@en .',
    "term-with-two-labels": 'lkg:Fever rdfs:label "high temperature"@en .',
    "term-without-label": "lkg:X a owl:Class .",
    "triage-rule-without-basis": 'lkg:X lkg:rule "R99" ; lkg:basis "x" .',
    "triage-rule-without-group": 'lkg:X lkg:rule "R99" .',
    "triage-rule-without-level": 'lkg:X a owl:Class ; lkg:rule "R99" ; rdfs:subClassOf lkg:TriagePattern .',
    "unconnected-class": "lkg:X a owl:Class ; rdfs:subClassOf lkg:Finding .",
    "undeclared-entity": "lkg:X rdfs:subClassOf lkg:Misspelt .",
    "unsettled-claim-stated-as-fact": (
        'lkg:ClaimX98 a lkg:Claim ; lkg:stance "hypothesis" . [] lkg:claim "X98" ; owl:annotatedSource lkg:Fever ;'
        " owl:annotatedTarget [ owl:onProperty lkg:locatedIn ] ."
    ),
    "unsettled-claim-without-counter-evidence": 'lkg:ClaimX a lkg:Claim ; lkg:stance "contested" .',
    "version-address-without-version": 'lkg:x a owl:Ontology ; owl:versionInfo "9" ; owl:versionIRI lkg:8 .',
}
# Query → a property that the ontology header must not lose.
REMOVED = {"header-incomplete": Iri("http://purl.org/dc/terms/license")}


@pytest.fixture(scope="session")
def dataset(engine: Engine) -> MutableDataset:
    """The graphs of the release, to which defects can be added."""
    return MutableDataset(knowledge_graphs(engine.knowledge, engine.ranker.tables))


def test_the_checks_are_as_many_as_they_should_be() -> None:
    assert len(QUERIES) >= 26
    assert set(BY_NAME) == set(DEFECTS) | set(REMOVED)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_nothing_is_wrong(query: QueryDocument, dataset: MutableDataset) -> None:
    assert all(query.one(key) for key in ("problem", "principle", "solution"))
    columns, rows = dataset.rows(query.text)
    assert columns == ("entity", "property", "value")
    assert rows == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_check_sees_its_defect(name: str, dataset: MutableDataset) -> None:
    graph = EVIDENCE if name.startswith("evidence-") else ASSERTED
    with dataset.with_also(graph, PREFIXES + DEFECTS[name]):
        assert dataset.rows(BY_NAME[name].text)[1]
    assert dataset.rows(BY_NAME[name].text)[1] == []


@pytest.mark.parametrize("name", REMOVED)
def test_a_check_sees_what_is_missing(name: str, dataset: MutableDataset, engine: Engine) -> None:
    lost: list[Triple] = [t for t in engine.knowledge.ontology.graph if t.predicate == REMOVED[name]]
    with dataset.without({ASSERTED: lost}):
        assert dataset.rows(BY_NAME[name].text)[1]
