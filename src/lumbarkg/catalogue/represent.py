"""A thing, a list of things or the answer to a question as JSON that is JSON-LD too: read as RDF it gives the facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lumbarkg import vocabulary as v
from lumbarkg.catalogue.facts import FactIndex, speaks
from lumbarkg.catalogue.keys import Context
from lumbarkg.catalogue.kinds import Kind
from lumbarkg.catalogue.typeahead import Hit
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Literal

ROOT = "/api/v1"
SECTIONS = ("parents", "ancestors", "children", "descendants", "relations", "incoming", "codes")
ALWAYS = ("@context", "@id", "@type", "name", "curie", "kind")
_LOCALISED = (v.RDFS_LABEL, v.DEFINITION, v.QUESTION, v.TEXT)
_NUMBERS = (v.XSD_DECIMAL, v.XSD_INTEGER)


@dataclass(frozen=True)
class View:
    """What of a thing a client wants to see, and in which language."""

    language: str = "en"
    fields: frozenset[str] = frozenset()
    """The keys to keep; all where empty."""
    expand: frozenset[str] = frozenset()
    """The sections whose things also carry definition, CURIE, kind and address."""


class Representer:
    """Writes things of one release."""

    def __init__(self, facts: FactIndex, kinds: dict[Iri, Kind]) -> None:
        """``kinds`` maps each thing that has an address of its own to its kind."""
        self._facts, self._kinds = facts, kinds

    def thing(self, iri: Iri, kind: Kind, view: View, links: dict[str, str]) -> dict[str, Any]:
        """One thing with its relations both ways."""
        facts, context = self._facts.read(iri), self._context()
        body: dict[str, Any] = {**self._head(iri, kind), **self._types(facts.types)}
        self._state(facts.literals, body, context, view.language)
        for section in ("parents", "ancestors", "children", "descendants"):
            things: tuple[Iri, ...] = getattr(facts, section)
            if kind.has_classes and _wants(view, section):
                body[context.structure(section)] = self._entries(things, section, view, context)
        for section, edges in (("relations", facts.relations), ("incoming", facts.incoming)):
            if _wants(view, section):
                body[context.structure(section)] = {
                    context.property(predicate): self._entries(things, section, view, context)
                    for predicate, things in edges.items()
                }
        if _wants(view, "codes"):
            body[context.structure("codes")] = self._codes(iri, context)
        if _wants(view, "links"):
            body["links"] = links
        if view.fields:
            body = {key: value for key, value in body.items() if key in ALWAYS or key in view.fields}
        return _with_context(context, body)

    def listing(self, iris: Iterable[Iri], kind: Kind, view: View) -> dict[str, Any]:
        """Several things with their literals."""
        context = self._context()
        context.unsaid("total", "next", "query")
        items = []
        for iri in iris:
            facts = self._facts.read_own(iri)
            item = {**self._head(iri, kind), **self._types(facts.types)}
            self._state(facts.literals, item, context, view.language)
            if view.fields:
                item = {key: value for key, value in item.items() if key in ALWAYS or key in view.fields}
            items.append({**item, "href": address(iri, kind)})
        return _with_context(context, {context.structure("items"): items})

    def hits(self, hits: Iterable[Hit], view: View) -> dict[str, Any]:
        """What a search found, the best first; score and matched name state nothing of the thing."""
        context = self._context()
        context.unsaid("score", "matched", "matchedAs", "query")
        items = []
        for hit in hits:
            kind = self._kinds[hit.thing]
            items.append(
                {
                    **self.entry(hit.thing, context, view.language),
                    "kind": kind.name,
                    "href": address(hit.thing, kind),
                    "score": hit.score,
                    "matched": hit.name.text,
                    "matchedAs": hit.name.source,
                }
            )
        return _with_context(context, {context.structure("items"): items})

    def entry(self, iri: Iri, context: Context, language: str, *, is_expanded: bool = False) -> dict[str, Any]:
        """A mention of a thing: its name and label, and what else ``expand`` asks for."""
        found: dict[str, Any] = {"@id": str(iri), "name": _name(iri)}
        for predicate in (v.RDFS_LABEL, v.DEFINITION) if is_expanded else (v.RDFS_LABEL,):
            literal = self._facts.literal(iri, predicate, language)
            if literal is None:
                continue
            found[context.strings(predicate, literal.language, found)] = literal.value
        if is_expanded:
            found["curie"] = self._facts.terms.curie(iri)
            kind = self._kinds.get(iri)
            if kind is not None:
                found |= {"kind": kind.name, "href": address(iri, kind)}
        return found

    # ------------------------------------------------------------ parts

    def _context(self) -> Context:
        context = Context(self._facts.terms.prefixes)
        context.unsaid("name", "curie", "kind", "href", "code", "codeLabel", "links")
        return context

    def _head(self, iri: Iri, kind: Kind) -> dict[str, Any]:
        return {"@id": str(iri), "name": _name(iri), "curie": self._facts.terms.curie(iri), "kind": kind.name}

    @staticmethod
    def _types(types: tuple[Iri, ...]) -> dict[str, Any]:
        return {"@type": [str(t) for t in types]} if types else {}

    def _state(
        self, literals: dict[Iri, tuple[Literal, ...]], body: dict[str, Any], context: Context, language: str
    ) -> None:
        """Put the literals into an object: those in the language, else those in the first that there is."""
        for predicate, values in literals.items():
            spoken = [o for o in values if o.language]
            chosen = [o for o in spoken if speaks(o, language)] or [
                o for o in spoken if o.language == spoken[0].language
            ]
            shown = [_value(o) for o in chosen or values]
            is_many = predicate in self._facts.many_valued and predicate not in _LOCALISED
            key = context.strings(predicate, chosen[0].language if chosen else "", body)
            body[key] = shown if is_many else shown[0]

    def _entries(self, things: tuple[Iri, ...], section: str, view: View, context: Context) -> list[dict[str, Any]]:
        return [self.entry(thing, context, view.language, is_expanded=section in view.expand) for thing in things]

    def _codes(self, iri: Iri, context: Context) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for mapping in self._facts.read_codes(iri):
            predicate = self._facts.terms.prefixes.expand(mapping.predicate)
            if predicate is None or mapping.object_iri is None:
                continue
            entry = {"@id": str(mapping.object_iri), "code": mapping.object}
            if mapping.object_label:
                entry["codeLabel"] = mapping.object_label
            found.setdefault(context.property(predicate), []).append(entry)
        return found


def address(iri: Iri, kind: Kind) -> str:
    """Where a thing is found."""
    return f"{ROOT}/{kind.name}/{quote(_name(iri))}"


def _with_context(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """The body under its context; what only this one object says of the context comes last."""
    own = body.pop("@context", None)
    return {"@context": [context.to_json(), own] if own else context.to_json(), **body}


def _name(iri: Iri) -> str:
    return iri.local_name


def _wants(view: View, key: str) -> bool:
    return not view.fields or key in view.fields


def _value(literal: Literal) -> Any:
    if literal.datatype == v.XSD_BOOLEAN:
        return literal.is_true
    return number_of(literal) if literal.datatype in _NUMBERS else literal.value


def number_of(literal: Literal) -> int | float:
    """A number as JSON writes it. Read as RDF, one with a fraction is an xsd:double of the same value."""
    number = literal.number
    return int(number) if number == number.to_integral_value() else float(number)
