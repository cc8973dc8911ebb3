"""The compiled shapes give pySHACL's verdict, result by result."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import node
from lumbarkg.rdf.terms import Literal, Triple, decimal_literal
from lumbarkg.resources import shapes_dir
from lumbarkg.validation.compiled import compile_shapes
from lumbarkg.validation.shapes import CaseShapes

SHAPES = CaseShapes(shapes_dir())
NUMBERS = st.one_of(
    st.sampled_from([Decimal(n) for n in ("-1", "-0.5", "0", "10", "10.1", "120", "120.5", "121")]).map(
        decimal_literal
    ),
    st.integers(-2, 130).map(lambda n: Literal(str(n), v.XSD_INTEGER)),
    st.sampled_from([Literal("old"), Literal("4", v.XSD_STRING)]),
)
QUANTITIES = [v.SEVERITY_SCORE, v.HOURS_AFTER_EXERCISE, v.DURATION_HOURS, v.MEASURED_VALUE, v.HOURS_BEFORE_ONSET]
FILLERS = {
    v.HAS_LATERALITY: v.LATERALITY,
    v.HAS_COURSE: v.COURSE,
    v.LOCATED_IN: v.ANATOMICAL_STRUCTURE,
    v.OF_EXERCISE: v.EXERCISE,
    v.WITH_FAULT: v.TECHNIQUE_FAULT,
}


@st.composite
def drafts(draw: st.DrawFn) -> list[Triple]:
    case = node("")
    triples = [Triple(case, v.RDF_TYPE, v.PATIENT_CASE)]
    triples += [Triple(case, v.AGE_YEARS, n) for n in draw(st.lists(NUMBERS, max_size=2))]
    for index in range(draw(st.integers(0, 2))):
        sex = node(f"/sex/{index}")
        triples.append(Triple(case, v.HAS_SEX, sex))
        if draw(st.booleans()):
            triples.append(Triple(sex, v.RDF_TYPE, v.SEX))
    kinds = [(v.HAS_FINDING, v.FINDING), (v.DENIES_FINDING, v.FINDING), (v.HAS_EXPOSURE, v.EXPOSURE)]
    for index in range(draw(st.integers(0, 4))):
        link, cls = draw(st.sampled_from(kinds))
        here = node(f"/part/{index}")
        triples.append(Triple(case, link, here))
        if draw(st.integers(0, 5)):
            triples.append(Triple(here, v.RDF_TYPE, cls))
        for prop in draw(st.lists(st.sampled_from(QUANTITIES), max_size=3)):
            triples.append(Triple(here, prop, draw(NUMBERS)))
        for number, prop in enumerate(draw(st.lists(st.sampled_from(sorted(FILLERS)), max_size=3))):
            filler = node(f"/part/{index}/{number}")
            triples.append(Triple(here, prop, filler))
            if draw(st.integers(0, 4)):
                triples.append(Triple(filler, v.RDF_TYPE, FILLERS[prop]))
    return triples


@settings(max_examples=150)
@given(drafts())
def test_the_verdicts_are_equal(draft: list[Triple]) -> None:
    assert Counter(SHAPES.check(draft)) == Counter(SHAPES.check_by_engine(draft))


def test_the_drawn_drafts_break_most_rules() -> None:
    broken: Counter[str] = Counter()

    @settings(max_examples=100)
    @given(drafts())
    def count(draft: list[Triple]) -> None:
        broken.update({issue.code for issue in SHAPES.check(draft)})

    count()
    assert set(broken) == {
        "shape-MaxCount",
        "shape-Datatype",
        "shape-MinInclusive",
        "shape-MaxInclusive",
        "shape-Class",
    }


def test_the_shapes_of_the_package_are_compiled() -> None:
    shapes = rdflib.Graph()
    for file in shapes_dir().glob("*.ttl"):
        shapes.parse(file)
    assert compile_shapes(shapes) is not None


def test_a_shape_with_an_unknown_constraint_is_not_compiled() -> None:
    shapes = rdflib.Graph()
    for file in shapes_dir().glob("*.ttl"):
        shapes.parse(file)
    shapes.parse(data=f"<{v.LKG}AgeShape> <http://www.w3.org/ns/shacl#pattern> '1' .", format="turtle")
    assert compile_shapes(shapes) is None


def test_a_name_that_no_shape_speaks_of_conforms() -> None:
    assert SHAPES.check([Triple(node("/x"), v.RDF_TYPE, Iri("urn:x"))]) == ()
