"""``POST /api/v1/assessments``: a case in, an assessment out, nothing stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, read_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.case_json import parse_json
from lumbarkg.render.json import render_assessment, render_disposition
from lumbarkg.render.rdf import render_turtle
from lumbarkg.render.text import render_text
from lumbarkg.sensitivity import with_sensitivity
from lumbarkg.web.current import current_engine
from lumbarkg.web.problems import problem

blueprint = Blueprint("assessments", __name__)
_OFFERED = ("application/json", "text/turtle", "text/plain")


@blueprint.post("/api/v1/assessments")
def post_assessment() -> Response:
    """Assess the case of the body; JSON by default, Turtle or plain text by Accept.

    With ``?sensitivity=true``, the answer also says which single finding, the other way round, would change it.
    """
    engine = current_engine()
    document = read_document()
    if isinstance(document, Response):
        return document

    def answer() -> Response:
        case = read_case(document, engine)
        assessment = assess(case, engine)
        if request.args.get("sensitivity") == "true":
            assessment = with_sensitivity(case, assessment, engine)
        return _represent(render_assessment(assessment, engine.sources))

    return answer_case(answer, engine)


def read_document() -> Any:
    """The JSON value of the body, or the problem that it has."""
    if request.mimetype and request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType(f"A case is JSON, not {request.mimetype}.")
    try:
        return parse_json(request.get_data())
    except InvalidInputError as refused:
        return problem(400, "malformed-json", "Malformed JSON", refused.issues[0].message, refused.issues)


def answer_case(answer: Callable[[], Response], engine: Engine) -> Response:
    """The answer to a case, or the problem that refuses it."""
    try:
        return answer()
    except ContradictoryCaseError as refused:
        return _contradiction(refused, engine)
    except InvalidInputError as refused:
        count = len(refused.issues)
        detail = f"The case has {count} problem{'s' if count > 1 else ''}; nothing was assessed."
        return problem(422, "invalid-case", "Invalid case", detail, refused.issues)


def _represent(answer: dict[str, Any]) -> Response:
    media_type = request.accept_mimetypes.best_match(_OFFERED, _OFFERED[0])
    if media_type == "text/turtle":
        return Response(render_turtle(answer), mimetype=media_type)
    if media_type == "text/plain":
        return Response(render_text(answer), mimetype=media_type)
    return Response(json.dumps(answer, ensure_ascii=False), mimetype="application/json")


def _contradiction(refused: ContradictoryCaseError, engine: Engine) -> Response:
    return problem(
        422,
        "contradictory-case",
        "Contradictory case",
        "A finding is both present and denied, so causes are not ranked. "
        "The triage is that of the present findings alone.",
        refused.issues,
        render_disposition(refused.disposition, engine.sources),
    )
