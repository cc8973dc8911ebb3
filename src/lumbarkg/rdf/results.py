"""Tables of results read back: one column of one, a page cut to size, and one format turned into another."""

from __future__ import annotations

import json

import pyoxigraph as ox

from lumbarkg.rdf.formats import SOLUTION_FORMATS

JSON_RESULTS = "application/sparql-results+json"


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
