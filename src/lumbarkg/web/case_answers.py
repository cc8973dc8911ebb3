"""What is concluded from a stored case: its assessment, why, why not; computed at every request, never kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess
from lumbarkg.cases.accept import read_stored
from lumbarkg.errors import InvalidInputError
from lumbarkg.explanation import explain, find_missing
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.model import Case
from lumbarkg.record.cases import Revision
from lumbarkg.render.json import render_assessment
from lumbarkg.render.rdf import render_turtle
from lumbarkg.render.text import render_text
from lumbarkg.render.why import render_why, render_why_not
from lumbarkg.sensitivity import with_sensitivity
from lumbarkg.web.assessments import answer_case
from lumbarkg.web.case_request import answer_stored, audit_entry, current_record, current_tenant, read_id
from lumbarkg.web.current import current_engine

blueprint = Blueprint("case_answers", __name__, url_prefix="/api/v1/cases/<case_id>")
_OFFERED = ("application/json", "text/turtle", "text/plain")
_DEFAULT_LIMIT, _MOST = 20, 100
_WHY_SECONDS = 2.0


@blueprint.get("/assessment")
def get_assessment(case_id: str) -> Response:
    """The assessment of the case, or of ``?revision=N`` of it, as it comes out now.

    ``?asOf=`` (hours, or a moment) and ``?sensitivity=true`` are those of ``POST /api/v1/assessments``.
    """

    def answer(case: Case, revision: Revision, engine: Engine) -> Response:
        assessment = assess(case, engine)
        if request.args.get("sensitivity") == "true":
            assessment = with_sensitivity(case, assessment, engine)
        body = render_assessment(assessment, engine.sources)
        media_type = request.accept_mimetypes.best_match(_OFFERED, _OFFERED[0])
        if media_type == "text/turtle":
            return Response(render_turtle(body), mimetype=media_type)
        if media_type == "text/plain":
            return Response(render_text(body), mimetype=media_type)
        return _json({"stored": {"id": str(revision.case_id), "revision": revision.number}, **body})

    return _answer(case_id, "case.assess", answer)


@blueprint.get("/questions")
def get_questions(case_id: str) -> Response:
    """What to ask next."""

    def answer(case: Case, _: Revision, engine: Engine) -> Response:
        body = render_assessment(assess(case, engine), engine.sources)
        return _json({"nextQuestions": body["nextQuestions"], "triage": body["triage"], "reasoning": body["reasoning"]})

    return _answer(case_id, "case.questions", answer)


@blueprint.get("/why")
def get_why(case_id: str) -> Response:
    """All minimal justifications of ``?condition=…``."""

    def answer(case: Case, asked: _Asked, engine: Engine) -> Response:
        end = time.monotonic() + _WHY_SECONDS
        found = explain(case, asked.condition, engine, asked.limit, lambda: time.monotonic() > end)
        body = render_why(asked.condition, found.supports, found.argues_against, engine.reasoning, engine.sources)
        return _json(body)

    return _answer_asked(case_id, "case.why", answer)


@blueprint.get("/why-not")
def get_why_not(case_id: str) -> Response:
    """The smallest sets of further statements with which ``?condition=…`` would be suggested."""

    def answer(case: Case, asked: _Asked, engine: Engine) -> Response:
        found = find_missing(case, asked.condition, engine, asked.limit)
        return _json(render_why_not(found.why_not, found.already, engine.reasoning, engine.sources))

    return _answer_asked(case_id, "case.why-not", answer)


class _Asked(NamedTuple):
    """What the parameters ask about."""

    condition: Iri
    limit: int


def _answer(case_id: str, action: str, conclude: Callable[[Case, Revision, Engine], Response]) -> Response:
    return answer_stored(lambda: _conclude(case_id, action, conclude))


def _answer_asked(case_id: str, action: str, conclude: Callable[[Case, _Asked, Engine], Response]) -> Response:
    def answer() -> Response:
        asked = _asked(current_engine())
        return _conclude(case_id, action, lambda case, _, engine: conclude(case, asked, engine))

    return answer_stored(answer)


def _conclude(case_id: str, action: str, conclude: Callable[[Case, Revision, Engine], Response]) -> Response:
    record, engine = current_record(), current_engine()
    revision = record.cases.get(read_id(case_id), current_tenant(), _revision())
    record.audit.append(audit_entry(action, revision.case_id))

    def answer() -> Response:
        return conclude(read_stored(revision.document, engine, _as_of()).case, revision, engine)

    response = answer_case(answer, engine)
    response.headers["Cache-Control"] = "no-store"
    return response


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")


def _as_of() -> Decimal | str | None:
    """Hours, or a moment; intake says what is wrong with it."""
    text = request.args.get("asOf")
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return text


def _revision() -> int | None:
    text = request.args.get("revision")
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 18:
        return int(text)
    raise InvalidInputError((error("revision", "/revision", "This is no number of a revision.", "Use 1, 2, …"),))


def _asked(engine: Engine) -> _Asked:
    """The condition and the limit of the parameters. Raises InvalidInputError with all that is wrong."""
    issues: list[Issue] = []
    name, text = request.args.get("condition", ""), request.args.get("limit", str(_DEFAULT_LIMIT))
    condition: Iri | Issue = (
        engine.lookup.resolve(name, v.CONDITION, "/condition")
        if name
        else error("missing", "/condition", "The condition that is asked about is missing.", "Add ?condition=NAME.")
    )
    if isinstance(condition, Issue):
        issues.append(condition)
    is_limit = text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= _MOST
    if not is_limit:
        issues.append(error("limit", "/limit", f"The limit is no number from 1 to {_MOST}.", "Correct it."))
    if issues or isinstance(condition, Issue):
        raise InvalidInputError(tuple(issues))
    return _Asked(condition, int(text))
