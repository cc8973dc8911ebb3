"""The answer of a named query about one thing, as JSON that is JSON-LD: a node a row, its columns as properties."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.catalogue.keys import Context
from lumbarkg.catalogue.kinds import Topic
from lumbarkg.catalogue.represent import Representer, number_of
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.terms import Literal
from lumbarkg.sparql.library import NamedQuery
from lumbarkg.sparql.library_graph import query_iri

Value = Iri | Literal | None
_NUMBERS = frozenset(Iri(f"{v.XSD}{name}") for name in ("decimal", "integer", "double", "float"))


@dataclass(frozen=True)
class Rows:
    """A table: its columns, its rows as values in the order of the columns, and whether there are more rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    has_more: bool

    @staticmethod
    def read(content: bytes, limit: int) -> Rows:
        """At most ``limit`` rows of a result in SPARQL's JSON."""
        table = json.loads(content)
        columns = tuple(table["head"]["vars"])
        bindings = table["results"]["bindings"]
        rows = tuple(tuple(_read(row.get(column)) for column in columns) for row in bindings[:limit])
        return Rows(columns, rows, len(bindings) > limit)


class AnswerWriter:
    """Writes the answers to questions about things of one release."""

    def __init__(self, representer: Representer, terms: Terms) -> None:
        self._representer, self._terms = representer, terms

    def write(self, query: NamedQuery, topic: Topic, thing: Iri, table: Rows, language: str) -> dict[str, Any]:
        """The answer: what was asked of what, and a row for each solution."""
        context, mentions = Context(self._terms.prefixes), Context(self._terms.prefixes)
        context.unsaid("topic", "summary", "query")
        mentions.unsaid("name")
        of = self._representer.entry(thing, mentions, language)
        items = []
        for row in table.rows:
            item: dict[str, Any] = {}
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, Iri):
                    item[column] = self._representer.entry(value, mentions, language)
                elif value is not None:
                    item[column] = value.value if value.language else _plain(value)
            items.append(item)
        words = mentions.to_json()
        query_id = query_iri(query.name)
        context.define("about", {"@id": f"{query_id}#{topic.parameter}", "@context": words})
        for number, column in enumerate(table.columns):
            values = [row[number] for row in table.rows]
            tags = {value.language for value in values if isinstance(value, Literal)}
            entry: dict[str, Any] = {"@id": f"{query_id}#{column}"}
            if any(isinstance(value, Iri) for value in values):
                entry["@context"] = words
            if len(tags) == 1 and "" not in tags:
                entry["@language"] = tags.pop()
            context.define(column, entry)
        context.define("items", f"{query_id}#row")
        return {
            "@context": context.to_json(),
            "topic": topic.name,
            "summary": query.summary,
            "query": query.name,
            "about": of,
            "items": items,
        }


def _read(binding: dict[str, str] | None) -> Value:
    if binding is None:
        return None
    if binding["type"] == "uri":
        return Iri(binding["value"])
    if binding["type"] == "bnode":
        return None
    return Literal(binding["value"], Iri(binding.get("datatype", v.XSD_STRING)), binding.get("xml:lang", ""))


def _plain(literal: Literal) -> Any:
    if literal.datatype == v.XSD_BOOLEAN:
        return literal.is_true
    if literal.datatype in _NUMBERS:
        return number_of(literal)
    return literal.value
