"""The operations that ask queries, but those of the single named queries."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, Field

from lumbarkg.catalogue.represent import ROOT
from lumbarkg.web.openapi import answers
from lumbarkg.web.openapi.operation import TURTLE, Operation

_RESULTS = "application/sparql-results+json"


class SparqlParameters(BaseModel):
    """A query."""

    query: str | None = Field(default=None, description="A SPARQL 1.1 query; without one the service is described.")


class QueryTags(BaseModel):
    """Which queries."""

    tag: str | None = Field(default=None, description="Only queries about this.")


def query_operations() -> Iterator[Operation]:
    """The list of named queries, and SPARQL."""
    yield Operation(
        "GET",
        f"{ROOT}/queries",
        "listQueries",
        "queries",
        "The named queries with their parameters and examples",
        answers.QueryList,
        query=QueryTags,
        refusals=(),
    )
    query = "SELECT ?term WHERE { ?term a <http://www.w3.org/2002/07/owl#Class> } LIMIT 3"
    yield Operation(
        "GET",
        "/sparql",
        "querySparql",
        "sparql",
        "Ask a SPARQL query",
        None,
        "SPARQL 1.1 Protocol. docs/sparql.md names the formats, graphs and limits.",
        query=SparqlParameters,
        query_example={"query": query},
        gives=(_RESULTS, "application/sparql-results+xml", "text/csv", "text/tab-separated-values", TURTLE),
        refusals=(400, 406, 503),
    )
    yield Operation(
        "POST",
        "/sparql",
        "postSparql",
        "sparql",
        "Ask a SPARQL query by its body",
        None,
        bodies={"application/sparql-query": query},
        gives=(_RESULTS, "application/sparql-results+xml", "text/csv", "text/tab-separated-values", TURTLE),
        refusals=(400, 406, 413, 415, 503),
    )
