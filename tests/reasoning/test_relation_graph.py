"""Every entailed ``A ⊑ ∃p.B`` between named classes, and nothing else: held against HermiT on small ontologies."""

from __future__ import annotations

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.classify import Classification, classify
from lumbarkg.rdf.terms import BNode, Triple
from lumbarkg.reasoning.knowledge import Knowledge
from tests.reasoning.test_saturate import DRAWN, HERMIT_MISSES, RULES, namespace, ontology, read

NAMES = {
    **{name: rule.axioms for name, rule in RULES.items() if not rule.empty and name not in HERMIT_MISSES},
    **{name: axioms for number, (name, axioms) in enumerate(DRAWN.items()) if number % 5 == 0},
}
CLASSES, PROPERTIES = "ABCDEFG", "pqrs"


def query(name: str, prop: str, cls: str) -> Iri:
    return Iri(f"{namespace(name)}query-{prop}-{cls}")


def queries(name: str) -> list[Triple]:
    """For each p and B a class that is equivalent to ∃p.B."""
    found: list[Triple] = []
    for prop in PROPERTIES:
        for cls in CLASSES:
            node, home = BNode(f"{name}{prop}{cls}".replace(" ", "").replace(",", "")), namespace(name)
            found += [
                Triple(query(name, prop, cls), v.RDF_TYPE, v.OWL_CLASS),
                Triple(query(name, prop, cls), v.OWL_EQUIVALENT_CLASS, node),
                Triple(node, v.RDF_TYPE, v.OWL_RESTRICTION),
                Triple(node, v.OWL_ON_PROPERTY, Iri(f"{home}{prop}")),
                Triple(node, v.OWL_SOME_VALUES_FROM, Iri(f"{home}{cls}")),
            ]
    return found


@pytest.fixture(scope="module")
def classified() -> Classification:
    return classify([t for name, axioms in NAMES.items() for t in (*read(name, axioms), *queries(name))])


@pytest.mark.slow
def test_hermit_finds_the_same_relations(classified: Classification) -> None:
    compared, differing = 0, []
    for name, axioms in NAMES.items():
        try:
            knowledge = Knowledge(ontology(read(name, axioms)))
        except OntologyError:
            continue  # an empty class is related to everything
        home = namespace(name)
        for cls in CLASSES:
            found = knowledge.relations(Iri(f"{home}{cls}"))
            ours = {(p, c) for p in PROPERTIES for c in CLASSES if f"{home}{c}" in found.get(Iri(f"{home}{p}"), ())}
            above = classified.superclasses[Iri(f"{home}{cls}")]
            theirs = {(p, c) for p in PROPERTIES for c in CLASSES if query(name, p, c) in above}
            compared += len(theirs)
            if ours != theirs:
                differing.append((name, cls, sorted(ours ^ theirs)))
    assert differing == []
    assert compared > 300


def test_a_class_defined_with_a_union_has_what_all_its_cases_have() -> None:
    axioms = (
        ":A rdfs:subClassOf lkg:PatientCase ; owl:equivalentClass [ a owl:Class ; owl:unionOf ( :B :C ) ] ."
        ":B rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :D ] ."
        ":C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :E ] ."
        ":D rdfs:subClassOf :F . :E rdfs:subClassOf :F ."
    )
    home = namespace("union")
    found = Knowledge(ontology(read("union", axioms))).relations(Iri(f"{home}A"))
    assert found == {Iri(f"{home}p"): frozenset({Iri(f"{home}F")})}


def test_the_graph_of_the_release_holds_the_relations_of_every_class(engine: Engine) -> None:
    knowledge = engine.knowledge
    edges = sum(len(names) for cls in knowledge.ontology.classes for names in knowledge.relations(cls).values())
    assert edges > 10_000
    for cls in sorted(knowledge.ontology.classes)[::20]:
        for prop, names in knowledge.relations(cls).items():
            assert all(knowledge.superclasses(name) & knowledge.ontology.classes <= names for name in names), (
                cls,
                prop,
            )
