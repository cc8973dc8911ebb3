"""What every request passes before its route: origin, token, scope, rate; and the line that the log gets of it."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Request, Response, current_app, g, request

from lumbarkg.access.credentials import LOCAL
from lumbarkg.access.door import Door
from lumbarkg.access.rate import Rate, RateLimiter
from lumbarkg.errors import LumbarkgError
from lumbarkg.issues import error
from lumbarkg.sparql.visibility import Caller, Scope
from lumbarkg.web.answer_headers import AnswerHeaders, Headers
from lumbarkg.web.metrics import count_request
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
    "metrics": Scope.ADMIN,
}
"""Blueprint → what its routes need; any other needs ``read``. Updates of graphs are held to theirs by ``/sparql``."""
_CLIENT_HAS_GONE = 499
"""Nobody reads this status, but the counts and the log show it; the number is the one that nginx took for it."""
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"})
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


def register(
    app: Flask, access: Access, content_security_policy: str, versions: Headers, *, is_conformance: bool
) -> None:
    """Put the gate before every route, the log after it, and the headers around both.

    A conformance server, on loopback alone, asks for nothing.
    """
    gate = None if is_conformance else _Gate(access)

    def enter() -> Response | None:
        g.started = time.perf_counter()
        return None if gate is None else gate.enter()

    app.before_request(enter)
    app.after_request(_leave)
    answered = AnswerHeaders(app.wsgi_app, content_security_policy, access.door, versions)
    app.wsgi_app = answered  # type: ignore[method-assign] # Flask's own way to put a layer around an application


class _Gate:
    """What a request must pass, cheapest first; each check gives the problem that refuses it, or None.

    It reads the headers as WSGI has them, and the request without Flask's proxy: every request pays for this.
    """

    def __init__(self, access: Access) -> None:
        self._door, self._clock = access.door, access.clock
        self._calls, self._failures = RateLimiter(access.rate), RateLimiter(access.failures)

    def enter(self) -> Response | None:
        """Let the request in as somebody, or refuse it."""
        asked = _current_request()
        environ, blueprint, host = asked.environ, asked.blueprint or "", asked.host
        has_gone = environ.get("waitress.client_disconnected")
        if has_gone is not None and has_gone():
            return Response(status=_CLIENT_HAS_GONE)
        refused = self._check_form(environ, host)
        if refused is not None:
            return refused
        is_open, is_for_all = self._door.is_open(host, environ), blueprint in _OPEN_TO_ALL
        caller = self._identify(environ, needs_no_token=is_open or is_for_all)
        if isinstance(caller, Response):
            return caller
        g.caller = caller
        if is_for_all:
            return None
        # This machine's own are not counted, with a token or without; they could as well stop the server.
        return (None if is_open else self._check_rate(caller)) or _check_scope(caller, blueprint)

    def _check_form(self, environ: dict[str, Any], host: str) -> Response | None:
        """Refuse what a foreign page sends, and bodies in disguise; answer the question that browsers ask ahead."""
        if self._door.is_foreign(environ, host):
            text = "A page of another origin may not change anything here."
            remedy = "Call from a page of this server, or have the operator allow the origin (--allow-origin)."
            return problem(403, "foreign-origin", "Foreign origin", text, (error("foreign-origin", "", text, remedy),))
        if environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
            text = "Compressed bodies are not accepted."
            issue = error("content-encoding", "", text, "Send it without Content-Encoding.")
            return problem(415, "content-encoding", "Unsupported encoding", text, (issue,))
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return Response(status=204)
        return None

    def _identify(self, environ: dict[str, Any], *, needs_no_token: bool) -> Caller | Response:
        """Who calls, or the problem that refuses them."""
        header = environ.get("HTTP_AUTHORIZATION", "")
        if header:
            return self._verify(header)
        if needs_no_token:
            return LOCAL
        return _unauthorised("authentication-required", "Authentication required", "This server asks for a token.")

    def _verify(self, header: str) -> Caller | Response:
        scheme, _, secret = header.partition(" ")
        try:
            found: Caller | None = None
            if scheme.casefold() == "bearer":
                found = current_app.extensions["tokens"].caller(secret.strip())
        except LumbarkgError as cause:
            return refuse(cause)
        if found is not None:
            return found
        seconds = self._failures.wait(request.remote_addr or "", self._clock())
        if seconds:
            return _too_many(seconds, "Too many tokens from this address were refused.")
        return _unauthorised("invalid-token", "Invalid token", "The Authorization header holds no valid token.")

    def _check_rate(self, caller: Caller) -> Response | None:
        who = getattr(caller, "who", "") or f"tenant:{caller.tenant}"
        seconds = self._calls.wait(who, self._clock())
        return _too_many(seconds, "Too many requests with this token.") if seconds else None


def _check_scope(caller: Caller, blueprint: str) -> Response | None:
    needed = _SCOPES.get(blueprint, Scope.READ)
    if caller.allows(needed) or blueprint in ("sparql", "graph_store"):
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


def _current_request() -> Request:
    """The request itself: to go through the proxy costs half a microsecond each time."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # documented, but not in its type
    return found


def _leave(response: Response) -> Response:
    """Count and log the request by the template of its route, never by its path, query or headers."""
    asked, now = _current_request(), time.perf_counter()
    seconds = now - g.get("started", now)
    method = asked.method if asked.method in _METHODS else "OTHER"
    route = asked.url_rule.rule if asked.url_rule is not None else "-"
    count_request(method, route, response.status_code, seconds)
    if LOG.isEnabledFor(logging.INFO):
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "process": os.getpid(),
            "method": method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
        }
        LOG.info("%s", json.dumps(line))
    return response
