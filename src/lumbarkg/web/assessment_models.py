"""The parameters of assessments, as typed models."""

from __future__ import annotations

from enum import Enum

from pydantic import Field

from lumbarkg.web.resource_models import Parameters


class Detail(Enum):
    """How much an answer says: triage and ranking, or all of it."""

    COMPACT = "compact"
    FULL = "full"


class AssessmentParameters(Parameters):
    """How a case is assessed."""

    view: Detail = Field(default=Detail.FULL, description="compact: triage and ranking only.")
    sensitivity: bool = Field(
        default=False, description="Also say which single finding, the other way round, would change the full answer."
    )


class BatchParameters(Parameters):
    """How the cases of a batch are assessed."""

    view: Detail = Field(default=Detail.COMPACT, description="full: with reasons, evidence, questions and advice.")
