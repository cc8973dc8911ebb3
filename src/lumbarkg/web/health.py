"""``/healthz``: whether the process answers. It needs no token and says nothing else."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def get_health() -> Response:
    """Always the same: that this was sent says it all."""
    return Response('{"status": "ok"}', mimetype="application/json")
