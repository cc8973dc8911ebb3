"""Answers about stored cases as typed models. Field names are those of JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from lumbarkg.web.openapi.answers import Assessment, Open, Reasoning

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"}, description="The id of the case, a UUID.")]
RevisionNumber = Annotated[int, Field(ge=1, description="Rises by one with every write; it is the ETag.")]
Count = Annotated[int, Field(ge=0)]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class StoredCase(BaseModel):
    """A case and one of its revisions."""

    id: Id
    revision: RevisionNumber


class ListedCase(StoredCase):
    """A case in a list."""

    created: Moment
    modified: Annotated[Moment, Field(description="When it was last written.")]
    href: str


class CaseList(BaseModel):
    """A page of the caller's own cases, by id."""

    cases: list[ListedCase]
    next: str | None = Field(description="The address of the next page.")


class Revision(BaseModel):
    """A revision of a case: when it was written, and the ontology that it was accepted under."""

    revision: RevisionNumber
    modified: Moment
    ontologyVersion: str  # noqa: N815 # JSON names
    ontologyDigest: str  # noqa: N815 # JSON names
    href: str


class RevisionList(BaseModel):
    """The revisions of a case, oldest first."""

    revisions: list[Revision]


class StoredAssessment(Assessment):
    """The assessment of a stored case, as it comes out now."""

    stored: StoredCase


class ConditionCount(BaseModel):
    """In how many cases a condition is suggested."""

    condition: str
    label: str
    cases: Count


class FindingCount(BaseModel):
    """In how many cases a finding is present."""

    finding: str
    label: str
    cases: Count


class Cohort(Open):
    """Counts over the caller's own cases, as they come out now."""

    cases: Count
    isWhole: Annotated[bool, Field(description="False where there are more cases than are counted.")]  # noqa: N815 # JSON names
    notAssessable: Annotated[Count, Field(description="Cases that contradict themselves.")]  # noqa: N815 # JSON names
    triage: dict[str, Count]
    suggested: list[ConditionCount]
    findings: list[FindingCount]
    reasoning: Reasoning
