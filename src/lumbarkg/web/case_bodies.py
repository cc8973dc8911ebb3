"""The case in the body of a request: JSON, JSON-LD or Turtle, or the problem that refuses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.assessment import ContradictoryCaseError, Engine, read_case
from lumbarkg.case_documents import RDF_MEDIA_TYPES, read_rdf_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.case_json import parse_json
from lumbarkg.issues import Issue
from lumbarkg.model import Case
from lumbarkg.render.json import render_disposition, render_problem
from lumbarkg.web.problems import problem_response

JSON = "application/json"
CASE_MEDIA_TYPES = (JSON, *RDF_MEDIA_TYPES)
_CONTRADICTION = (
    "A finding is both present and denied, so causes are not ranked. The triage is that of the present findings alone."
)
_NOT_READ = {
    "malformed-json": ("malformed-json", "Malformed JSON"),
    "rdf-syntax": ("malformed-rdf", "Malformed RDF"),
    "too-deep": ("malformed-rdf", "Malformed RDF"),
    "entity": ("malformed-rdf", "Malformed RDF"),
    "not-one-graph": ("malformed-rdf", "Malformed RDF"),
    "triple-term": ("malformed-rdf", "Malformed RDF"),
}
"""Issues of a body that could not even be read, and the problem of each: the status is 400 then, not 422."""


def read_document() -> Any:
    """The JSON value of the body, or the problem that it has. Raises UnsupportedMediaType."""
    if request.mimetype not in ("", JSON):
        raise UnsupportedMediaType(f"A request here is {JSON}, not {request.mimetype}.")
    try:
        return parse_json(request.get_data())
    except InvalidInputError as refused:
        return problem_response(refusal(refused))


def read_body(engine: Engine) -> Case:
    """The case of the body. Raises InvalidInputError with every issue, UnsupportedMediaType."""
    media_type = request.mimetype
    if media_type in RDF_MEDIA_TYPES:
        return read_rdf_case(request.get_data(), media_type, engine)
    if media_type not in ("", JSON):
        raise UnsupportedMediaType(f"A case is {', '.join(CASE_MEDIA_TYPES)}, not {media_type}.")
    return read_case(parse_json(request.get_data()), engine)


def answer_case(answer: Callable[[], Response], engine: Engine) -> Response:
    """The answer to a case, or the problem that refuses it."""
    try:
        return answer()
    except ContradictoryCaseError as refused:
        return problem_response(contradiction(refused, engine))
    except InvalidInputError as refused:
        return problem_response(refusal(refused))


def refusal(refused: InvalidInputError, undone: str = "assessed") -> dict[str, Any]:
    """The problem of a case that cannot be used, or of a body that cannot be read; ``undone`` was not done with it."""
    issues: tuple[Issue, ...] = refused.issues
    unread = next((_NOT_READ[issue.code] for issue in issues if issue.code in _NOT_READ), None)
    if unread is not None:
        return render_problem(400, *unread, issues[0].message, issues)
    count = len(issues)
    detail = f"The case has {count} problem{'s' if count > 1 else ''}; nothing was {undone}."
    return render_problem(422, "invalid-case", "Invalid case", detail, issues)


def contradiction(refused: ContradictoryCaseError, engine: Engine) -> dict[str, Any]:
    """The problem of a case that contradicts itself, with its triage."""
    triage = render_disposition(refused.disposition, engine.sources)
    return render_problem(422, "contradictory-case", "Contradictory case", _CONTRADICTION, refused.issues, triage)
