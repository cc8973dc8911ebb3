"""The headers that operations take and send beside the usual ones, in the words of OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Header:
    """A header: its name, what it is for, and what it may hold where that is not any text."""

    name: str
    description: str
    pattern: str = ""

    def schema(self) -> dict[str, Any]:
        """What it may hold, as JSON Schema."""
        return {"type": "string", **({"pattern": self.pattern} if self.pattern else {})}

    def as_parameter(self) -> dict[str, Any]:
        """As a parameter of a request."""
        return {"name": self.name, "in": "header", "description": self.description, "schema": self.schema()}

    def as_answer(self) -> dict[str, Any]:
        """As a header of an answer."""
        return {"description": self.description, "schema": self.schema()}


IF_MATCH = Header("If-Match", "The ETag that the case must still have, or * for any: 412 where somebody was faster.")
IF_NEW = Header("If-None-Match", "Only *: store the case only if there is none under this id, else 412.", r"^\*$")
IF_CHANGED = Header("If-None-Match", "The ETag of what the client has: 304 where nothing changed.")
REVISION_TAG = Header("ETag", "The revision of the case; send it in If-Match to replace or erase just this one.")
RELEASE_TAG = Header("ETag", "Changes only with the release.")
LOCATION = Header("Location", "The address of the case, where it is new.")
NEXT_PAGE = Header("Link", "The next page (rel=next), where there is one.")
SAME_BY_QUERY = Header("Link", "The named query that gives the same (describedby), and pages.")
NEAREST_QUERY = Header("Link", "The nearest named query (related): no query ranks, or forgives typos.")
CHALLENGE = Header("WWW-Authenticate", "How to authenticate: Bearer.")
RETRY_AFTER = Header("Retry-After", "Seconds to wait before it is sent again.")
