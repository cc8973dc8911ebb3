"""Results read back: collected whole, one column of a table, a page cut to size, one format turned into another."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyoxigraph as ox

from lumbarkg.rdf.formats import SOLUTION_FORMATS

JSON_RESULTS = "application/sparql-results+json"


class Collector:
    """A sink that keeps a whole result in memory; see ``dataset.Sink``."""

    def __init__(self) -> None:
        self.media_type = ""
        self._pieces: list[bytes] = []

    @property
    def content(self) -> bytes:
        """All that was written."""
        return b"".join(self._pieces)

    def begin(self, media_type: str) -> None:
        """Remember the media type."""
        self.media_type = media_type

    def write(self, content: bytes, /) -> int:
        """Keep a piece."""
        self._pieces.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing moves on."""

    def count(self, triples: Iterable[ox.Triple]) -> Iterable[ox.Triple]:
        """All of them."""
        return triples


def first_column(content: bytes) -> list[str]:
    """The values of the first column of a table in JSON, where bound."""
    table = json.loads(content)
    first = table["head"]["vars"][0]
    return [row[first]["value"] for row in table["results"]["bindings"] if first in row]


def cut(content: bytes, limit: int) -> tuple[bytes, bool]:
    """The first ``limit`` rows of a table in JSON, and whether there were more."""
    table = json.loads(content)
    rows = table["results"]["bindings"]
    if len(rows) <= limit:
        return content, False
    table["results"]["bindings"] = rows[:limit]
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode(), True


def convert(content: bytes, media_type: str) -> bytes:
    """A table in JSON in another of the result formats."""
    if media_type == JSON_RESULTS:
        return content
    results = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    return results.serialize(format=SOLUTION_FORMATS[media_type]) or b""
