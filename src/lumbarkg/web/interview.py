"""``POST /api/v1/assessments/questions``: a case as far as it is told in, what to ask next out. Nothing is kept."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY
from lumbarkg.interview import next_step
from lumbarkg.render.interview import render_questions
from lumbarkg.web.assessments import answer_case, read_document
from lumbarkg.web.current import current_engine

blueprint = Blueprint("interview", __name__)
_FIELDS = {str(prop): field for prop, field in FIELD_OF_PROPERTY.items()}


@blueprint.post("/api/v1/assessments/questions")
def post_questions() -> Response:
    """The next questions of the case of the body.

    Findings with the status unknown count as asked. ``skip`` names properties, such as ``ageYears``, that cannot be
    answered; no finding is accepted there, because an address reaches logs.
    """
    engine = current_engine()
    document = read_document()
    if isinstance(document, Response):
        return document
    skipped = frozenset(
        prop for name in request.args.getlist("skip") for prop in (Iri(v.LKG + name),) if prop in FIELD_OF_PROPERTY
    )

    def answer() -> Response:
        step = next_step(document, engine, skipped)
        body = render_questions(step.assessment, engine.sources, _FIELDS)
        return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")

    return answer_case(answer, engine)
