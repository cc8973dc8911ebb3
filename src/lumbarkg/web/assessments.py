"""``POST /api/v1/assessments``: a case in, an assessment out, nothing stored."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, request

from lumbarkg.assessment import Engine, assess
from lumbarkg.compact import assess_compact
from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import error
from lumbarkg.model import Case
from lumbarkg.render.json import render_assessment
from lumbarkg.render.rdf import render_rdf
from lumbarkg.render.text import render_text
from lumbarkg.sensitivity import with_sensitivity
from lumbarkg.web.accept import acceptable
from lumbarkg.web.assessment_models import AssessmentParameters, Detail
from lumbarkg.web.case_bodies import answer_case, read_body, read_document
from lumbarkg.web.current import current_engine
from lumbarkg.web.parameters import read_parameters
from lumbarkg.web.problems import problem

__all__ = ["answer_case", "blueprint", "read_document"]  # the first and last for the routes beside this one

blueprint = Blueprint("assessments", __name__)
OFFERED = ("application/json", "application/ld+json", "text/turtle", "text/plain")


@blueprint.post("/api/v1/assessments")
def post_assessment() -> Response:
    """Assess the case of the body: JSON, JSON-LD or Turtle in and out, and plain text out, by Accept.

    ``?view=compact`` gives triage and ranking only. With ``?sensitivity=true`` the full answer also says which single
    finding, the other way round, would change it.
    """
    engine = current_engine()
    try:
        asked = read_parameters(AssessmentParameters)
    except InvalidInputError as refused:
        return problem(400, "invalid-parameters", "Invalid parameters", str(refused), refused.issues)
    wanted = acceptable(request.headers.get("Accept"), OFFERED)
    if not wanted:
        issue = error("not-acceptable", "", "No form of the answer is acceptable.", f"Accept {', '.join(OFFERED)}.")
        return problem(406, "not-acceptable", "Not acceptable", str(issue), (issue,))

    def answer() -> Response:
        case = read_body(engine)
        is_compact = asked.view is Detail.COMPACT and wanted[0] != "text/plain"
        body = assess_compact(case, engine) if is_compact else _assess_fully(case, engine, asked.sensitivity)
        return _represent(body, wanted[0])

    return answer_case(answer, engine)


def _assess_fully(case: Case, engine: Engine, with_flips: bool) -> dict[str, Any]:
    assessment = assess(case, engine)
    if with_flips:
        assessment = with_sensitivity(case, assessment, engine)
    return render_assessment(assessment, engine.sources)


def _represent(answer: dict[str, Any], media_type: str) -> Response:
    if media_type == "text/plain":
        response = Response(render_text(answer), mimetype=media_type)
    elif media_type != "application/json":
        response = Response(render_rdf(answer, media_type), mimetype=media_type)
    else:
        response = Response(json.dumps(answer, ensure_ascii=False), mimetype=media_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    return response
