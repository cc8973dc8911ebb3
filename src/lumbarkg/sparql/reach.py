"""Which of the named graphs that a query may see it can reach: GRAPH is the only way to them."""

from __future__ import annotations

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.iris import resolve_all
from lumbarkg.sparql.tokens import tokenise, unescape
from lumbarkg.store.port import GraphSelection

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def narrow(selection: GraphSelection, text: str) -> GraphSelection:
    """The same dataset without named graphs that the query has no GRAPH for; its answer is the same.

    Whatever was read wrongly here makes a query see less, never more: the result is its dataset.
    """
    if not selection.named:
        return selection
    asked = _graphs_asked(text)
    if asked is None:
        return selection
    return GraphSelection(selection.default, tuple(name for name in selection.named if name in asked))


def _graphs_asked(text: str) -> frozenset[Iri] | None:
    """The graphs that GRAPH names, None where a variable stands for any."""
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
