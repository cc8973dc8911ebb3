"""Compiled shapes and pySHACL give equal verdicts, on drawn documents and with drawn statements added."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import CASE_NODE, draft_case, node
from lumbarkg.issues import Issue
from lumbarkg.rdf.terms import BNode, Literal, Triple, decimal_literal, integer_literal
from lumbarkg.resources import shapes_dir
from lumbarkg.validation.shapes import CaseShapes
from tests.laws.cases import cases as drawn_cases

OPEN = CaseShapes(shapes_dir())
CLOSED = CaseShapes(shapes_dir(), shapes_dir() / "stored")
PLACES = [node(p) for p in ("", "/findings/0", "/findings/1", "/exposures/0", "/findings/0/laterality", "/sex")]
PROPERTIES = [
    v.AGE_YEARS, v.HAS_SEX, v.HAS_FINDING, v.DENIES_FINDING, v.HAS_EXPOSURE, v.SEVERITY_SCORE, v.HOURS_AFTER_EXERCISE,
    v.DURATION_HOURS, v.MEASURED_VALUE, v.HAS_LATERALITY, v.HAS_COURSE, v.LOCATED_IN, v.OF_EXERCISE,
    v.HOURS_BEFORE_ONSET, v.RDF_TYPE, v.RDFS_LABEL, v.RDFS_COMMENT, Iri("http://xmlns.com/foaf/0.1/name"),
]  # fmt: skip
VALUES = [
    *PLACES, v.FINDING, v.LATERALITY, v.EXERCISE, v.SEX, v.PATIENT_CASE, v.EXPOSURE, v.COURSE,
    Iri(f"{CASE_NODE}Jane-Doe"), Iri("mailto:jane@example.org"), BNode("someone"), Literal("Jane Doe"), Literal("40"),
    decimal_literal(Decimal("-1")), decimal_literal(Decimal("11.5")),
    decimal_literal(Decimal(200)), integer_literal(3),
]  # fmt: skip
SUBJECTS = [*PLACES, Iri(f"{CASE_NODE}Jane-Doe"), BNode("someone")]
statements = st.builds(Triple, st.sampled_from(SUBJECTS), st.sampled_from(PROPERTIES), st.sampled_from(VALUES))


def _verdict(issues: tuple[Issue, ...]) -> list[tuple[str, str, str, str]]:
    return sorted({(i.severity.value, i.code, i.path, i.message) for i in issues})


def test_the_shapes_of_the_project_are_compiled() -> None:
    assert OPEN.is_compiled
    assert CLOSED.is_compiled


@pytest.mark.parametrize("shapes", [OPEN, CLOSED], ids=["open", "closed"])
def test_verdicts_are_equal(shapes: CaseShapes, engine: Engine) -> None:
    seen = {"fine": 0, "refused": 0}

    @given(drawn_cases(engine), st.lists(statements, max_size=4))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def compare(document: dict[str, Any], more: list[Triple]) -> None:
        triples = [*draft_case(document, engine.lookup, engine.ranker.tables.settings()).triples, *more]
        found = shapes.check(triples)
        assert _verdict(found) == _verdict(shapes.check_by_pyshacl(triples))
        seen["refused" if found else "fine"] += 1

    compare()
    assert min(seen.values()) >= 5, seen


def test_shapes_that_say_more_are_left_to_pyshacl(tmp_path: Any) -> None:
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix lkg: <https://w3id.org/lumbarkg/> .\n"
        "lkg:S a sh:NodeShape ; sh:targetClass lkg:PatientCase ; sh:property [ sh:path lkg:ageYears ; sh:minCount 1 ; "
        'sh:lessThan lkg:other ; sh:message "An age." ] .'
    )
    shapes = CaseShapes(tmp_path)
    assert not shapes.is_compiled
    triples = [Triple(node(""), v.RDF_TYPE, v.PATIENT_CASE)]
    assert [i.message for i in shapes.check(triples)] == ["An age."]


@pytest.mark.parametrize(
    "more",
    [
        Triple(node(""), Iri("http://xmlns.com/foaf/0.1/name"), Literal("Jane Doe")),
        Triple(node(""), v.RDFS_COMMENT, Literal("pain since Tuesday")),
        Triple(node("/findings/0"), v.RDFS_LABEL, Literal("her back")),
        Triple(node(""), v.AGE_YEARS, Literal("forty")),
        Triple(node(""), v.HAS_FINDING, Literal("back pain")),
        Triple(node(""), v.RDF_TYPE, Literal("Jane Doe")),
        Triple(node(""), v.HAS_FINDING, Iri("https://example.org/patients/4711")),
        Triple(Iri(f"{CASE_NODE}Jane-Doe"), v.RDF_TYPE, v.FINDING),
        Triple(node("/findings/0"), Iri("http://www.w3.org/2002/07/owl#sameAs"), Iri("urn:nhs:9434765919")),
    ],
    ids=lambda more: more.predicate.local_name,
)
def test_the_closed_shapes_refuse_what_could_name_somebody(more: Triple, engine: Engine) -> None:
    document = {"findings": [{"finding": "LowBackPain"}]}
    triples = draft_case(document, engine.lookup, engine.ranker.tables.settings()).triples
    assert CLOSED.check(triples) == ()
    found = CLOSED.check([*triples, more])
    assert found
    assert all(issue.message and issue.remedy for issue in found)
