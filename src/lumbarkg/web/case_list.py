"""``GET /api/v1/cases``: the caller's own cases, page by page."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from lumbarkg.issues import Issue, error
from lumbarkg.record.cases import CaseSummary
from lumbarkg.record.moments import read_moment, write_moment
from lumbarkg.web.case_models import CaseListParameters
from lumbarkg.web.case_request import (
    InvalidParametersError,
    answer_stored,
    audit_entry,
    current_record,
    current_tenant,
    read_case_parameters,
)

blueprint = Blueprint("case_list", __name__)


@blueprint.get("/api/v1/cases")
def get_cases() -> Response:
    """Cases by id, ``limit`` a page; ``modifiedSince`` and ``modifiedBefore`` are moments with a time zone."""
    return answer_stored(_answer)


def _answer() -> Response:
    asked = read_case_parameters(CaseListParameters)
    issues: list[Issue] = []
    limit, after = asked.limit, _cursor(asked.cursor, issues)
    since, before = (_moment(name, issues) for name in ("modifiedSince", "modifiedBefore"))
    if issues:
        raise InvalidParametersError(tuple(issues))
    record = current_record()
    found = record.cases.page(current_tenant(), limit + 1, after, since, before)
    page, has_more = found[:limit], len(found) > limit
    record.audit.append(audit_entry("case.list"))
    following = _following(page[-1]) if has_more else None
    body = {"cases": [_render(case) for case in page], "next": following}
    response = Response(json.dumps(body), mimetype="application/json")
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _render(case: CaseSummary) -> dict[str, object]:
    return {
        "id": str(case.case_id),
        "revision": case.revision,
        "created": case.created,
        "modified": case.modified,
        "href": url_for("cases.get_case", case_id=str(case.case_id)),
    }


def _following(last: CaseSummary) -> str:
    cursor = base64.urlsafe_b64encode(last.case_id.bytes).decode().rstrip("=")
    return f"/api/v1/cases?{urlencode({**request.args.to_dict(), 'cursor': cursor})}"


def _cursor(text: str, issues: list[Issue]) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(bytes=base64.b64decode(f"{text}==", altchars=b"-_", validate=True))
    except ValueError:
        issues.append(error("cursor", "/cursor", "This is no cursor of ours.", "Follow 'next', or begin without one."))
        return None


def _moment(name: str, issues: list[Issue]) -> str:
    text = request.args.get(name)
    if text is None:
        return ""
    try:
        return write_moment(read_moment(text.replace(" ", "+")))
    except (ValueError, OverflowError):
        remedy = "Write it as 2026-11-25T08:00:00Z."
        issues.append(error("moment", f"/{name}", "This is no moment with a time zone.", remedy))
        return ""
