"""Rows are counted right in whatever a result holds, in whatever pieces it comes."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.rdf.formats import SOLUTION_FORMATS
from lumbarkg.store.frames import Frame, Kind, Unpacker, pack
from lumbarkg.store.rows import RowCounter

# Text that looks like the structure of a result.
TEXT = st.text(st.sampled_from('{}[],:"\\\n\r\t<>&/ a'), max_size=12) | st.sampled_from(
    ['"}},{"', "<result>", "</result><result>", '},{"x":{', "\r\n", '\\"', "[{"]
)
ROWS = st.lists(st.lists(st.none() | TEXT, min_size=2, max_size=2), max_size=8)


def _literal(text: str) -> str:
    return '"' + text.translate({ord(c): f"\\u{ord(c):04X}" for c in '"\\\n\r\t'}) + '"'


@given(rows=ROWS, size=st.integers(1, 40), media_type=st.sampled_from(sorted(SOLUTION_FORMATS)))
def test_rows_are_counted(rows: list[list[str | None]], size: int, media_type: str) -> None:
    values = " ".join(f"({' '.join('UNDEF' if cell is None else _literal(cell) for cell in row)})" for row in rows)
    results = ox.Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {values} }} }}")
    content = results.serialize(format=SOLUTION_FORMATS[media_type])
    counter = RowCounter(media_type)
    for start in range(0, len(content), size):
        counter.feed(content[start : start + size])
    assert counter.rows == len(rows), content


def test_a_graph_has_no_rows() -> None:
    assert RowCounter("text/turtle").feed(b"<a> <b> <c> .\n") == 0


HEADS = st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers(), min_size=1, max_size=3)


@given(
    frames=st.lists(st.tuples(st.sampled_from(Kind), HEADS, st.binary(max_size=50)), max_size=6),
    size=st.integers(1, 20),
)
def test_frames_come_back_as_they_were(frames: list[tuple[Kind, dict[str, object] | None, bytes]], size: int) -> None:
    content = b"".join(pack(*frame) for frame in frames)
    unpacker = Unpacker()
    found: list[Frame] = []
    for start in range(0, len(content), size):
        found += unpacker.feed(content[start : start + size])
    assert [frame[:3] for frame in found] == [(kind, head or {}, body) for kind, head, body in frames]
    assert b"".join(frame.raw for frame in found) == content


@pytest.mark.parametrize("literal", ["x" * 200_000, '\\"' * 100_000])
def test_a_long_literal_is_read_once(literal: str) -> None:
    """In time proportional to its length: the string is not searched again with every piece."""
    content = ('{"results":{"bindings":[{"a":{"value":"' + literal + '"}},{"a":{"value":"b"}}]}}').encode()
    counter = RowCounter("application/sparql-results+json")
    for start in range(0, len(content), 1000):
        counter.feed(content[start : start + 1000])
    assert counter.rows == 2
