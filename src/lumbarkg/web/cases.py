"""``/api/v1/cases/{id}``: a case is stored, read, erased; its ETag is its revision."""

from __future__ import annotations

import json
import uuid
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.case_documents import RDF_MEDIA_TYPES
from lumbarkg.cases.accept import Accepted, accept_case, accept_rdf_case
from lumbarkg.cases.graphs import stated_triples
from lumbarkg.errors import InvalidInputError, NotAcceptableError
from lumbarkg.rdf.formats import content_type
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.record.cases import Precondition, Revision
from lumbarkg.web.accept import acceptable
from lumbarkg.web.case_bodies import CASE_MEDIA_TYPES, refusal
from lumbarkg.web.case_request import (
    answer_stored,
    audit_entry,
    current_record,
    current_release,
    current_tenant,
    read_case_parameters,
    read_id,
    read_precondition,
)
from lumbarkg.web.current import current_engine
from lumbarkg.web.problems import problem_response
from lumbarkg.web.resource_models import Parameters

blueprint = Blueprint("cases", __name__, url_prefix="/api/v1/cases")


@blueprint.post("")
def post_case() -> Response:
    """Store the case of the body under a new id."""
    return answer_stored(lambda: _store(uuid.uuid4(), Precondition(must_be_new=True)))


@blueprint.put("/<case_id>")
def put_case(case_id: str) -> Response:
    """Store the case of the body as the next revision; If-Match refuses it where somebody was faster."""
    return answer_stored(lambda: _store(read_id(case_id), read_precondition()))


@blueprint.get("/<case_id>")
def get_case(case_id: str) -> Response:
    """The case: the JSON document as it is kept, or what it states in JSON-LD or Turtle, by Accept."""

    def answer() -> Response:
        return _document("case.read", case_id)

    return answer_stored(answer)


@blueprint.delete("/<case_id>")
def delete_case(case_id: str) -> Response:
    """Erase the case with all its revisions."""

    def answer() -> Response:
        found = read_id(case_id)
        entry = audit_entry("case.delete", found)
        current_record().cases.delete(found, current_tenant(), entry, read_precondition())
        return Response(status=204)

    return answer_stored(answer)


@blueprint.get("/<case_id>/revisions")
def get_revisions(case_id: str) -> Response:
    """The revisions of a case, oldest first, without their documents."""

    def answer() -> Response:
        read_case_parameters(Parameters)
        found = current_record().cases.revisions(read_id(case_id), current_tenant())
        body = {"revisions": [{**_about(r), "href": _address(r)} for r in found]}
        return Response(json.dumps(body), mimetype="application/json")

    return answer_stored(answer)


@blueprint.get("/<case_id>/revisions/<int:number>")
def get_revision(case_id: str, number: int) -> Response:
    """One revision, as the case is given."""

    def answer() -> Response:
        return _document("revision.read", case_id, min(number, 2**62))  # SQLite's integers end there

    return answer_stored(answer)


def _store(case_id: UUID, precondition: Precondition) -> Response:
    record, content = current_record(), request.get_data()
    try:
        accepted = _accept(content)
    except InvalidInputError as refused:
        return problem_response(refusal(refused, "stored"))
    entry = audit_entry("case.write", case_id, content)
    written = record.cases.put(case_id, current_tenant(), accepted.document, current_release(), entry, precondition)
    body = {"id": str(case_id), "revision": written.revision}
    response = Response(json.dumps(body), status=201 if written.created else 200, mimetype="application/json")
    if written.created:
        response.headers["Location"] = url_for("cases.get_case", case_id=str(case_id))
    response.set_etag(str(written.revision))
    return response


def _accept(content: bytes) -> Accepted:
    """The case of the body. Raises InvalidInputError, UnsupportedMediaType."""
    engine, closed = current_engine(), current_app.extensions["stored_case_shapes"]
    if request.mimetype in RDF_MEDIA_TYPES:
        return accept_rdf_case(content, request.mimetype, engine, closed)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(f"A case is {', '.join(CASE_MEDIA_TYPES)}, not {request.mimetype or 'untyped'}.")
    return accept_case(content, engine, closed)


def _document(action: str, case_id: str, number: int | None = None) -> Response:
    """A revision, by default the newest, in the form that Accept names."""
    read_case_parameters(Parameters)  # ?revision=1 is not to give the newest in silence
    record = current_record()
    accepted = acceptable(request.headers.get("Accept"), CASE_MEDIA_TYPES)
    if not accepted:
        raise NotAcceptableError(f"A case can be had as {', '.join(CASE_MEDIA_TYPES)}.", CASE_MEDIA_TYPES)
    revision = record.cases.get(read_id(case_id), current_tenant(), number)
    try:
        content, suffix = _write(revision, accepted[0])
    except InvalidInputError as refused:
        return problem_response(refusal(refused, "written as RDF; ask for JSON"))
    record.audit.append(audit_entry(action, revision.case_id))
    response = Response(content, content_type=content_type(accepted[0]))
    response.set_etag(f"{revision.number}{suffix}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept", "Authorization"))
    response.make_conditional(request.environ)
    return response


def _write(revision: Revision, media_type: str) -> tuple[str | bytes, str]:
    """A revision in a form, and what its ETag adds for it. Raises InvalidInputError."""
    if media_type == "application/json":
        return revision.document, ""
    engine = current_engine()
    triples = stated_triples(revision.case_id, revision.document, engine)
    syntax, suffix = (Syntax.TURTLE, "-turtle") if media_type == "text/turtle" else (Syntax.JSON_LD, "-jsonld")
    return serialise(triples, syntax, engine.terms.prefixes.namespaces), suffix


def _about(revision: Revision) -> dict[str, Any]:
    return {
        "revision": revision.number,
        "modified": revision.modified,
        "ontologyVersion": revision.release.version,
        "ontologyDigest": revision.release.digest,
    }


def _address(revision: Revision) -> str:
    return url_for("cases.get_revision", case_id=str(revision.case_id), number=revision.number)
