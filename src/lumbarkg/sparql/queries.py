"""What a query asks of its surroundings: the graphs of its FROM clauses, and the services that it wants to reach."""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.iris import resolve_all
from lumbarkg.sparql.tokens import Token, TokenKind, position_of, tokenise, unescape

_MOST_GRAPHS = 1000
_MOST_DEPTH = 200
_MOST_HEAD_TOKENS = 20_000
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True)
class DatasetClause:
    """The graphs that a request names for the default graph and for ``GRAPH``."""

    default: tuple[Iri, ...] = ()
    named: tuple[Iri, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.default or self.named)


def read_dataset(text: str) -> DatasetClause:
    """The FROM and FROM NAMED clauses of a query. Raises QueryError where their IRIs cannot be read."""
    # A query without these letters has no such clause; most have none, and need not be read twice.
    if "from" not in text.casefold() and "\\" not in text:
        return DatasetClause()
    text = unescape(text)
    default: list[str] = []
    named: list[str] = []
    prologue_end = 0
    head = _head(text)
    for position, token in enumerate(head):
        if token.is_word(*_FORMS) and not prologue_end:
            prologue_end = token.start
        elif token.is_word("FROM"):
            following = head[position + 1 : position + 3]
            if following and following[0].is_iri:
                default.append(following[0].text)
            elif len(following) == 2 and following[0].is_word("NAMED") and following[1].is_iri:
                named.append(following[1].text)
    if len(default) + len(named) > _MOST_GRAPHS:
        message = f"The query names more than {_MOST_GRAPHS} graphs."
        raise QueryError(message, (error("graphs", "/query", message, "Name fewer, or bind GRAPH to a variable."),))
    names = resolve_all(text[:prologue_end], (*default, *named))
    return DatasetClause(names[: len(default)], names[len(default) :])


def _head(text: str) -> list[Token]:
    """The tokens before the pattern of a query, among which the clauses stand.

    The pattern begins with the first brace outside of parentheses; with CONSTRUCT that one is the template's, unless
    WHERE came before it.
    """
    found: list[Token] = []
    parentheses = braces = 0
    for token in tokenise(text):
        if len(found) > _MOST_HEAD_TOKENS:
            message = f"More than {_MOST_HEAD_TOKENS} words stand before the pattern of the query."
            raise QueryError(message, (error("head", "/query", message, "Shorten the part before the pattern."),))
        parentheses += token.is_mark("(") - token.is_mark(")")
        is_template = bool(found) and found[-1].is_word("CONSTRUCT")
        if token.is_mark("{") and not (parentheses or braces or is_template):
            break
        braces += token.is_mark("{") - token.is_mark("}")
        found.append(token)
    return found


def refuse_nesting(text: str, path: str = "/query") -> None:
    """Raise QueryError where brackets stand deeper in each other than any parser can be asked to follow."""
    if sum(text.count(mark) for mark in "{([") <= _MOST_DEPTH:
        return
    depth = 0
    for token in tokenise(text):
        if token.kind is TokenKind.MARK:
            depth += (token.text in "{([") - (token.text in "})]")
        if depth > _MOST_DEPTH:
            line, column = position_of(text, token.start)
            message = f"Line {line}, column {column}: nested too deeply; {_MOST_DEPTH} levels of brackets are allowed."
            raise QueryError(message, (error("nesting", path, message, "Write it with fewer levels."),))


def refuse_services(text: str, path: str = "/query") -> None:
    """Raise QueryError where a query or update calls a SERVICE: nothing here reaches another server."""
    if "service" not in text.casefold() and "\\" not in text:
        return
    text = unescape(text)
    for token in tokenise(text):
        if token.is_word("SERVICE"):
            line, column = position_of(text, token.start)
            message = f"Line {line}, column {column}: SERVICE would reach outside this server, which is not allowed."
            raise QueryError(message, (error("service", path, message, "Query both servers, and join the results."),))
