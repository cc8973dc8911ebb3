"""The next questions as JSON, each with what to put into the case for an answer."""

from __future__ import annotations

from typing import Any

from lumbarkg.model import Assessment, Question, Status
from lumbarkg.render.guidance import render_question
from lumbarkg.render.json import DISCLAIMER, render_disposition
from lumbarkg.render.sources import Sources

_FIRST = 3


def render_questions(assessment: Assessment, sources: Sources, field_of: dict[str, str]) -> dict[str, Any]:
    """What to ask next and whether to stop; ``field_of`` gives the field of the case that states a property."""
    hypotheses = assessment.differential.hypotheses[:_FIRST]
    return {
        "disclaimer": DISCLAIMER,
        "stop": assessment.stop,
        "questions": [
            {**render_question(q, sources), **_how_to_answer(q, field_of)} for q in assessment.next_questions
        ],
        "triage": render_disposition(assessment.disposition, sources),
        "first": [
            {**sources.term(h.condition, "condition"), "posttestProbability": h.posttest_probability.value}
            for h in hypotheses
        ],
        "reasoning": dict(assessment.reasoning),
    }


def _how_to_answer(question: Question, field_of: dict[str, str]) -> dict[str, Any]:
    """A finding to add to the case for yes, no and not known; or the field that takes the number or term."""
    if question.property is not None:
        return {"field": field_of[str(question.property)]}
    name = question.term.local_name
    words = {"yes": Status.PRESENT, "no": Status.ABSENT, "notKnown": Status.UNKNOWN}
    return {"answers": {word: {"finding": name, "status": status.value} for word, status in words.items()}}
