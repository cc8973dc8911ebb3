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
_DECLARATION = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY[ \t\r\n]+[A-Za-z_][A-Za-z0-9_.-]*[ \t\r\n]+(?:\"([^\"<&]*)\"|'([^'<&]*)')[ \t\r\n]*>")
"""The one form of an entity that is let through: a name and a short text that holds no other and no markup."""
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
    """Refuse every declaration that is not of the one form, whatever the parser would make of it.

    pyoxigraph takes more than XML has (no space after ENTITY, a space that is none in XML, one within a comment), so
    that to look for what is bad finds too little.
    """
    if b"\x00" in content:
        text = "The document is not in UTF-8."
        raise InvalidInputError((error("encoding", "", text, "Send UTF-8, without NUL bytes."),))
    for declaration in _DECLARATION.finditer(content):
        entity = _ENTITY.match(content, declaration.start())
        if entity is None or len(entity[1] or entity[2] or b"") > _LONGEST_ENTITY:
            text = "The document declares an entity that is external, holds another or markup, or is long."
            remedy = f"Write entities out; one of at most {_LONGEST_ENTITY} bytes, such as a namespace, is accepted."
            raise InvalidInputError((error("entity", "", text, remedy),))
