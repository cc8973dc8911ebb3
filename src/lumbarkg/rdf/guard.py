"""Documents that would hurt their parser, refused before it sees them.

Measured with pyoxigraph 0.5.13: some thousand triple terms one in another end the process, JSON-LD takes time with the
square of its depth, and entities of XML that hold entities grow without end.
"""

from __future__ import annotations

import re

from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import error

_DEEPEST = 100
_LONGEST_ENTITY = 256
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?[^\s>]+\s+(?:(SYSTEM|PUBLIC)\b|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_JSON_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_TERM_EDGE = re.compile(rb"<<|>>")


def refuse_hostile(content: bytes, media_type: str) -> None:
    """Raise InvalidInputError where a document is nested or expands beyond what any honest one does."""
    kind = media_type.partition(";")[0].strip().casefold()
    if kind.endswith("json"):
        _refuse_depth(_depth(_JSON_TOKEN, content, (b"[", b"{"), (b"]", b"}")))
    elif kind.endswith("xml"):
        _refuse_entities(content)
    else:
        _refuse_depth(_depth(_TERM_EDGE, content, (b"<<",), (b">>",)))


def _depth(pattern: re.Pattern[bytes], content: bytes, opening: tuple[bytes, ...], closing: tuple[bytes, ...]) -> int:
    depth = deepest = 0
    for found in pattern.finditer(content):
        token = found[0]
        if token in opening:
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > _DEEPEST:
                    break
        elif token in closing:
            depth -= 1
    return deepest


def _refuse_depth(depth: int) -> None:
    if depth > _DEEPEST:
        text = f"The document is nested more than {_DEEPEST} levels deep."
        raise InvalidInputError((error("too-deep", "", text, "Send it flat."),))


def _refuse_entities(content: bytes) -> None:
    if b"<!" not in content or b"<!ENTITY" not in content.upper():
        return
    for found in _ENTITY.finditer(content):
        value = found[3] or found[4] or b""
        if found[1] or found[2] or b"&" in value.replace(b"&#", b"") or len(value) > _LONGEST_ENTITY:
            text = "The document declares an entity that is external, holds another or is long."
            remedy = f"Write entities out; one of at most {_LONGEST_ENTITY} bytes, such as a namespace, is accepted."
            raise InvalidInputError((error("entity", "", text, remedy),))
