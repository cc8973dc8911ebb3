"""How schemathesis writes bodies that are text and not JSON, and what it puts where only a name of the release fits."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

import schemathesis
from schemathesis.specs.openapi import checks

from lumbarkg.resources import release_dir

_LONGEST = 500
_MOMENT = "2026-11-25T08:00:00Z"
_CASES = [json.loads(f.read_text("utf-8")) for f in sorted((release_dir() / "examples").glob("*.json"))]
_LEAVE = 4
"""One word of so many stays as it was drawn, so that names that name nothing are sent too."""

# Wrong tokens of one address are refused by 429 once there were many, and this asks with many.
checks.AUTH_REJECTION_STATUSES |= {429}


def _words(name: str, *parts: str) -> list[str]:
    """What the fields of this name hold in the examples of the release."""
    held = [entry.get(name) for case in _CASES for part in parts for entry in case.get(part, [])]
    return sorted({word for found in held for word in (found if isinstance(found, list) else [found]) if word})


_NAMES = {name: _words(name, "findings") for name in ("finding", "location", "radiatesTo", "character", "aggravatedBy")}
_NAMES |= {name: _words(name, "exposures") for name in ("exercise", "faults")}
_NAMES |= {"laterality": ["Left", "Right"], "course": ["Worsening"], "sex": ["female", "male"]}


@schemathesis.serializer("application/x-ndjson", "application/sparql-query", "text/turtle")
def write_text(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def before_load_schema(_: Any, schema: dict[str, Any]) -> None:
    """This server is asked as through a proxy: a token is needed always."""
    for item in schema["paths"].values():
        for operation in item.values():
            operation["security"] = [choice for choice in operation["security"] if choice]


@schemathesis.hook
def map_body(_: Any, body: Any) -> Any:
    """Names in place of most texts that no schema tells from one: what was wrong with a body stays wrong."""
    return _named("", body)


def _named(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _named(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(name, item) for item in value]
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        return value
    if name in ("asOf", "reportedAt"):
        return _MOMENT
    drawn = crc32(value.encode("utf-8", "surrogatepass"))
    known = _NAMES.get(name)
    return known[drawn // _LEAVE % len(known)] if known and drawn % _LEAVE else value
