"""What requests for stored cases hold, as typed models: these check them, and the OpenAPI document is made of these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lumbarkg.web.assessment_models import Detail
from lumbarkg.web.resource_models import Parameters, TermName

MOST_LISTED, MOST_REASONS = 500, 100
_LAST_REVISION = 2**53 - 1
_CURSOR = r"^[A-Za-z0-9_-]{22}$"

Moment = Annotated[
    str, Field(min_length=1, max_length=40, description="A moment with its time zone, such as 2026-11-25T08:00:00Z.")
]


class CaseListParameters(Parameters):
    """Which of the caller's cases."""

    limit: Annotated[int, Field(ge=1, le=MOST_LISTED, description="At most so many on a page.")] = 50
    cursor: Annotated[str, Field(pattern=_CURSOR, description="Where the page begins: follow next, or Link.")] = ""
    modifiedSince: Moment | None = Field(  # noqa: N815 # names of parameters
        default=None, description="Only cases last written at this moment or later, such as 2026-11-25T08:00:00Z."
    )
    modifiedBefore: Moment | None = Field(  # noqa: N815 # names of parameters
        default=None, description="Only cases last written before this moment, such as 2026-11-25T08:00:00Z."
    )


class StoredParameters(Parameters):
    """Which revision of a case, at which moment."""

    revision: Annotated[int, Field(ge=1, le=_LAST_REVISION)] | None = Field(
        default=None, description="The number of a revision; without it the newest."
    )
    asOf: Annotated[str, Field(min_length=1, max_length=40)] | None = Field(  # noqa: N815 # names of parameters
        default=None,
        description="The moment of assessment in place of the document's: hours after the report, or a moment beside "
        "its reportedAt.",
    )


class StoredAssessmentParameters(StoredParameters):
    """How a stored case is assessed."""

    view: Detail = Field(default=Detail.FULL, description="compact: triage and ranking only.")
    sensitivity: bool = Field(
        default=False, description="Also say which single finding, the other way round, would change the full answer."
    )


class StoredQuestionParameters(StoredParameters):
    """What need not be asked of a stored case."""

    skip: list[Annotated[str, Field(max_length=60)]] = Field(
        default=[], description="A property that cannot be answered, such as ageYears; may be repeated."
    )


class StoredWhyParameters(StoredParameters):
    """Which condition is asked about."""

    condition: TermName
    limit: Annotated[int, Field(ge=1, le=MOST_REASONS, description="At most so many reasons.")] = 20
