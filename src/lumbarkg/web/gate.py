"""What every request passes before its route, and every answer after it: origin, token, scope, rate; headers, log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask, Response, current_app, g, request

from lumbarkg.access.credentials import LOCAL
from lumbarkg.access.door import Door
from lumbarkg.access.rate import Rate, RateLimiter
from lumbarkg.errors import LumbarkgError
from lumbarkg.issues import error
from lumbarkg.sparql.visibility import Caller, Scope
from lumbarkg.web.problems import problem
from lumbarkg.web.refusals import refuse

LOG = logging.getLogger("lumbarkg.access")
_OPEN_TO_ALL = frozenset({"health"})
"""Blueprints that need no token."""
_SCOPES = {
    "assessments": Scope.ASSESS,
    "why": Scope.ASSESS,
    "batch": Scope.ASSESS,
    "interview": Scope.ASSESS,
    "cases": Scope.CASES,
    "case_list": Scope.CASES,
    "case_answers": Scope.CASES,
    "cohorts": Scope.CASES,
}
"""Blueprint → what its routes need; any other needs ``read``. Updates of graphs are held to theirs by ``/sparql``."""
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_CORS_METHODS = "GET, HEAD, POST, PUT, DELETE"
_CORS_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match"
_CORS_EXPOSED = "ETag, Link, Location, Retry-After"
_HOW = (
    "Make a token on the server with `lumbarkg token create --name NAME --tenant TENANT --scope read`, "
    "and send it as 'Authorization: Bearer TOKEN'."
)


@dataclass(frozen=True)
class Access:
    """How a server lets callers in. Rates hold per worker process."""

    door: Door = field(default_factory=lambda: Door(is_loopback=True))
    rate: Rate = field(default_factory=lambda: Rate(200, 400))
    failures: Rate = field(default_factory=lambda: Rate(1, 20))
    """Refused tokens of one address; past it, they are not even looked at."""
    clock: Callable[[], float] = time.monotonic


def register(app: Flask, access: Access, content_security_policy: str, *, is_conformance: bool) -> None:
    """Put the gate before and after every route. A conformance server, on loopback alone, asks for nothing."""
    calls, failures = RateLimiter(access.rate), RateLimiter(access.failures)

    def enter() -> Response | None:
        g.started = time.perf_counter()
        if is_conformance:
            return None
        refused = _check_form(access.door) or _identify(access, failures)
        if refused is None and request.blueprint not in _OPEN_TO_ALL:
            refused = _check_rate(access, calls) or _check_scope()
        return refused

    def leave(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = content_security_policy
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if response.mimetype in ("application/json", "application/problem+json"):
            response.headers.setdefault("Cache-Control", "no-store")
        _allow_origin(response, access.door)
        _log(response)
        return response

    app.before_request(enter)
    app.after_request(leave)


def _check_form(door: Door) -> Response | None:
    """Refuse what a foreign page sends, and bodies in disguise; answer the question that browsers ask ahead."""
    if door.is_foreign(request.method, request.host, dict(request.headers)):
        text = "A page of another origin may not change anything here."
        remedy = "Call from a page of this server, or have the operator allow the origin (--allow-origin)."
        return problem(403, "foreign-origin", "Foreign origin", text, (error("foreign-origin", "", text, remedy),))
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        text = "Compressed bodies are not accepted."
        issue = error("content-encoding", "", text, "Send it without Content-Encoding.")
        return problem(415, "content-encoding", "Unsupported encoding", text, (issue,))
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        return Response(status=204)
    return None


def _identify(access: Access, failures: RateLimiter) -> Response | None:
    """Find out who calls, and keep it for the request."""
    header = request.headers.get("Authorization", "")
    if header:
        return _verify(header, access, failures)
    if access.door.is_open(request.host, request.headers.keys()) or request.blueprint in _OPEN_TO_ALL:
        g.caller = LOCAL
        return None
    return _unauthorised("authentication-required", "Authentication required", "This server asks for a token.")


def _verify(header: str, access: Access, failures: RateLimiter) -> Response | None:
    scheme, _, secret = header.partition(" ")
    address = request.remote_addr or ""
    try:
        found: Caller | None = None
        if scheme.casefold() == "bearer":
            found = current_app.extensions["tokens"].caller(secret.strip())
    except LumbarkgError as cause:
        return refuse(cause)
    if found is not None:
        g.caller = found
        return None
    seconds = failures.wait(address, access.clock())
    if seconds:
        return _too_many(seconds, "Too many tokens from this address were refused.")
    return _unauthorised("invalid-token", "Invalid token", "The Authorization header holds no valid token.")


def _check_rate(access: Access, calls: RateLimiter) -> Response | None:
    caller: Caller = g.caller
    if access.door.is_open(request.host, request.headers.keys()):
        return None  # this machine's own, with a token or without; it could as well stop the server
    who = getattr(caller, "who", "") or f"tenant:{caller.tenant}"
    seconds = calls.wait(who, access.clock())
    return _too_many(seconds, "Too many requests with this token.") if seconds else None


def _check_scope() -> Response | None:
    needed = _SCOPES.get(request.blueprint or "", Scope.READ)
    if g.caller.allows(needed) or request.blueprint in ("sparql", "graph_store"):
        return None
    text = f"The token does not allow this: it lacks the scope '{needed.value}'."
    issue = error("forbidden", "", text, f"Use a token that was created with --scope {needed.value}.")
    return problem(403, "forbidden", "Forbidden", text, (issue,))


def _unauthorised(code: str, title: str, text: str) -> Response:
    response = problem(401, code, title, text, (error(code, "", text, _HOW),))
    response.headers["WWW-Authenticate"] = 'Bearer realm="lumbarkg"'
    return response


def _too_many(seconds: float, text: str) -> Response:
    issue = error("too-many-requests", "", text, "Wait as Retry-After says, and send fewer.")
    response = problem(429, "too-many-requests", "Too many requests", text, (issue,))
    response.headers["Retry-After"] = str(max(1, round(seconds + 0.5)))
    return response


def _allow_origin(response: Response, door: Door) -> None:
    if door.origins:
        response.vary.add("Origin")
    origin = request.headers.get("Origin", "")
    if not door.allows_origin(origin):
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _CORS_EXPOSED
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _CORS_METHODS
        response.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
        response.headers["Access-Control-Max-Age"] = "600"


def _log(response: Response) -> None:
    """One line a request: the template of its route, never the path, the query or a header."""
    if not LOG.isEnabledFor(logging.INFO):
        return
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "method": request.method if request.method in _METHODS else "OTHER",
        "route": request.url_rule.rule if request.url_rule is not None else "-",
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
    }
    LOG.info("%s", json.dumps(line))
