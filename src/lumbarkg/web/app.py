"""The Flask application, built once from an engine."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response

from lumbarkg.assessment import load_engine
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sparql.graphs import knowledge_graphs
from lumbarkg.sparql.worker import QueryWorker
from lumbarkg.web import assessments, interview, page, problems, sparql, terms

_MAX_BODY = 1024 * 1024
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Config:
    """What a server is built from."""

    release: Path
    shapes: Path
    query_seconds: float = 10.0
    max_body_bytes: int = _MAX_BODY


def default_config() -> Config:
    """The release and shapes that the package ships."""
    return Config(release_dir(), shapes_dir())


def create_app(config: Config | None = None) -> Flask:
    """The application over one release.

    Raises OntologyError or ResourceError where the release or the shapes cannot be used.
    """
    config = config or default_config()
    engine = load_engine(config.release, config.shapes)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.logger.setLevel(logging.WARNING)
    app.extensions["engine"] = engine
    app.extensions["queries"] = QueryWorker(
        knowledge_graphs(engine.knowledge, engine.ranker.tables), config.query_seconds
    )
    app.extensions["form"] = page.form_content(engine, config.release)
    app.extensions["terms"] = terms.TermPages(engine, config.release)
    for blueprint in (assessments.blueprint, interview.blueprint, sparql.blueprint, page.blueprint, terms.blueprint):
        app.register_blueprint(blueprint)
    problems.register(app)
    app.after_request(_secure)
    return app


def _secure(response: Response) -> Any:
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype in ("application/json", "application/problem+json"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
