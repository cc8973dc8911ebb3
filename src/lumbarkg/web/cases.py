"""``/api/v1/cases/{id}``: a case is stored, read, erased; its ETag is its revision."""

from __future__ import annotations

import json
import uuid
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for

from lumbarkg.cases.accept import Accepted, accept_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.record.cases import Precondition, Revision
from lumbarkg.web.case_request import (
    answer_stored,
    audit_entry,
    current_record,
    current_release,
    current_tenant,
    json_only,
    read_id,
    read_precondition,
)
from lumbarkg.web.current import current_engine
from lumbarkg.web.problems import problem

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
    """The case as it was sent."""

    def answer() -> Response:
        return _document(current_record().cases.get(read_id(case_id), current_tenant()), "case.read")

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
        found = current_record().cases.revisions(read_id(case_id), current_tenant())
        body = {"revisions": [{**_about(r), "href": _address(r)} for r in found]}
        return Response(json.dumps(body), mimetype="application/json")

    return answer_stored(answer)


@blueprint.get("/<case_id>/revisions/<int:number>")
def get_revision(case_id: str, number: int) -> Response:
    """One revision as it was sent."""

    def answer() -> Response:
        wanted = min(number, 2**62)  # SQLite's integers end there
        return _document(current_record().cases.get(read_id(case_id), current_tenant(), wanted), "revision.read")

    return answer_stored(answer)


def _store(case_id: UUID, precondition: Precondition) -> Response:
    refused = json_only()
    if refused is not None:
        return refused
    record, content = current_record(), request.get_data()
    accepted = _accept(content)
    if isinstance(accepted, Response):
        return accepted
    entry = audit_entry("case.write", case_id, content)
    written = record.cases.put(case_id, current_tenant(), accepted.document, current_release(), entry, precondition)
    body = {"id": str(case_id), "revision": written.revision}
    response = Response(json.dumps(body), status=201 if written.created else 200, mimetype="application/json")
    if written.created:
        response.headers["Location"] = url_for("cases.get_case", case_id=str(case_id))
    response.set_etag(str(written.revision))
    return response


def _accept(content: bytes) -> Accepted | Response:
    try:
        return accept_case(content, current_engine(), current_app.extensions["stored_case_shapes"])
    except InvalidInputError as refused:
        if any(issue.code == "malformed-json" for issue in refused.issues):
            return problem(400, "malformed-json", "Malformed JSON", refused.issues[0].message, refused.issues)
        count = len(refused.issues)
        detail = f"The case has {count} problem{'s' if count > 1 else ''}; nothing was stored."
        return problem(422, "invalid-case", "Invalid case", detail, refused.issues)


def _document(revision: Revision, action: str) -> Response:
    current_record().audit.append(audit_entry(action, revision.case_id))
    response = Response(revision.document, mimetype="application/json")
    response.set_etag(str(revision.number))
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    response.make_conditional(request.environ)
    return response


def _about(revision: Revision) -> dict[str, Any]:
    return {
        "revision": revision.number,
        "modified": revision.modified,
        "ontologyVersion": revision.release.version,
        "ontologyDigest": revision.release.digest,
    }


def _address(revision: Revision) -> str:
    return url_for("cases.get_revision", case_id=str(revision.case_id), number=revision.number)
