"""RDF documents that strangers send, read into N-Triples. Only pyoxigraph reads them: it follows no address."""

from __future__ import annotations

import pyoxigraph as ox

from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES, document_format
from lumbarkg.rdf.guard import refuse_hostile
from lumbarkg.rdf.syntax import triple_from
from lumbarkg.rdf.syntax_errors import document_issue
from lumbarkg.rdf.terms import Triple

_NOT_ONE_GRAPH = error(
    "not-one-graph",
    "",
    "The document names graphs of its own.",
    "Send the triples of one graph: a document that goes into a graph holds no other.",
)


def read_triples(content: bytes, media_type: str, base: Iri) -> frozenset[ox.Triple]:
    """The triples of a document; blank nodes get fresh names, so that none meets one of another document.

    Raises InvalidInputError where the document is not well-formed, is in no known format or holds named graphs.
    """
    return frozenset(_parse(content, media_type, base))


def write_triples(triples: frozenset[ox.Triple]) -> bytes:
    """Triples as N-Triples, in an order of their own."""
    return ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.N_TRIPLES) or b""


def read_own_triples(content: bytes, media_type: str, base: Iri) -> list[Triple]:
    """The triples of a document in our own words, in its order. Raises InvalidInputError as above."""
    found = _parse(content, media_type, base)
    try:
        return [triple_from(triple) for triple in found]
    except ValueError as problem:
        text = "The document holds a triple term."
        raise InvalidInputError((error("triple-term", "", text, "Send plain triples."),)) from problem


def _parse(content: bytes, media_type: str, base: Iri) -> dict[ox.Triple, None]:
    rdf_format = document_format(media_type)
    if rdf_format is None:
        offered = ", ".join(GRAPH_MEDIA_TYPES)
        raise InvalidInputError(
            (error("media-type", "", f"'{media_type}' is no RDF format known here.", f"Send one of {offered}."),)
        )
    refuse_hostile(content, media_type)
    triples: dict[ox.Triple, None] = {}
    try:
        for quad in ox.parse(content, format=rdf_format, base_iri=base, rename_blank_nodes=True):
            if quad.graph_name != ox.DefaultGraph():
                raise InvalidInputError((_NOT_ONE_GRAPH,))
            triples[quad.triple] = None
    except (SyntaxError, ValueError, OSError) as problem:
        raise InvalidInputError((document_issue(str(problem)),)) from problem
    return triples
