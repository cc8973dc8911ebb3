"""Answers as typed models. What a model does not name may be there too: answers grow, and clients must not mind."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

_JSON_LD = ConfigDict(extra="allow", populate_by_name=True)


class Open(BaseModel):
    """An answer, which may hold more."""

    model_config = ConfigDict(extra="allow")


class Issue(BaseModel):
    """One thing that is wrong: where, why, and what to do."""

    severity: Annotated[str, Field(pattern="^(error|warning|information)$")]
    code: str
    path: Annotated[str, Field(description="JSON Pointer (RFC 6901) into the input, '' for the whole of it.")]
    message: str
    remedy: str


class Problem(Open):
    """A problem (RFC 9457) with every issue at once."""

    type: Annotated[str, Field(description="The kind of problem: a page of docs/errors.md.")]
    title: str
    status: int
    detail: str
    issues: list[Issue]


class Mention(BaseModel):
    """A thing that another names."""

    model_config = _JSON_LD

    id: Annotated[str, Field(alias="@id", description="Its IRI.")]
    name: str
    label: str | None = None


class Thing(BaseModel):
    """A thing of the release. The JSON is JSON-LD: read as RDF it gives the facts that SPARQL gives."""

    model_config = _JSON_LD

    context: Annotated[Any, Field(alias="@context")]
    id: Annotated[str, Field(alias="@id", description="Its IRI.")]
    name: str
    curie: str
    kind: str
    label: str | None = None
    definition: str | None = None
    parents: list[Mention] | None = Field(default=None, description="The classes directly above, entailed.")
    ancestors: list[Mention] | None = Field(default=None, description="The classes above these.")
    children: list[Mention] | None = Field(default=None, description="The classes directly below, entailed.")
    descendants: list[Mention] | None = Field(default=None, description="The classes below these.")
    relations: dict[str, list[Mention]] | None = Field(default=None, description="By relation: where it leads.")
    incoming: dict[str, list[Mention]] | None = Field(default=None, description="By relation: where it comes from.")
    codes: dict[str, list[dict[str, str]]] | None = Field(default=None, description="By closeness of the match.")
    links: dict[str, str] | None = None


class ThingItem(BaseModel):
    """A thing in a list."""

    model_config = _JSON_LD

    id: Annotated[str, Field(alias="@id", description="Its IRI.")]
    name: str
    href: str
    label: str | None = None


class ThingList(BaseModel):
    """A page of a list."""

    model_config = _JSON_LD

    context: Annotated[Any, Field(alias="@context")]
    items: list[ThingItem]
    total: Annotated[int, Field(description="How many there are on all pages.")]
    next: str | None = Field(description="The cursor of the next page.")


class SearchHit(Mention):
    """A thing that was found, by which of its names."""

    kind: str
    href: str
    score: Annotated[float, Field(ge=0, le=1)]
    matched: str
    matchedAs: str  # noqa: N815 # JSON names


class SearchHits(BaseModel):
    """What was found, the best first."""

    model_config = _JSON_LD

    context: Annotated[Any, Field(alias="@context")]
    items: list[SearchHit]


class TopicAnswer(BaseModel):
    """The answer to a question about a thing: the rows of a named query, things with their labels."""

    model_config = _JSON_LD

    context: Annotated[Any, Field(alias="@context")]
    topic: str
    summary: str
    query: Annotated[str, Field(description="The named query that gives the answer.")]
    about: Mention
    items: list[dict[str, Any]]


class Reasoning(Open):
    """By what it was reasoned."""

    engine: str
    complete: bool
    ontologyVersion: str  # noqa: N815 # JSON names
    ontologyDigest: str  # noqa: N815 # JSON names


class Triage(Open):
    """How urgent the case is."""

    level: str
    complete: Annotated[bool, Field(description="False while a rule above the level could still apply.")]
    statement: str
    action: str


Chance = Annotated[float, Field(ge=0, le=1)]


class Cause(Open):
    """One hypothesis of the differential."""

    rank: int
    condition: str
    label: str
    iri: str
    pretestProbability: Chance  # noqa: N815 # JSON names
    posttestProbability: Chance  # noqa: N815 # JSON names
    interval: Annotated[list[Chance], Field(min_length=2, max_length=2)]


class Assessment(Open):
    """Triage and ranked causes; the full view also gives evidence, reasons, questions and advice."""

    disclaimer: str
    triage: Triage
    setting: str
    asOfHours: float  # noqa: N815 # JSON names
    differential: list[Cause]
    issues: list[Issue]
    reasoning: Reasoning


class Why(Open):
    """All minimal justifications of a suggestion."""

    disclaimer: str
    suggested: bool
    complete: bool
    justifications: list[dict[str, Any]]
    reasoning: Reasoning


class WhyNot(Open):
    """The smallest sets of further statements with which the condition would be suggested."""

    disclaimer: str
    suggested: bool
    complete: Annotated[bool, Field(description="False where there was no time to look at every way.")]
    missing: list[dict[str, Any]]
    reasoning: Reasoning


class Questions(Open):
    """What to ask next."""

    disclaimer: str
    stop: bool
    questions: list[dict[str, Any]]
    triage: Triage
    reasoning: Reasoning


class QueryList(Open):
    """The named queries."""

    queries: list[dict[str, Any]]
