"""``POST /api/v1/assessments/why`` and ``/why-not``: the reasons for a condition, or what is missing for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, read_case
from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.explanation import explain, find_missing
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.model import Case
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.render.why import render_why, render_why_not
from lumbarkg.render.why_rdf import why_not_triples, why_triples
from lumbarkg.web.assessments import answer_case, read_document
from lumbarkg.web.current import current_engine
from lumbarkg.web.json_bodies import json_response

blueprint = Blueprint("why", __name__)
_OFFERED = ("application/json", "text/turtle")
_FIELDS = ("case", "condition", "limit")
_DEFAULT_LIMIT, _MOST = 20, 100
_SECONDS = 2.0
"""The time in which all justifications, or all that is missing, are looked for; an answer says where it is not all."""


@blueprint.post("/api/v1/assessments/why")
def post_why() -> Response:
    """All minimal justifications of a suggestion, with axioms in Manchester syntax, and in plain words."""

    def answer(case: Case, condition: Iri, limit: int, engine: Engine) -> tuple[dict[str, Any], list[Triple]]:
        found = explain(case, condition, engine, limit, _expired_after(_SECONDS))
        body = render_why(condition, found.supports, found.argues_against, engine.reasoning, engine.sources)
        return body, why_triples(body)

    return _answer(answer)


@blueprint.post("/api/v1/assessments/why-not")
def post_why_not() -> Response:
    """The smallest sets of further statements with which the condition would be suggested."""

    def answer(case: Case, condition: Iri, limit: int, engine: Engine) -> tuple[dict[str, Any], list[Triple]]:
        found = find_missing(case, condition, engine, limit, _expired_after(_SECONDS))
        body = render_why_not(found.why_not, found.already, engine.reasoning, engine.sources)
        return body, why_not_triples(body)

    return _answer(answer)


def _answer(explained: Callable[[Case, Iri, int, Engine], tuple[dict[str, Any], list[Triple]]]) -> Response:
    engine = current_engine()
    document = read_document()
    if isinstance(document, Response):
        return document

    def answer() -> Response:
        body, triples = explained(*_read_question(document, engine), engine)
        if request.accept_mimetypes.best_match(_OFFERED, _OFFERED[0]) == "text/turtle":
            return Response(serialise(triples, Syntax.TURTLE, v.WELL_KNOWN_PREFIXES), mimetype="text/turtle")
        return json_response(body)

    return answer_case(answer, engine)


def _read_question(document: Any, engine: Engine) -> tuple[Case, Iri, int]:
    """The case, the condition and the limit of a body. Raises InvalidInputError with every issue at once."""
    if not isinstance(document, dict):
        raise InvalidInputError(
            (error("wrong-type", "", "The body is no object.", 'Send {"case": …, "condition": …}.'),)
        )
    issues = [_unknown_field(name) for name in document if name not in _FIELDS]
    condition, limit, case = _read_condition(document, engine), _read_limit(document), None
    issues += [issue for issue in (condition, limit) if isinstance(issue, Issue)]
    try:
        case = read_case(document.get("case"), engine)
    except InvalidInputError as refused:
        issues += [_beneath("/case", issue) for issue in refused.issues]
    if issues or case is None or isinstance(condition, Issue) or isinstance(limit, Issue):
        raise InvalidInputError(tuple(issues))
    return case, condition, limit


def _read_condition(document: dict[str, Any], engine: Engine) -> Iri | Issue:
    name = document.get("condition")
    if isinstance(name, str) and name:
        return engine.lookup.resolve(name, v.CONDITION, "/condition")
    return error("missing", "/condition", "The condition that is asked about is missing.", "Name one as a string.")


def _read_limit(document: dict[str, Any]) -> int | Issue:
    limit = document.get("limit", _DEFAULT_LIMIT)
    if isinstance(limit, int) and not isinstance(limit, bool) and 0 < limit <= _MOST:
        return limit
    return error(
        "out-of-range", "/limit", f"{limit!r} is no whole number from 1 to {_MOST}.", "Leave it out, or correct it."
    )


def _unknown_field(name: str) -> Issue:
    near = nearest(name, {field: field for field in _FIELDS}, 1)
    remedy = f"Did you mean '{near[0][0]}'?" if near else f"Use {', '.join(_FIELDS)}."
    return error("unknown-field", f"/{name}", f"'{name}' is not a field of this request.", remedy)


def _beneath(pointer: str, issue: Issue) -> Issue:
    return Issue(issue.severity, issue.code, pointer + issue.path, issue.message, issue.remedy)


def _expired_after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
