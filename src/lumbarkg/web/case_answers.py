"""What is concluded from a stored case: its assessment, why, why not; computed at every request, never kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, request

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess
from lumbarkg.cases.accept import read_stored, stored_document
from lumbarkg.compact import assess_compact
from lumbarkg.errors import NotAcceptableError
from lumbarkg.explanation import explain, find_missing
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY
from lumbarkg.interview import next_step
from lumbarkg.issues import Issue
from lumbarkg.model import Assessment, Case
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.record.cases import Revision
from lumbarkg.render.interview import render_questions
from lumbarkg.render.json import render_assessment
from lumbarkg.render.rdf import render_rdf
from lumbarkg.render.text import render_text
from lumbarkg.render.why import render_why, render_why_not
from lumbarkg.render.why_rdf import why_not_triples, why_triples
from lumbarkg.sensitivity import with_sensitivity
from lumbarkg.web.accept import acceptable
from lumbarkg.web.assessment_models import Detail
from lumbarkg.web.assessments import answer_case
from lumbarkg.web.case_models import (
    StoredAssessmentParameters,
    StoredParameters,
    StoredQuestionParameters,
    StoredWhyParameters,
)
from lumbarkg.web.case_request import (
    InvalidParametersError,
    answer_stored,
    audit_entry,
    current_record,
    current_tenant,
    read_case_parameters,
    read_id,
)
from lumbarkg.web.current import current_engine
from lumbarkg.web.json_bodies import JSON, json_response

blueprint = Blueprint("case_answers", __name__, url_prefix="/api/v1/cases/<case_id>")
TURTLE, TEXT = "text/turtle", "text/plain"
ASSESSMENT_TYPES = (JSON, "application/ld+json", TURTLE, TEXT)
WHY_TYPES = (JSON, TURTLE)
_WHY_SECONDS = 2.0
_FIELDS = {str(prop): field for prop, field in FIELD_OF_PROPERTY.items()}
Explained = tuple[dict[str, Any], Callable[[dict[str, Any]], list[Triple]]]


@blueprint.get("/assessment")
def get_assessment(case_id: str) -> Response:
    """The assessment of the case, or of ``?revision=N`` of it, as it comes out now.

    The other parameters are those of ``POST /api/v1/assessments``, and ``?asOf=`` in place of the document's.
    """

    def answer() -> Response:
        asked, engine = read_case_parameters(StoredAssessmentParameters), current_engine()
        media_type = _negotiate(ASSESSMENT_TYPES)

        def conclude(revision: Revision) -> Response:
            case = read_stored(revision.document, engine, _as_of(asked)).case
            stored = {"id": str(revision.case_id), "revision": revision.number}
            if asked.view is Detail.COMPACT and media_type != TEXT:
                body = assess_compact(case, engine)
            else:
                assessment = _assess_fully(case, engine, with_flips=asked.sensitivity)
                if media_type == JSON:
                    return json_response({"stored": stored, **engine.encoder.write(assessment)})
                body = render_assessment(assessment, engine.sources)
            if media_type == JSON:
                return json_response({"stored": stored, **body})
            content = render_text(body) if media_type == TEXT else render_rdf(body, media_type)
            return Response(content, mimetype=media_type)

        return _conclude(case_id, "case.assess", asked, conclude)

    return answer_stored(answer)


@blueprint.get("/questions")
def get_questions(case_id: str) -> Response:
    """What to ask next, as ``POST /api/v1/assessments/questions`` answers for a case that is sent."""

    def answer() -> Response:
        asked, engine = read_case_parameters(StoredQuestionParameters), current_engine()
        skipped = frozenset(p for name in asked.skip for p in (Iri(v.LKG + name),) if p in FIELD_OF_PROPERTY)

        def conclude(revision: Revision) -> Response:
            step = next_step(stored_document(revision.document, _as_of(asked)), engine, skipped)
            return json_response(render_questions(step.assessment, engine.sources, _FIELDS))

        return _conclude(case_id, "case.questions", asked, conclude)

    return answer_stored(answer)


@blueprint.get("/why")
def get_why(case_id: str) -> Response:
    """All minimal justifications of ``?condition=…``."""

    def explained(case: Case, condition: Iri, limit: int, engine: Engine) -> Explained:
        found = explain(case, condition, engine, limit, _expired_after(_WHY_SECONDS))
        body = render_why(condition, found.supports, found.argues_against, engine.reasoning, engine.sources)
        return body, why_triples

    return _explain(case_id, "case.why", explained)


@blueprint.get("/why-not")
def get_why_not(case_id: str) -> Response:
    """The smallest sets of further statements with which ``?condition=…`` would be suggested."""

    def explained(case: Case, condition: Iri, limit: int, engine: Engine) -> Explained:
        found = find_missing(case, condition, engine, limit, _expired_after(_WHY_SECONDS))
        return render_why_not(found.why_not, found.already, engine.reasoning, engine.sources), why_not_triples

    return _explain(case_id, "case.why-not", explained)


def _explain(case_id: str, action: str, explained: Callable[[Case, Iri, int, Engine], Explained]) -> Response:
    def answer() -> Response:
        asked, engine = read_case_parameters(StoredWhyParameters), current_engine()
        condition = engine.lookup.resolve(asked.condition, v.CONDITION, "/condition")
        if isinstance(condition, Issue):
            raise InvalidParametersError((condition,))
        media_type = _negotiate(WHY_TYPES)

        def conclude(revision: Revision) -> Response:
            case = read_stored(revision.document, engine, _as_of(asked)).case
            body, triples = explained(case, condition, asked.limit, engine)
            if media_type == TURTLE:
                return Response(serialise(triples(body), Syntax.TURTLE, v.WELL_KNOWN_PREFIXES), mimetype=media_type)
            return json_response(body)

        return _conclude(case_id, action, asked, conclude)

    return answer_stored(answer)


def _conclude(case_id: str, action: str, asked: StoredParameters, conclude: Callable[[Revision], Response]) -> Response:
    """Read the revision that is asked about, note that, and conclude."""
    record = current_record()
    revision = record.cases.get(read_id(case_id), current_tenant(), asked.revision)
    record.audit.append(audit_entry(action, revision.case_id))
    response = answer_case(lambda: conclude(revision), current_engine())
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _assess_fully(case: Case, engine: Engine, *, with_flips: bool) -> Assessment:
    assessment = assess(case, engine)
    return with_sensitivity(case, assessment, engine) if with_flips else assessment


def _negotiate(offered: tuple[str, ...]) -> str:
    """The form that the client likes best. Raises NotAcceptableError."""
    accepted = acceptable(request.headers.get("Accept"), offered)
    if not accepted:
        raise NotAcceptableError(f"This can be had as {', '.join(offered)}.", offered)
    return accepted[0]


def _expired_after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _as_of(asked: StoredParameters) -> Decimal | str | None:
    """Hours, or a moment; intake says what is wrong with it."""
    try:
        return None if asked.asOf is None else Decimal(asked.asOf)
    except InvalidOperation:
        return asked.asOf
