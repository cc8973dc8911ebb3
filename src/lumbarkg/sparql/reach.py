"""Which named graphs a query can reach: GRAPH is the only way to them."""

from __future__ import annotations

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.iris import resolve_all
from lumbarkg.sparql.tokens import tokenise, unescape

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def graphs_asked(text: str) -> frozenset[Iri] | None:
    """The graphs that GRAPH names in a query, None where a variable stands for any.

    The dataset is made of these, so that whatever were read wrongly here makes a query see less, never more.
    """
    # A query without these letters has no GRAPH; most have none, and need not be read twice.
    if "graph" not in text.casefold() and "\\" not in text:
        return frozenset()
    text = unescape(text)
    names: list[str] = []
    prologue_end = len(text)
    is_target = False
    for token in tokenise(text):
        if is_target:
            if not token.is_iri:
                return None
            names.append(token.text)
        is_target = token.is_word("GRAPH")
        if token.is_word(*_FORMS):
            prologue_end = min(prologue_end, token.start)
    try:
        return frozenset(resolve_all(text[:prologue_end], tuple(dict.fromkeys(names))))
    except QueryError:
        return None  # the store says what is wrong with it
