"""The JSON keys of properties, and the JSON-LD context that gives each key back its property."""

from __future__ import annotations

from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri, Prefixes

_KEYS = {
    v.RDFS_LABEL: "label",
    v.RDFS_COMMENT: "comment",
    v.DEFINITION: "definition",
    v.DEFINITION_SOURCE: "definitionSource",
    v.EXACT_SYNONYM: "exactSynonym",
    v.BROAD_SYNONYM: "broadSynonym",
    v.NARROW_SYNONYM: "narrowSynonym",
    v.RELATED_SYNONYM: "relatedSynonym",
    v.REPLACED_BY: "replacedBy",
    v.OWL_DEPRECATED: "deprecated",
    v.SOURCE: "source",
}
UNSAID = ("name", "curie", "kind", "href", "code", "codeLabel", "links", "total", "query", "next")
"""Keys that help a program and state nothing: the context drops them from the RDF."""
STRUCTURE: dict[str, Any] = {
    "relations": "@nest",
    "incoming": "@reverse",
    "codes": "@nest",
    "parents": {"@id": v.RDFS_SUBCLASS_OF},
    "ancestors": {"@id": v.RDFS_SUBCLASS_OF},
    "children": {"@reverse": v.RDFS_SUBCLASS_OF},
    "descendants": {"@reverse": v.RDFS_SUBCLASS_OF},
    "items": "@graph",
}


def key_of(predicate: Iri, prefixes: Prefixes) -> str:
    """The key of a property: its name where it is ours, else a word of ours or its CURIE with an underscore."""
    if predicate in _KEYS:
        return _KEYS[predicate]
    if predicate.startswith((v.LKG, v.SKOS)):
        return predicate.local_name
    return prefixes.shorten(predicate).replace(":", "_")


class Context:
    """A JSON-LD context that holds the keys that were used, and no others."""

    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes
        self._terms: dict[str, Any] = {}

    def structure(self, key: str) -> str:
        """Use one of the fixed keys."""
        self._terms[key] = STRUCTURE[key]
        return key

    def unsaid(self, *keys: str) -> None:
        """Use keys that state nothing."""
        self._terms.update(dict.fromkeys(keys))

    def property(self, predicate: Iri) -> str:
        """Use the key of a property."""
        key = key_of(predicate, self._prefixes)
        known = self._terms.setdefault(key, str(predicate))
        if (known["@id"] if isinstance(known, dict) else known) != predicate:
            raise ValueError(f"The key {key} would mean two properties.")
        return key

    def strings(self, predicate: Iri, language: str, scope: dict[str, Any]) -> str:
        """Use the key of a property for strings in a language ('' for none).

        Where the key already stands for another language, ``scope``, the object that holds the strings, says so.
        """
        key = key_of(predicate, self._prefixes)
        entry: Any = {"@id": str(predicate), "@language": language} if language else str(predicate)
        known = self._terms.get(key)
        if known is None:
            self._terms[key] = entry
        elif known != entry:
            self.property(predicate)
            scope.setdefault("@context", {})[key] = {"@id": str(predicate), "@language": language or None}
        return key

    def define(self, key: str, meaning: Any) -> None:
        """Use a key of one answer alone."""
        self._terms[key] = meaning

    def to_json(self) -> dict[str, Any]:
        """The context itself."""
        return dict(sorted(self._terms.items()))
