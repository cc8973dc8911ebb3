"""Reading and writing RDF documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

import pyoxigraph as ox

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Literal, Subject, Term, Triple


class Syntax(Enum):
    """A concrete syntax for one graph."""

    TURTLE = "turtle"
    RDF_XML = "rdfxml"
    N_TRIPLES = "ntriples"
    JSON_LD = "jsonld"


_FORMATS = {
    Syntax.TURTLE: ox.RdfFormat.TURTLE,
    Syntax.RDF_XML: ox.RdfFormat.RDF_XML,
    Syntax.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    Syntax.JSON_LD: ox.RdfFormat.JSON_LD,
}
# The writers that shorten IRIs by prefixes.
_PREFIXED = (Syntax.TURTLE, Syntax.RDF_XML)


def parse(content: bytes, syntax: Syntax = Syntax.TURTLE, *, source: str = "document") -> list[Triple]:
    """The triples of a document, in its order.

    Raises OntologyError naming ``source`` and the place where the document is not well-formed.
    """
    iris = _Iris()
    try:
        return [triple_from(quad, iris.__getitem__) for quad in ox.parse(content, format=_FORMATS[syntax])]
    except (SyntaxError, ValueError) as problem:
        raise OntologyError(f"{source}: not well-formed {syntax.name}: {problem}") from problem


def serialise(triples: Iterable[Triple], syntax: Syntax, prefixes: Mapping[str, str]) -> bytes:
    """The triples as a document, in the order given, so that equal input gives equal bytes."""
    if syntax is Syntax.N_TRIPLES:
        return _write_lines(triples)
    document = ox.serialize(
        [ox.Triple(_to_ox_subject(t.subject), ox.NamedNode(t.predicate), to_ox(t.object)) for t in triples],
        format=_FORMATS[syntax],
        prefixes=dict(prefixes) if syntax in _PREFIXED else None,
    )
    if document is None:
        raise OntologyError("The RDF writer returned nothing.")
    return document


def _write_lines(triples: Iterable[Triple]) -> bytes:
    """N-Triples, a line each. A graph names the same terms again and again: each is written once."""
    nodes, others = _Written(), _Written()  # apart, because as strings a blank node and an IRI may be equal

    def write(term: Term) -> str:
        return nodes[term] if isinstance(term, BNode) else others[term]

    return "".join([f"{write(s)} {others[p]} {write(o)} .\n" for s, p, o in triples]).encode()


class _Written(dict[Term, str]):
    """A term → as N-Triples write it."""

    def __missing__(self, term: Term) -> str:
        text = self[term] = render_term(term)
        return text


def render_term(term: Term) -> str:
    """A term as SPARQL and N-Triples write it, with everything escaped that could end it."""
    return str(to_ox(term))


def to_ox(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """A term of ours as one of pyoxigraph's."""
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(term.value, language=term.language)
        return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))
    return _to_ox_subject(term)


def _to_ox_subject(term: Subject) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(term) if isinstance(term, BNode) else ox.NamedNode(term)


class _Iris(dict[str, Iri]):
    """One object for all places where a document names an IRI: a large graph names the same few thousand."""

    def __missing__(self, text: str) -> Iri:
        iri = self[text] = Iri(text)
        return iri


def triple_from(quad: ox.Quad | ox.Triple, iri: Callable[[str], Iri] = Iri) -> Triple:
    """A triple of pyoxigraph's as one of ours, its IRIs made by ``iri``.

    Raises ValueError where it holds a triple term.
    """
    subject = quad.subject
    if not isinstance(subject, ox.NamedNode | ox.BlankNode):
        raise ValueError("a triple term as subject is not supported")
    return Triple(
        BNode(subject.value) if isinstance(subject, ox.BlankNode) else iri(subject.value),
        iri(quad.predicate.value),
        _term_from(quad.object, iri),
    )


def _term_from(term: object, iri: Callable[[str], Iri]) -> Term:
    if isinstance(term, ox.NamedNode):
        return iri(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        return Literal(term.value, iri(term.datatype.value), term.language or "")
    raise ValueError("a triple term as object is not supported")
