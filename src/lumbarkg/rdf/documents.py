"""RDF documents that strangers send, read into N-Triples. Only pyoxigraph reads them: it follows no address."""

from __future__ import annotations

import pyoxigraph as ox

from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES, document_format
from lumbarkg.rdf.syntax_errors import document_issue

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
    rdf_format = document_format(media_type)
    if rdf_format is None:
        offered = ", ".join(GRAPH_MEDIA_TYPES)
        raise InvalidInputError(
            (error("media-type", "", f"'{media_type}' is no RDF format known here.", f"Send one of {offered}."),)
        )
    triples = set()
    try:
        for quad in ox.parse(content, format=rdf_format, base_iri=base, rename_blank_nodes=True):
            if quad.graph_name != ox.DefaultGraph():
                raise InvalidInputError((_NOT_ONE_GRAPH,))
            triples.add(quad.triple)
    except (SyntaxError, ValueError, OSError) as problem:
        raise InvalidInputError((document_issue(str(problem)),)) from problem
    return frozenset(triples)


def write_triples(triples: frozenset[ox.Triple]) -> bytes:
    """Triples as N-Triples, in an order of their own."""
    return ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.N_TRIPLES) or b""
