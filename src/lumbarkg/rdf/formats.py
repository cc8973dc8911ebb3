"""The media types of results and of graphs, best first, and the names by which clients also ask for them."""

from __future__ import annotations

import pyoxigraph as ox

SOLUTION_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}
SOLUTION_MEDIA_TYPES = tuple(SOLUTION_FORMATS)
GRAPH_MEDIA_TYPES = tuple(GRAPH_FORMATS)
# Name → the media types that it may mean; which of them fits depends on what the query gives.
MEDIA_TYPE_ALIASES = {
    "application/json": ("application/sparql-results+json", "application/ld+json"),
    "application/xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "text/xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "application/x-turtle": ("text/turtle",),
    "text/plain": ("application/n-triples",),
    "application/x-trig": ("application/trig",),
    "text/x-nquads": ("application/n-quads",),
}
# What the writers shorten IRIs with; the other formats have no prefixes.
PREFIXED_FORMATS = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML)
_TEXT = "; charset=utf-8"


def content_type(media_type: str) -> str:
    """The Content-Type of a media type: those of plain text say their encoding."""
    return media_type + _TEXT if media_type.startswith("text/") else media_type


def document_format(media_type: str) -> ox.RdfFormat | None:
    """The format of an RDF document that a client sends, None where it is not one of ours."""
    names = MEDIA_TYPE_ALIASES.get(media_type, (media_type,))
    return next((GRAPH_FORMATS[name] for name in names if name in GRAPH_FORMATS), None)
