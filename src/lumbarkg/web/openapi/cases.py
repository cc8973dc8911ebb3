"""The case as a typed model: the schema of what intake reads. Intake is plain code, and a test holds both equal."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MOST_ENTRIES = 500
_FAR = 10**13


class Status(Enum):
    """Reported, asked and denied, or not asked."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


TermName = Annotated[
    str,
    Field(min_length=1, max_length=500, description="Local name, CURIE, IRI, exact label or synonym, or mapped code."),
]
Terms = TermName | list[TermName]
Hours = Annotated[float, Field(ge=0, lt=_FAR)]


class Strict(BaseModel):
    """An object whose fields are all known."""

    model_config = ConfigDict(extra="forbid")


class Finding(Strict):
    """What was reported, or asked and denied."""

    finding: TermName
    status: Status = Status.PRESENT
    location: Terms | None = None
    radiatesTo: Terms | None = None  # noqa: N815 # JSON names
    character: Terms | None = None
    laterality: Terms | None = None
    course: Terms | None = None
    aggravatedBy: Terms | None = None  # noqa: N815 # JSON names
    relievedBy: Terms | None = None  # noqa: N815 # JSON names
    severity: Annotated[float, Field(ge=0, le=10, description="0 (none) to 10 (worst imaginable).")] | None = None
    hoursAfterExercise: Hours | None = None  # noqa: N815 # JSON names
    durationHours: Hours | None = None  # noqa: N815 # JSON names
    value: Annotated[float, Field(gt=-_FAR, lt=_FAR, description="In the unit of the finding's definition.")] | None = (
        None
    )


class Exposure(Strict):
    """What was done before."""

    exercise: Terms | None = None
    faults: Terms | None = None
    hoursBeforeOnset: Hours | None = None  # noqa: N815 # JSON names
    unaccustomed: bool | None = None
    heavyLoad: bool | None = None  # noqa: N815 # JSON names


class Case(Strict):
    """What a patient reports. A finding that is not mentioned is unknown."""

    findings: Annotated[list[Finding], Field(max_length=MOST_ENTRIES)]
    exposures: Annotated[list[Exposure], Field(max_length=MOST_ENTRIES)] | None = None
    age: Annotated[float, Field(ge=0, le=120, description="In years.")] | None = None
    sex: Terms | None = None
    setting: str | None = Field(default=None, description="Where the patient is seen: it chooses the priors.")
    reportedAt: str | None = Field(  # noqa: N815 # JSON names
        default=None, description="When the findings were reported, ISO 8601 with time zone."
    )
    asOf: float | str | None = Field(  # noqa: N815 # JSON names
        default=None, description="The moment of assessment: hours after the report, or a moment beside reportedAt."
    )


class WhyRequest(Strict):
    """A case, and the condition that is asked about."""

    case: Case
    condition: TermName
    limit: Annotated[int, Field(ge=1, le=100, description="At most so many justifications.")] = 20
