"""``/healthz``: whether the process answers. ``/readyz``: whether it can do its work. Neither needs a token."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Blueprint, Response, current_app

from lumbarkg.errors import LumbarkgError, StoreError
from lumbarkg.record.record import Record
from lumbarkg.web.current import current_store

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def get_health() -> Response:
    """Always the same: that this was sent says it all."""
    return Response('{"status": "ok"}', mimetype="application/json")


@blueprint.get("/readyz")
def get_readiness() -> Response:
    """Whether the parts answer, each by name; 503 where one does not. It says nothing about why: the log does."""
    record: Record | None = current_app.extensions["record"]
    parts: dict[str, Callable[[], object]] = {"store": _ask_store}
    if record is not None:
        parts["record"] = record.cases.state
    states = {name: _state(name, ask) for name, ask in parts.items()}
    is_ready = all(state == "ok" for state in states.values())
    content = {"status": "ready" if is_ready else "unavailable", "parts": states}
    return Response(json.dumps(content), status=200 if is_ready else 503, mimetype="application/json")


def _ask_store() -> None:
    if not current_store().state().ready:
        raise StoreError("No query process is ready yet.")


def _state(name: str, ask: Callable[[], object]) -> str:
    try:
        ask()
    except LumbarkgError as problem:
        current_app.logger.warning("the %s is not ready: %s", name, problem)
        return "unavailable"
    return "ok"
