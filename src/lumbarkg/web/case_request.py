"""What the routes of stored cases share: the record, the case id of the address, preconditions, and problems."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from flask import Response, current_app, g, request
from pydantic import BaseModel

from lumbarkg import __version__
from lumbarkg.access.credentials import case_tenant
from lumbarkg.errors import InvalidInputError, LumbarkgError
from lumbarkg.issues import error
from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.cases import Precondition, PreconditionError, Release, UnknownCaseError
from lumbarkg.record.record import Record
from lumbarkg.web.current import current_caller, current_engine
from lumbarkg.web.parameters import read_parameters
from lumbarkg.web.problems import problem
from lumbarkg.web.refusals import refuse

Model = TypeVar("Model", bound=BaseModel)
_TAG = re.compile(r"([0-9]{1,15})(?:-[a-z]+)?")
"""An ETag of ours: a revision, and the form that was given of it where that was not JSON."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class InvalidParametersError(InvalidInputError):
    """Parameters of the address cannot be used."""


class NoRecordError(LumbarkgError):
    """This server was started without a record."""


def current_record() -> Record:
    """The record of the running application. Raises NoRecordError."""
    found: Record | None = current_app.extensions["record"]
    if found is None:
        raise NoRecordError("This server stores no cases: it was started without a record.")
    return found


def current_tenant() -> str:
    """Whose cases the request is about."""
    return case_tenant(current_caller())


def current_release() -> Release:
    """The ontology that answers."""
    engine = current_engine()
    return Release(engine.version, engine.digest)


def read_id(text: str) -> UUID:
    """The case id of an address, in any case of letters but in no other form. Raises InvalidInputError."""
    if _UUID.fullmatch(text):
        return UUID(text)
    message = "The id of a case is a UUID such as 123e4567-e89b-42d3-a456-426614174000."
    raise InvalidInputError((error("case-id", "", message, "Make a random one (UUID version 4), or POST the case."),))


def read_case_parameters(model: type[Model]) -> Model:
    """The parameters of the request. Raises InvalidParametersError with every issue at once."""
    try:
        return read_parameters(model)
    except InvalidInputError as refused:
        raise InvalidParametersError(refused.issues) from refused


def audit_entry(action: str, case_id: UUID | None = None, content: bytes = b"") -> AuditEntry:
    """What the audit log says of this request: its route's template, and a keyed digest of its body."""
    release = current_release()
    return AuditEntry(
        moment=datetime.now(UTC),
        who=getattr(g.caller, "who", ""),
        tenant=current_tenant(),
        action=action,
        route=request.url_rule.rule if request.url_rule else "",
        object=str(case_id or ""),
        input_hmac=current_record().key.digest(content) if content else "",
        software=__version__,
        ontology_version=release.version,
        ontology_digest=release.digest,
    )


def read_precondition() -> Precondition:
    """If-Match and If-None-Match of the request. Raises InvalidInputError where they make no sense here."""
    if_match, if_none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if if_none_match is not None and if_none_match.strip() != "*":
        message = "If-None-Match of a write can only be '*': store the case only if it is new."
        raise InvalidInputError((error("if-none-match", "", message, "Use If-Match to replace a revision."),))
    if if_match is not None and if_none_match is not None:
        message = "If-Match and If-None-Match: * cannot both hold."
        raise InvalidInputError((error("if-match", "", message, "Send one of the two."),))
    if if_match is None:
        return Precondition(must_be_new=if_none_match is not None)
    if if_match.strip() == "*":
        return Precondition(must_exist=True)
    # A weak, foreign or empty tag matches nothing (RFC 9110 §13.1.1); werkzeug reads an empty one as None.
    found = (_TAG.fullmatch(tag or "") for tag in request.if_match.as_set())
    return Precondition(revisions=frozenset(int(match[1]) for match in found if match))


def answer_stored(answer: Callable[[], Response]) -> Response:
    """The answer, or the problem of the record that keeps it from being given."""
    try:
        return answer()
    except UnknownCaseError as cause:
        issue = error("unknown-case", "", str(cause), "GET /api/v1/cases lists yours.")
        return problem(404, "unknown-case", "Unknown case", str(cause), (issue,))
    except PreconditionError as cause:
        remedy = "GET the case, apply your change to what it is now, and PUT it with its ETag in If-Match."
        issue = error("precondition-failed", "", str(cause), remedy)
        response = problem(412, "precondition-failed", "Precondition failed", str(cause), (issue,))
        if cause.current is not None:
            response.set_etag(str(cause.current))
        return response
    except InvalidParametersError as cause:
        return problem(400, "invalid-parameters", "Invalid parameters", str(cause), cause.issues)
    except NoRecordError as cause:
        issue = error("no-record", "", str(cause), "Start it with --record FILE.")
        return problem(503, "no-record", "No case store", str(cause), (issue,))
    except LumbarkgError as cause:
        return refuse(cause)
