"""The W3C's OWL 2 conformance tests, from data: approved, in EL, of the direct semantics.

Each check is run against the reasoner or refused by the profile, and every refusal cites a construct that the profile
leaves out. A premise is refused by the check that refuses a release.
"""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.conftest import SHARED
from tests.reasoning.owl2.documents import Document, read_document
from tests.reasoning.owl2.manifest import Check, Kind, read_checks
from tests.reasoning.owl2.saturated import entails, names_in, saturate

TESTS, CHECKS = 65, 94

# construct → how the profile leaves it out; the first that a document holds is the one that its refusal counts for
LEFT_OUT = {
    "hasKey": "no keys: EL has them, the list of the profile does not",
    "sameAs": "no equality of individuals",
    "differentFrom": "no equality of individuals",
    "AllDifferent": "no equality of individuals",
    "NegativePropertyAssertion": "what is absent is asked and denied",
    "oneOf": "no nominals",
    "hasSelf": "no self-restrictions",
    "ReflexiveProperty": "no reflexive property",
    "equivalentProperty": "a hierarchy of properties is stated as inclusions",
    "bottomObjectProperty": "only declared properties",
    "bottomDataProperty": "only declared properties",
    "FunctionalDataProperty": "data properties are not functional",
    "DataHasValue": "data are met by facets over xsd:decimal alone",
}
REFUSED = {
    "hasKey": 11,
    "sameAs": 4,
    "differentFrom": 4,
    "AllDifferent": 1,
    "NegativePropertyAssertion": 2,
    "oneOf": 1,
    "hasSelf": 3,
    "ReflexiveProperty": 2,
    "equivalentProperty": 5,
    "bottomObjectProperty": 1,
    "bottomDataProperty": 1,
    "FunctionalDataProperty": 1,
    "DataHasValue": 1,
}
RUN = {Kind.CONSISTENT: 36, Kind.INCONSISTENT: 5, Kind.ENTAILED: 15, Kind.NOT_ENTAILED: 1}


@pytest.fixture(scope="module")
def checks() -> tuple[Check, ...]:
    folder = SHARED / "conformance" / "owl2"
    if not folder.is_dir():
        pytest.skip(f"the OWL 2 conformance tests are not at {folder}")
    return read_checks(folder)


@pytest.fixture(scope="module")
def refused(checks: tuple[Check, ...]) -> dict[tuple[str, Kind], str]:
    """Check → the construct for which it is refused."""
    return {(c.id, c.kind): construct for c in checks if (construct := _refusal(c)) is not None}


def _documents(check: Check) -> tuple[Document, Document | None]:
    sources = (check.premise, *check.imported)
    premise = read_document(*sources)
    if check.kind in (Kind.CONSISTENT, Kind.INCONSISTENT):
        return premise, None
    return premise, read_document(check.conclusion, declared_in=sources)


def _refusal(check: Check) -> str | None:
    """The construct that a check is refused for, None where it can be run."""
    if not check.premise:  # only in functional syntax, whose names of constructs are those of the specification
        said = set(re.findall(r"\b([A-Z]\w+)\(", check.functional))
    else:
        premise, conclusion = _documents(check)
        messages = premise.refused + (conclusion.refused if conclusion else ())
        if not messages:
            return None
        said = {word for message in messages for word in re.findall(r"'(\w+)'", message)}
    return next((construct for construct in LEFT_OUT if construct in said), f"nothing that is left out: {said}")


def test_all_are_there(checks: tuple[Check, ...]) -> None:
    assert (len({c.id for c in checks}), len(checks)) == (TESTS, CHECKS)


def test_each_refusal_cites_what_the_profile_leaves_out(refused: dict[tuple[str, Kind], str]) -> None:
    assert Counter(refused.values()) == REFUSED
    assert set(REFUSED) == set(LEFT_OUT)


def test_what_is_not_refused_is_run_and_right(checks: tuple[Check, ...], refused: dict[tuple[str, Kind], str]) -> None:
    run = [c for c in checks if (c.id, c.kind) not in refused]
    assert [(c.id, c.kind.name) for c in run if not _is_right(c)] == []
    assert Counter(c.kind for c in run) == RUN
    assert len(run) + len(refused) == CHECKS


def _is_right(check: Check) -> bool:
    premise, conclusion = _documents(check)
    if check.kind in (Kind.CONSISTENT, Kind.INCONSISTENT):
        found = saturate(premise.axioms, names_in(premise.axioms) | premise.individuals, premise.data_properties)
        is_consistent = found.consistent and not found.unsatisfiable & premise.individuals
        return is_consistent is (check.kind is Kind.CONSISTENT)
    assert conclusion is not None
    data = premise.data_properties | conclusion.data_properties
    follows = all(entails(premise.axioms, axiom, data) for axiom in conclusion.axioms)
    return follows is (check.kind is Kind.ENTAILED)


# ------------------------------------------------------------ the reading of assertions

HEAD = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="urn:t:" xml:base="urn:t:"
 xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="http://www.w3.org/2002/07/owl#">
 <owl:Class rdf:about="urn:t:A"/><owl:Class rdf:about="urn:t:B"/>
 <owl:ObjectProperty rdf:about="urn:t:p"><rdfs:range rdf:resource="urn:t:A"/></owl:ObjectProperty>
 <owl:ObjectProperty rdf:about="urn:t:q"><rdfs:subPropertyOf rdf:resource="urn:t:p"/></owl:ObjectProperty>
 <owl:DatatypeProperty rdf:about="urn:t:n"/>"""


def _follows(premise: str, conclusion: str) -> bool:
    first = f"{HEAD}{premise}</rdf:RDF>"
    check = Check("ours", Kind.ENTAILED, first, f"{HEAD.split('<owl:Class')[0]}{conclusion}</rdf:RDF>", "", ())
    assert _refusal(check) is None
    return _is_right(check)


def test_a_link_states_the_range_of_its_property_of_its_end() -> None:
    link = '<rdf:Description rdf:about="urn:t:i"><q rdf:resource="urn:t:j"/></rdf:Description>'
    assert _follows(link, '<A rdf:about="urn:t:j"/>')
    assert not _follows(link, '<A rdf:about="urn:t:i"/>')
    assert not _follows(link, '<B rdf:about="urn:t:j"/>')


def test_an_individual_in_disjoint_classes_is_inconsistent() -> None:
    disjoint = '<owl:Class rdf:about="urn:t:A"><owl:disjointWith rdf:resource="urn:t:B"/></owl:Class>'
    link = '<B rdf:about="urn:t:j"/><rdf:Description rdf:about="urn:t:i"><p rdf:resource="urn:t:j"/></rdf:Description>'
    for assertions, kind in ((link, Kind.INCONSISTENT), ('<B rdf:about="urn:t:j"/>', Kind.CONSISTENT)):
        assert _is_right(Check("ours", kind, f"{HEAD}{disjoint}{assertions}</rdf:RDF>", "", "", ()))


@pytest.mark.parametrize(
    "conclusion",
    [
        '<owl:ObjectProperty rdf:about="urn:t:q"><rdfs:range rdf:resource="urn:t:A"/></owl:ObjectProperty>',
        '<owl:ObjectProperty rdf:about="urn:t:q"><rdfs:subPropertyOf rdf:resource="urn:t:p"/></owl:ObjectProperty>',
        '<owl:Class rdf:about="urn:t:A"><rdfs:subClassOf rdf:resource="http://www.w3.org/2002/07/owl#Thing"/></owl:Class>',
    ],
)
def test_each_kind_of_axiom_can_follow(conclusion: str) -> None:
    assert _follows("", conclusion)


@pytest.mark.parametrize(
    "conclusion",
    [
        '<owl:ObjectProperty rdf:about="urn:t:q"><rdfs:range rdf:resource="urn:t:B"/></owl:ObjectProperty>',
        '<owl:ObjectProperty rdf:about="urn:t:q"><rdfs:domain rdf:resource="urn:t:A"/></owl:ObjectProperty>',
        '<owl:ObjectProperty rdf:about="urn:t:p"><rdfs:subPropertyOf rdf:resource="urn:t:q"/></owl:ObjectProperty>',
        '<owl:Class rdf:about="urn:t:A"><owl:disjointWith rdf:resource="urn:t:B"/></owl:Class>',
        '<owl:Class rdf:about="urn:t:A"><rdfs:subClassOf rdf:resource="urn:t:B"/></owl:Class>',
        '<owl:Class rdf:about="urn:t:A"><owl:equivalentClass rdf:resource="urn:t:B"/></owl:Class>',
        '<owl:TransitiveProperty rdf:about="urn:t:p"/>',
    ],
)
def test_each_kind_of_axiom_can_fail_to_follow(conclusion: str) -> None:
    assert not _follows("", conclusion)
