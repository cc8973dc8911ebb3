"""Answers as bytes: the same as the plain rendering gives, whatever was written before them."""

from __future__ import annotations

import json
import sys
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from lumbarkg.assessment import ContradictoryCaseError, assess, load_engine, read_case
from lumbarkg.compact import assess_compact
from lumbarkg.errors import InvalidInputError
from lumbarkg.render.encode import Fragments, Listed, encode_json
from lumbarkg.render.json import AssessmentEncoder, render_assessment
from lumbarkg.render.rdf import render_rdf
from lumbarkg.render.text import render_text
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sensitivity import with_sensitivity
from tests.laws.cases import cases

ENGINE = load_engine(release_dir(), shapes_dir())
_ROUGH = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@settings(max_examples=100, deadline=None, suppress_health_check=_ROUGH)
@given(cases(ENGINE), st.booleans())
def test_an_encoded_answer_is_the_rendered_one(document: dict[str, Any], with_flips: bool) -> None:
    """Byte for byte in the order of fields, and number for number as Python's own writer and reader have them."""
    try:
        case = read_case(document, ENGINE)
        assessment = assess(case, ENGINE)
    except (InvalidInputError, ContradictoryCaseError):
        assume(False)
    if with_flips:
        assessment = with_sensitivity(case, assessment, ENGINE)
    rendered = render_assessment(assessment, ENGINE.sources)
    encoded = ENGINE.encoder.encode(assessment)
    assert encoded == encode_json(rendered)
    assert json.loads(encoded) == rendered == json.loads(json.dumps(rendered))
    compact = assess_compact(case, ENGINE)
    assert json.loads(encode_json(compact)) == compact == json.loads(json.dumps(compact))
    short, full = compact["differential"], rendered["differential"]
    assert short == [{name: row[name] for name in short[0]} for row in full]


def test_to_render_otherwise_changes_nothing() -> None:
    """Parts are shared between answers: no renderer may change what it is given."""
    document = {"findings": [{"finding": "LowBackPain", "severity": 4}], "exposures": [{"exercise": "Deadlift"}]}
    assessment = assess(read_case(document, ENGINE), ENGINE)
    before = ENGINE.encoder.encode(assessment)
    for render in (render_text, lambda a: render_rdf(a, "text/turtle"), lambda a: render_rdf(a, "application/ld+json")):
        assert render(render_assessment(assessment, ENGINE.sources))
    assert encode_json(render_assessment(assessment, ENGINE.sources)) == before
    assert AssessmentEncoder(ENGINE.sources).encode(assessment) == before


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_as_the_same(number: float) -> None:
    assert json.loads(encode_json(number)) == number == json.loads(json.dumps(number))


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_reads_back_as_the_same(text: str) -> None:
    assert json.loads(encode_json({"text": text})) == {"text": text}


@given(
    st.lists(st.text(max_size=3), unique=True, max_size=8), st.frozensets(st.text(max_size=3), max_size=8), st.data()
)
def test_a_list_without_some_is_the_list_of_the_others(
    values: list[str], foreign: frozenset[str], data: st.DataObject
) -> None:
    """Whatever is left out: nothing, the last, all, or what the list never had; and as often as one likes."""
    listed = Listed(lambda value: {"value": value}, values)
    chosen: frozenset[str] = data.draw(st.frozensets(st.sampled_from(values))) if values else frozenset()
    for left_out in (foreign | chosen, chosen, frozenset(values), frozenset[str]()):
        others = [{"value": value} for value in values if value not in left_out]
        assert encode_json(listed.without(left_out)) == encode_json(others)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_fragments_are_of_the_value_that_was_given(asked: list[tuple[int, bool]]) -> None:
    """Also when the memory overflows, and for equal values that are other objects."""
    fragments, kept = Fragments(most_bytes=40), [[number] for number in range(10)]

    def double(value: list[int]) -> list[int]:
        return value * 2

    for number, is_kept in asked:
        value = kept[number] if is_kept else [number]
        assert encode_json(fragments.write(double, value)) == encode_json([number, number])
        assert encode_json(fragments.write(list, value)) == encode_json([number])


def test_fragments_stay_within_their_bytes() -> None:
    fragments = Fragments(most_bytes=10_000)
    for number in range(5_000):
        fragments.write(str, [number] * 10)
    assert sum(len(text) for text in map(encode_json, (f for _, f in fragments._written.values()))) < 10_200
    assert sys.getsizeof(fragments._written) < 50_000
