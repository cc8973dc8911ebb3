"""Errors as heads of frames and back, so that what a worker raises is raised where somebody waits for the answer."""

from __future__ import annotations

from typing import Any

from lumbarkg.errors import (
    ForbiddenError,
    InvalidInputError,
    LumbarkgError,
    NotAcceptableError,
    QueryError,
    QueryLimitError,
    QueryTimeoutError,
    StoreBusyError,
    StoreError,
)
from lumbarkg.issues import Issue, Severity

_WITH_ISSUES = {"QueryError": QueryError, "QueryLimitError": QueryLimitError, "QueryTimeoutError": QueryTimeoutError}


def failure_head(problem: LumbarkgError) -> dict[str, Any]:
    """The head of a FAILURE frame."""
    head: dict[str, Any] = {"error": type(problem).__name__, "message": str(problem)}
    if isinstance(problem, InvalidInputError | QueryError):
        if isinstance(problem, NotAcceptableError):
            head["offered"] = list(problem.offered)
        else:
            head["issues"] = [issue.to_json() for issue in problem.issues]
    elif isinstance(problem, ForbiddenError):
        head["remedy"] = problem.remedy
    elif isinstance(problem, StoreBusyError):
        head["retryAfter"] = problem.retry_after
    return head


def raised_by(head: dict[str, Any]) -> LumbarkgError:
    """The error that a FAILURE frame tells of."""
    name, message = head["error"], head["message"]
    issues = tuple(
        Issue(Severity(i["severity"]), i["code"], i["path"], i["message"], i["remedy"]) for i in head.get("issues", ())
    )
    if name in _WITH_ISSUES:
        return _WITH_ISSUES[name](message, issues)
    if name == "NotAcceptableError":
        return NotAcceptableError(message, tuple(head["offered"]))
    if name == "InvalidInputError":
        return InvalidInputError(issues)
    if name == "ForbiddenError":
        return ForbiddenError(message, head["remedy"])
    if name == "StoreBusyError":
        return StoreBusyError(message, head["retryAfter"])
    return StoreError(message)
