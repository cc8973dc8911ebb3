"""``POST /api/v1/assessments/batch``: a case a line in, an answer a line out, in the same order.

A line that cannot be used gives a line with its problem, and the others are answered all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, read_case
from lumbarkg.compact import assess_compact
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.case_json import parse_json
from lumbarkg.issues import error
from lumbarkg.model import Case
from lumbarkg.render.encode import encode_json
from lumbarkg.render.json import render_problem
from lumbarkg.web.assessment_models import BatchParameters, Detail
from lumbarkg.web.case_bodies import contradiction, refusal
from lumbarkg.web.current import current_engine
from lumbarkg.web.parameters import read_parameters
from lumbarkg.web.problems import problem

blueprint = Blueprint("batch", __name__)
NDJSON = "application/x-ndjson"
MEDIA_TYPES = (NDJSON, "application/ndjson", "application/jsonl")
MOST_LINES, LONGEST_LINE, MOST_BYTES = 10_000, 64 * 1024, 64 * 1024 * 1024
Answer = Callable[[Case], dict[str, Any]]


@blueprint.post("/api/v1/assessments/batch")
def post_batch() -> Response:
    """Assess the cases of the body, one a line (NDJSON); ``?view=full`` gives all of each answer."""
    request.max_content_length = MOST_BYTES
    engine = current_engine()
    try:
        asked = read_parameters(BatchParameters)
    except InvalidInputError as refused:
        return problem(400, "invalid-parameters", "Invalid parameters", str(refused), refused.issues)
    if request.mimetype not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"A batch is {NDJSON}, a case a line.")

    def full(case: Case) -> dict[str, Any]:
        return engine.encoder.write(assess(case, engine))

    def compact(case: Case) -> dict[str, Any]:
        return assess_compact(case, engine)

    logger = current_app.logger
    lines = _answers(cast(BinaryIO, request.stream), full if asked.view is Detail.FULL else compact, engine, logger)
    return Response(lines, mimetype=NDJSON, headers={"Cache-Control": "no-store"})


def _answers(body: BinaryIO, answer: Answer, engine: Engine, logger: Any) -> Iterator[bytes]:
    number = answered = 0
    while line := body.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            text = f"Line {number} is longer than {LONGEST_LINE} bytes."
            yield _line(number, problem=_limit(text, "Send that case by itself, and the rest in another batch."))
            return
        if not line.strip():
            continue
        answered += 1
        if answered > MOST_LINES:
            text = f"The batch has more than {MOST_LINES} cases."
            yield _line(number, problem=_limit(text, "Send the rest, from this line on, in another batch."))
            return
        yield _answer_line(number, line, answer, engine, logger)


def _answer_line(number: int, line: bytes, answer: Answer, engine: Engine, logger: Any) -> bytes:
    try:
        return _line(number, assessment=answer(read_case(parse_json(line), engine)))
    except ContradictoryCaseError as refused:
        return _line(number, problem=contradiction(refused, engine))
    except InvalidInputError as refused:
        return _line(number, problem=refusal(refused))
    except Exception as unforeseen:
        logger.error("unforeseen %s in a batch", type(unforeseen).__name__)
        text = "The server met an error of its own."
        issue = error("internal", "", text, "Report it with the time and the version.")
        return _line(number, problem=render_problem(500, "internal", "Internal error", text, (issue,)))


def _line(number: int, **content: dict[str, Any]) -> bytes:
    return encode_json({"line": number, **content}) + b"\n"


def _limit(text: str, remedy: str) -> dict[str, Any]:
    issue = error("too-much", "", text, remedy)
    return render_problem(413, "request-entity-too-large", "Request entity too large", text, (issue,))
