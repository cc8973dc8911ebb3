"""The operations on what the release holds: lists, things, questions about a thing, search."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from lumbarkg.catalogue.kinds import KINDS, Kind, Topic
from lumbarkg.catalogue.represent import ROOT
from lumbarkg.web.openapi import answers
from lumbarkg.web.openapi.headers import NEAREST_QUERY
from lumbarkg.web.openapi.operation import JSON, JSON_LD, TURTLE, Operation, Sources
from lumbarkg.web.resource_models import (
    ClassListParameters,
    RowListParameters,
    SearchParameters,
    TermName,
    ThingParameters,
    TopicParameters,
)


class TermPath(BaseModel):
    """The thing of an address."""

    term: TermName


def resource_operations(sources: Sources) -> Iterator[Operation]:
    """Search, and everything under each kind."""
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
        "By labels, synonyms, names and mapped codes; typos are forgiven. Ranking is no matter of SPARQL: no query "
        "gives this answer. The one that is linked as related is the nearest, and finds labels and synonyms of classes "
        "that hold the first word, wherever it stands.",
        query=SearchParameters,
        query_example={"q": label[:5], "limit": 5},
        gives=gives,
        refusals=(400, 406),
        is_cached=True,
        sends=(NEAREST_QUERY,),
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


def _example_of(kind: Kind, sources: Sources) -> str:
    """A thing of the kind that a named query takes as its example; the first of all where none does."""
    members = {iri.local_name for iri in sources.catalogue.members(kind)}
    for topic in kind.topics:
        example = dict(sources.library[topic.query].example).get(topic.parameter, "")
        if example in members:
            return example
    return sorted(members)[0]


def _camel_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
