"""What went wrong with a query, an update or a graph, as a problem with the status that HTTP has for it."""

from __future__ import annotations

from flask import Response

from lumbarkg.errors import (
    ForbiddenError,
    InvalidInputError,
    LumbarkgError,
    NotAcceptableError,
    QueryError,
    QueryLimitError,
    QueryTimeoutError,
    StorageFullError,
    StoreBusyError,
)
from lumbarkg.issues import error
from lumbarkg.web.problems import problem

_NARROW = "Ask for less: add a LIMIT, name a class or property, or bind a variable."


def refuse(cause: LumbarkgError) -> Response:
    """The problem of an error."""
    text = str(cause)
    if isinstance(cause, ForbiddenError):
        return problem(403, "forbidden", "Forbidden", text, (error("forbidden", "", text, cause.remedy),))
    if isinstance(cause, NotAcceptableError):
        remedy = f"Accept {', '.join(cause.offered)}."
        return problem(406, "not-acceptable", "Not acceptable", text, (error("not-acceptable", "", text, remedy),))
    if isinstance(cause, QueryTimeoutError):
        response = problem(503, "query-timeout", "Query stopped", text, (error("timeout", "/query", text, _NARROW),))
        response.headers["Retry-After"] = "1"
        return response
    if isinstance(cause, QueryLimitError):
        return problem(400, "query-limit", "Query too large", text, (error("limit", "/query", text, _NARROW),))
    if isinstance(cause, StorageFullError):
        issue = error("storage-full", "", text, "Tell whoever runs the server to free space; then send it again.")
        return problem(507, "storage-full", "Insufficient storage", text, (issue,))
    if isinstance(cause, StoreBusyError):
        response = problem(
            503, "busy", "Too many requests at once", text, (error("busy", "", text, "Try again later."),)
        )
        response.headers["Retry-After"] = str(cause.retry_after)
        return response
    if isinstance(cause, QueryError):
        issues = cause.issues or (error("query", "/query", text, "Correct the query."),)
        return problem(400, "query", "Query refused", text, issues)
    if isinstance(cause, InvalidInputError):
        return problem(400, "invalid-input", "Invalid input", text, cause.issues)
    response = problem(503, "store", "Store unavailable", text, (error("store", "", text, "Try again."),))
    response.headers["Retry-After"] = "1"
    return response
