"""SPARQL as a sequence of tokens, after the terminals of the SPARQL 1.1 grammar.

Where ``<`` could begin an IRI it does, as the longest match of the grammar has it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

_PN_LOCAL_ESCAPE = r"\\[_~.\-!$&'()*+,;=/?#@%]"
_PN_LOCAL = rf"(?:[\w:\-]|%[0-9A-Fa-f]{{2}}|{_PN_LOCAL_ESCAPE})"
_TERMINALS = re.compile(
    r"""
    (?P<space> [ \t\r\n]+ | \#[^\r\n]* )
  | (?P<iri> <[^<>"{}|^`\x00-\x20]*> )
  | (?P<string> \"\"\"(?:[^"\\]|\\.|"(?!\"\"))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
              | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
  | (?P<variable> [?$]\w+ )
  | (?P<blank> _:[\w](?:[\w.\-]*[\w\-])? )
  | (?P<prefixed> (?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:LOCAL(?:(?:LOCAL|\.)*LOCAL)?)? )
  | (?P<word> [A-Za-z][A-Za-z0-9_]* )
  | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<number> (?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)? )
  | (?P<mark> . )
    """.replace("LOCAL", _PN_LOCAL),
    re.VERBOSE | re.DOTALL,
)
_TURN = 500
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class TokenKind(Enum):
    """What a token is; ``WORD`` holds the keywords, ``MARK`` any other single character."""

    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    BLANK = "blank"
    PREFIXED = "prefixed"
    WORD = "word"
    LANGUAGE = "language"
    NUMBER = "number"
    MARK = "mark"


class Token(NamedTuple):
    """A token with its place in the text."""

    kind: TokenKind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the keywords, which are given in capitals."""
        return self.kind is TokenKind.WORD and self.text.upper() in words

    def is_mark(self, mark: str) -> bool:
        """Whether this is a certain punctuation character."""
        return self.kind is TokenKind.MARK and self.text == mark

    @property
    def is_iri(self) -> bool:
        """Whether this is an IRI, written out or with a prefix."""
        return self.kind in (TokenKind.IRI, TokenKind.PREFIXED)


_KINDS = {kind.value: kind for kind in TokenKind}


def unescape(text: str) -> str:
    """The text with its codepoint escapes resolved, as the grammar wants before anything else (§19.2)."""
    if "\\u" not in text and "\\U" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        number = int(match[1] or match[2], 16)
        return chr(number) if number < 0x110000 else match[0]

    return _ESCAPE.sub(character, text)


def tokenise(text: str) -> Iterator[Token]:
    """The tokens of a text, without white space and comments.

    Reading a megabyte takes half a second: other threads get their turn in between.
    """
    for number, match in enumerate(_TERMINALS.finditer(text), start=1):
        if number % _TURN == 0:
            time.sleep(0)
        name = match.lastgroup
        if name != "space" and name is not None:
            yield Token(_KINDS[name], match[0], match.start(), match.end())


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a place in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
