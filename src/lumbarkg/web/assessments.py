"""``POST /api/v1/assessments``: a case in, an assessment out, nothing stored."""

from __future__ import annotations

from flask import Blueprint, Response, request

from lumbarkg.assessment import assess
from lumbarkg.compact import assess_compact
from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import error
from lumbarkg.render.json import render_assessment
from lumbarkg.render.rdf import render_rdf
from lumbarkg.render.text import render_text
from lumbarkg.sensitivity import with_sensitivity
from lumbarkg.web.accept import acceptable
from lumbarkg.web.assessment_models import AssessmentParameters, Detail
from lumbarkg.web.case_bodies import JSON, answer_case, read_body, read_document
from lumbarkg.web.current import current_engine
from lumbarkg.web.json_bodies import json_response
from lumbarkg.web.parameters import read_parameters
from lumbarkg.web.problems import problem

__all__ = ["answer_case", "blueprint", "read_document"]  # the first and last for the routes beside this one

blueprint = Blueprint("assessments", __name__)
OFFERED = (JSON, "application/ld+json", "text/turtle", "text/plain")
_HEADERS = (("Vary", "Accept"), ("Cache-Control", "no-store"))


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
        case, media_type = read_body(engine), wanted[0]
        if asked.view is Detail.COMPACT and media_type != "text/plain":
            compact = assess_compact(case, engine)
            if media_type == JSON:
                return json_response(compact, _HEADERS)
            return _respond(render_rdf(compact, media_type), media_type)
        assessment = assess(case, engine)
        if asked.sensitivity:
            assessment = with_sensitivity(case, assessment, engine)
        if media_type == JSON:
            return json_response(engine.encoder.write(assessment), _HEADERS)
        full = render_assessment(assessment, engine.sources)
        return _respond(render_text(full) if media_type == "text/plain" else render_rdf(full, media_type), media_type)

    return answer_case(answer, engine)


def _respond(content: str | bytes, media_type: str) -> Response:
    return Response(content, mimetype=media_type, headers=_HEADERS)
