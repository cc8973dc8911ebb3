"""The operations of the API: what each takes and gives, with an example that runs.

Nothing clinical stands here: the examples are made from the release and from the headers of the named queries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess, read_case
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.catalogue.kinds import KINDS, Kind, Topic
from lumbarkg.catalogue.represent import ROOT
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import BNode, Triple
from lumbarkg.sparql.library import NamedQuery
from lumbarkg.web import batch
from lumbarkg.web.assessment_models import AssessmentParameters, BatchParameters
from lumbarkg.web.openapi import answers, cases
from lumbarkg.web.resource_models import (
    ClassListParameters,
    RowListParameters,
    SearchParameters,
    TermName,
    ThingParameters,
    TopicParameters,
)

JSON, JSON_LD, TURTLE, TEXT = "application/json", "application/ld+json", "text/turtle", "text/plain"
_RESULTS = "application/sparql-results+json"


class TermPath(BaseModel):
    """The thing of an address."""

    term: TermName


class NoParameters(BaseModel):
    """No parameters."""


class SparqlParameters(BaseModel):
    """A query."""

    query: str | None = Field(default=None, description="A SPARQL 1.1 query; without one the service is described.")


class SkippedParameters(BaseModel):
    """What need not be asked."""

    model_config = ConfigDict(extra="allow")

    skip: str | None = Field(default=None, description="A property that cannot be answered, such as ageYears.")


class QueryTags(BaseModel):
    """Which queries."""

    tag: str | None = Field(default=None, description="Only queries about this.")


@dataclass(frozen=True)
class Operation:
    """One method at one address. ``bodies`` maps the media types of a body to an example of each."""

    method: str
    rule: str
    name: str
    tag: str
    summary: str
    answer: type[BaseModel] | None = None
    description: str = ""
    path: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    bodies: dict[str, Any] = field(default_factory=dict)
    gives: tuple[str, ...] = (JSON,)
    path_example: dict[str, str] = field(default_factory=dict)
    query_example: dict[str, Any] = field(default_factory=dict)
    refusals: tuple[int, ...] = (400,)
    is_cached: bool = False


@dataclass(frozen=True)
class Sources:
    """What examples are made from."""

    engine: Engine
    catalogue: Catalogue
    library: dict[str, NamedQuery]
    cases: tuple[dict[str, Any], ...]
    """Example cases of the release."""


def operations(sources: Sources) -> tuple[Operation, ...]:
    """All operations but those of the single named queries."""
    return (*_assessments(sources), *_resources(sources), *_queries())


def _assessments(sources: Sources) -> Iterator[Operation]:
    case = sources.cases[0]
    condition = _leading(case, sources.engine)
    question = {"case": case, "condition": condition}
    refusals = (400, 413, 415, 422)
    yield Operation(
        "POST",
        f"{ROOT}/assessments",
        "assess",
        "assessments",
        "Assess a case",
        answers.Assessment,
        "Triage, ranked causes with intervals, reasons, next questions and advice. Nothing is stored.",
        query=AssessmentParameters,
        body=cases.Case,
        bodies={JSON: case, JSON_LD: _json_ld(sources), TURTLE: _turtle(sources)},
        gives=(JSON, JSON_LD, TURTLE, TEXT),
        query_example={"view": "compact"},
        refusals=(*refusals[:1], 406, *refusals[1:]),
    )
    yield Operation(
        "POST",
        f"{ROOT}/assessments/batch",
        "assessBatch",
        "assessments",
        "Assess many cases, one a line",
        None,
        f"NDJSON: a case a line, at most {batch.MOST_LINES} of at most {batch.LONGEST_LINE} bytes. The answer is, for "
        'each in the same order, {"line": n, "assessment": …} or {"line": n, "problem": …}.',
        query=BatchParameters,
        bodies={batch.NDJSON: "\n".join(json.dumps(c) for c in sources.cases) + "\n"},
        gives=(batch.NDJSON,),
        refusals=(400, 413, 415),
    )
    for path, name, summary, answer in (
        ("why", "explain", "Why a condition is suggested", answers.Why),
        ("why-not", "explainAbsence", "What is missing for a condition", answers.WhyNot),
    ):
        yield Operation(
            "POST",
            f"{ROOT}/assessments/{path}",
            name,
            "assessments",
            summary,
            answer,
            body=cases.WhyRequest,
            bodies={JSON: question},
            gives=(JSON, TURTLE),
            refusals=refusals,
        )
    yield Operation(
        "POST",
        f"{ROOT}/assessments/questions",
        "nextQuestions",
        "assessments",
        "What to ask next",
        answers.Questions,
        query=SkippedParameters,
        body=cases.Case,
        bodies={JSON: case},
        refusals=refusals,
    )


def _resources(sources: Sources) -> Iterator[Operation]:
    gives = (JSON, JSON_LD, TURTLE)
    first = next(iter(sources.catalogue.members(KINDS[0])))
    label = sources.engine.terms.label(first)
    yield Operation(
        "GET",
        f"{ROOT}/search",
        "search",
        "resources",
        "Find things while typing",
        answers.SearchHits,
        "By labels, synonyms and mapped codes; typos are forgiven. Ranking is no matter of SPARQL; the linked query "
        "finds names that hold the first word.",
        query=SearchParameters,
        query_example={"q": label[:5], "limit": 5},
        gives=gives,
        refusals=(400, 406),
        is_cached=True,
    )
    for kind in KINDS:
        name = _camel_case(kind.name)
        example = _example_of(kind, sources)
        yield Operation(
            "GET",
            f"{ROOT}/{kind.name}",
            f"list{name}",
            kind.name,
            f"List {kind.name.replace('-', ' ')}",
            answers.ThingList,
            query=ClassListParameters if kind.has_classes else RowListParameters,
            query_example={"limit": 3, "sort": "-name"},
            gives=gives,
            refusals=(400, 406),
            is_cached=True,
        )
        yield Operation(
            "GET",
            f"{ROOT}/{kind.name}/{{term}}",
            f"get{name}",
            kind.name,
            f"One {kind.singular}, with its relations both ways",
            answers.Thing,
            path=TermPath,
            query=ThingParameters,
            path_example={"term": example},
            gives=gives,
            refusals=(400, 404, 406),
            is_cached=True,
        )
        for topic in kind.topics:
            yield _topic(kind, topic, sources, example)


def _topic(kind: Kind, topic: Topic, sources: Sources, example: str) -> Operation:
    asked = example if topic.parameter == "term" else dict(sources.library[topic.query].example)[topic.parameter]
    return Operation(
        "GET",
        f"{ROOT}/{kind.name}/{{term}}/{topic.name}",
        f"get{_camel_case(kind.name)}{_camel_case(topic.name)}",
        kind.name,
        topic.summary,
        answers.TopicAnswer,
        f"The rows of the named query `{topic.query}`: {sources.library[topic.query].description}",
        path=TermPath,
        query=TopicParameters,
        path_example={"term": asked},
        query_example={"limit": 5},
        gives=(JSON, JSON_LD, TURTLE),
        refusals=(400, 404, 406),
        is_cached=True,
    )


def _queries() -> Iterator[Operation]:
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
        refusals=(400, 401, 406, 413, 415, 503),
    )


def _example_of(kind: Kind, sources: Sources) -> str:
    """A thing of the kind that a named query takes as its example; the first of all where none does."""
    members = {iri.local_name for iri in sources.catalogue.members(kind)}
    for topic in kind.topics:
        example = dict(sources.library[topic.query].example).get(topic.parameter, "")
        if example in members:
            return example
    return sorted(members)[0]


def _leading(case: dict[str, Any], engine: Engine) -> str:
    """The first cause of a case that some pattern suggests."""
    hypotheses = assess(read_case(case, engine), engine).differential.hypotheses
    return next((h for h in hypotheses if h.patterns), hypotheses[0]).condition.local_name


def _json_ld(sources: Sources) -> dict[str, Any]:
    """The same case in JSON-LD."""
    finding = read_case(sources.cases[0], sources.engine).findings[0]
    return {
        "@context": {"@vocab": v.LKG},
        "@type": v.PATIENT_CASE.local_name,
        v.HAS_FINDING.local_name: {"@type": finding.term.local_name},
    }


def _turtle(sources: Sources) -> str:
    """A case in Turtle: the first finding of the first example, with its term alone."""
    finding = read_case(sources.cases[0], sources.engine).findings[0]
    triples = [
        Triple(BNode("case"), v.RDF_TYPE, v.PATIENT_CASE),
        Triple(BNode("case"), v.HAS_FINDING, BNode("finding")),
        Triple(BNode("finding"), v.RDF_TYPE, finding.term),
    ]
    return serialise(triples, Syntax.TURTLE, {"lkg": v.LKG}).decode()


def _camel_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
