"""What the SPARQL and RDF parsers say of a mistake, as an issue with line and column."""

from __future__ import annotations

import re

from lumbarkg.errors import QueryError
from lumbarkg.issues import Issue, error

_SPARQL = re.compile(r"^error at (\d+):(\d+): (.*)$", re.DOTALL)
_DOCUMENT = re.compile(r"^Parser error at line (\d+) column (\d+)(?: and .*?)?: (.*)$", re.DOTALL)
_CHARACTERS = re.compile(r"\[[^\]]*\]")
_MOST_EXPECTED = 8
_REMEDY = "Correct the query; its grammar is https://www.w3.org/TR/sparql11-query/#grammar."


def syntax_error(message: str, path: str = "/query") -> QueryError:
    """The refusal of a query that is not SPARQL, made from the parser's message."""
    found = _SPARQL.match(message)
    if found is None:
        return QueryError(message, (error("syntax", path, message, _REMEDY),))
    line, column, expected = found.groups()
    words = _expected_words(expected)
    text = f"Line {line}, column {column}: not SPARQL" + (f"; expected {words}." if words else ".")
    return QueryError(text, (error("syntax", path, text, _REMEDY),))


def document_issue(message: str) -> Issue:
    """The issue of an RDF document that is not well-formed, made from the parser's message."""
    found = _DOCUMENT.match(message)
    text = f"Line {found[1]}, column {found[2]}: {found[3]}" if found else message
    return error("rdf-syntax", "", text, "Correct the document, or send the Content-Type that it is written in.")


def _expected_words(expected: str) -> str:
    """The parser's list of what it expected, without its character classes; '' where nothing readable is left."""
    listed = expected.removeprefix("expected ").removeprefix("one of ")
    words = [w.strip() for w in _CHARACTERS.sub("", listed).replace("\n", " ").split(", ")]
    words = [w for w in dict.fromkeys(words) if w and not w.startswith(("|", "'"))]
    more = " …" if len(words) > _MOST_EXPECTED else ""
    return ", ".join(words[:_MOST_EXPECTED]) + more
