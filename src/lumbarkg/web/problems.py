"""Every error as an RFC 9457 problem that says what happened, where, and what to do; never a stack trace."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from lumbarkg.issues import Issue, error
from lumbarkg.render.json import render_problem

_KEPT = ("Allow", "WWW-Authenticate")
MEDIA_TYPE = "application/problem+json"
_REMEDIES = {
    401: "Send Authorization: Bearer with a token of this server; docs/sparql.md says how to make one.",
    404: "Check the address; / lists nothing but the page, the API starts at /api/v1/.",
    405: "Use the method that the resource offers.",
    413: "Send less: the limit is 1 MiB.",
    415: "Send Content-Type: application/json.",
}


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    issues: tuple[Issue, ...] = (),
    triage: dict[str, Any] | None = None,
) -> Response:
    """A problem as a response."""
    content = render_problem(status, kind, title, detail, issues, triage)
    return Response(json.dumps(content, ensure_ascii=False), status=status, mimetype=MEDIA_TYPE)


def register(app: Flask) -> None:
    """Answer every HTTP error, and every unforeseen one, with a problem."""

    def on_http_error(exception: HTTPException) -> Response:
        status = exception.code or 500
        title = exception.name
        remedy = _REMEDIES.get(status, "")
        issue = error(title.casefold().replace(" ", "-"), "", f"{exception.description}", remedy)
        response = problem(status, issue.code, title, f"{title}. {remedy}".strip(), (issue,))
        response.headers.extend({name: value for name, value in exception.get_headers() if name in _KEPT})
        return response

    def on_unforeseen(exception: Exception) -> Response:
        app.logger.error("unforeseen %s", type(exception).__name__)
        return problem(
            500,
            "internal",
            "Internal error",
            "The server met an error of its own; nothing was stored.",
            (
                error(
                    "internal",
                    "",
                    "The server met an error of its own.",
                    "Report it with the time and the version.",
                ),
            ),
        )

    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_unforeseen)
