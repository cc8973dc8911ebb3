"""The operations on stored cases. They stand in the document whether the server keeps cases or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, Field

from lumbarkg.catalogue.represent import ROOT
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.case_answers import ASSESSMENT_TYPES, WHY_TYPES
from lumbarkg.web.case_models import (
    CaseListParameters,
    StoredAssessmentParameters,
    StoredQuestionParameters,
    StoredWhyParameters,
)
from lumbarkg.web.openapi import answers, cases, stored_answers
from lumbarkg.web.openapi.assessment_operations import case_as_json_ld, case_as_turtle, leading_cause
from lumbarkg.web.openapi.headers import IF_CHANGED, IF_MATCH, IF_NEW, LOCATION, NEXT_PAGE, REVISION_TAG
from lumbarkg.web.openapi.operation import JSON, JSON_LD, TURTLE, Link, Operation, Sources

CASES = f"{ROOT}/cases"
ONE = f"{CASES}/{{case_id}}"
_EXAMPLE = {"case_id": "123e4567-e89b-42d3-a456-426614174000"}
_FORMS = (JSON, JSON_LD, TURTLE)
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_OFF = "A server that was started without a record keeps no cases and answers 503, no-record."
_BY_ID = ("getCase", "deleteCase", "listRevisions", "assessStoredCase", "getStoredQuestions")
CaseId = Annotated[
    str,
    Field(
        pattern=_UUID,
        json_schema_extra={"format": "uuid"},
        description="A UUID; the client makes it, random (version 4), so that nobody guesses it.",
    ),
]


class CasePath(BaseModel):
    """The case of an address."""

    case_id: CaseId


class RevisionPath(CasePath):
    """A revision of the case of an address."""

    number: Annotated[int, Field(ge=1, description="The number of a revision, from 1.")]


def case_operations(sources: Sources) -> Iterator[Operation]:
    """Writing and reading cases, and what is concluded from them."""
    for operation in (*_writing(sources), *_reading(), *_concluding(sources)):
        description = f"{operation.description} {_OFF}".strip()
        yield replace(
            operation,
            description=description,
            scope=Scope.CASES,
            refusals=(*operation.refusals, 503, 507),
        )


def _follow(expression: str, operations: tuple[str, ...] = _BY_ID) -> tuple[Link, ...]:
    return tuple(Link(name, {"case_id": expression}, "The same case.") for name in operations)


def _writing(sources: Sources) -> Iterator[Operation]:
    case = sources.cases[0]
    bodies = {JSON: case, JSON_LD: case_as_json_ld(sources), TURTLE: case_as_turtle(sources)}
    kept = (
        "Only what the closed shapes allow is stored: no names, texts or identifiers. From JSON-LD and Turtle the JSON "
        "document of the case is kept."
    )
    yield Operation(
        "PUT",
        ONE,
        "putCase",
        "cases",
        "Store a case, or its next revision",
        stored_answers.StoredCase,
        f"On disk when it is answered. Without If-Match the newest revision is replaced, whatever it is. {kept}",
        path=CasePath,
        body=cases.Case,
        bodies=bodies,
        path_example=_EXAMPLE,
        refusals=(400, 404, 412, 413, 415, 422),
        statuses=(200, 201),
        takes=(IF_MATCH, IF_NEW),
        sends=(REVISION_TAG, LOCATION),
        links=_follow("$request.path.case_id"),
    )
    yield Operation(
        "POST",
        CASES,
        "postCase",
        "cases",
        "Store a case under a new id",
        stored_answers.StoredCase,
        kept,
        body=cases.Case,
        bodies=bodies,
        refusals=(400, 413, 415, 422),
        statuses=(201,),
        sends=(REVISION_TAG, LOCATION),
        links=_follow("$response.body#/id", ("putCase", *_BY_ID)),
    )
    yield Operation(
        "DELETE",
        ONE,
        "deleteCase",
        "cases",
        "Erase a case with all its revisions",
        None,
        "Nothing of it is left but its id, which stays yours, and lines of the audit log.",
        path=CasePath,
        path_example=_EXAMPLE,
        gives=(),
        refusals=(400, 404, 412),
        statuses=(204,),
        takes=(IF_MATCH,),
        links=_follow("$request.path.case_id", ("getCase", "listRevisions")),
    )


def _reading() -> Iterator[Operation]:
    given = (
        "JSON is the document as it is kept. JSON-LD and Turtle hold what it states, as the graph of the case does: "
        "asOf, reportedAt, flags that are false and findings that are unknown have no words in the vocabulary, and "
        "stand in the JSON only."
    )
    one = Operation(
        "GET",
        ONE,
        "getCase",
        "cases",
        "One case",
        cases.Case,
        given,
        path=CasePath,
        path_example=_EXAMPLE,
        gives=_FORMS,
        refusals=(400, 404, 406, 422),
        takes=(IF_CHANGED,),
        sends=(REVISION_TAG,),
    )
    yield one
    yield replace(
        one,
        rule=f"{ONE}/revisions/{{number}}",
        name="getRevision",
        summary="One revision of a case",
        path=RevisionPath,
        path_example={**_EXAMPLE, "number": "1"},
    )
    yield Operation(
        "GET",
        f"{ONE}/revisions",
        "listRevisions",
        "cases",
        "The revisions of a case",
        stored_answers.RevisionList,
        path=CasePath,
        path_example=_EXAMPLE,
        refusals=(400, 404),
    )
    yield Operation(
        "GET",
        CASES,
        "listCases",
        "cases",
        "Your cases, by id",
        stored_answers.CaseList,
        query=CaseListParameters,
        query_example={"limit": 10, "modifiedSince": "2026-11-25T08:00:00Z"},
        refusals=(400,),
        sends=(NEXT_PAGE,),
        links=_follow("$response.body#/cases/0/id"),
    )
    yield Operation(
        "GET",
        f"{ROOT}/cohort",
        "countCases",
        "cases",
        "Counts over your cases",
        stored_answers.Cohort,
        "How many there are of each triage level, suggested condition and present finding, as they come out now.",
        refusals=(400,),
    )


def _concluding(sources: Sources) -> Iterator[Operation]:
    example = {"condition": leading_cause(sources.cases[0], sources.engine), "limit": 5}
    assessment = Operation(
        "GET",
        f"{ONE}/assessment",
        "assessStoredCase",
        "cases",
        "Assess a stored case",
        stored_answers.StoredAssessment,
        "Computed now and not kept; the answer is that of POST /api/v1/assessments for the same document.",
        path=CasePath,
        query=StoredAssessmentParameters,
        path_example=_EXAMPLE,
        query_example={"view": "compact"},
        gives=ASSESSMENT_TYPES,
        refusals=(400, 404, 406, 422),
    )
    yield assessment
    yield replace(
        assessment,
        rule=f"{ONE}/questions",
        name="getStoredQuestions",
        summary="What to ask next about a stored case",
        answer=answers.Questions,
        description="As POST /api/v1/assessments/questions answers for the same document.",
        query=StoredQuestionParameters,
        query_example={},
        gives=(JSON,),
        refusals=(400, 404, 422),
    )
    for path, name, summary, answer in (
        ("why", "explainStored", "Why a condition is suggested for a stored case", answers.Why),
        ("why-not", "explainStoredAbsence", "What is missing for a condition in a stored case", answers.WhyNot),
    ):
        yield replace(
            assessment,
            rule=f"{ONE}/{path}",
            name=name,
            summary=summary,
            answer=answer,
            description=f"As POST /api/v1/assessments/{path} answers for the same document.",
            query=StoredWhyParameters,
            query_example=example,
            gives=WHY_TYPES,
        )
