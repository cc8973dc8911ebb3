"""What a query asks of its surroundings: the graphs of its FROM clauses, and the services that it wants to reach."""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.iris import resolve_all
from lumbarkg.sparql.tokens import position_of, tokenise, unescape

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
    prologue_end: int | None = None
    tokens = list(tokenise(text))
    for position, token in enumerate(tokens):
        if prologue_end is None and token.is_word(*_FORMS):
            prologue_end = token.start
        # FROM is a keyword of nothing else, and stands before the pattern.
        elif prologue_end is not None and token.is_word("FROM"):
            following = tokens[position + 1 : position + 3]
            if following and following[0].is_iri:
                default.append(following[0].text)
            elif len(following) == 2 and following[0].is_word("NAMED") and following[1].is_iri:
                named.append(following[1].text)
    names = resolve_all(text[:prologue_end], (*default, *named))
    return DatasetClause(names[: len(default)], names[len(default) :])


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
