"""The Flask application, built once from an engine."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response

from lumbarkg.assessment import Engine, load_engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sparql.graphs import knowledge_graphs
from lumbarkg.sparql.visibility import USER_NAMESPACE, Visibility
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.limits import Limits
from lumbarkg.store.port import DEFAULT_GRAPH
from lumbarkg.web import assessments, descriptions, graph_store, page, problems, sparql, terms
from lumbarkg.web.callers import Tokens

_MAX_BODY = 1024 * 1024
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Config:
    """What a server is built from.

    ``is_conformance`` starts it on an empty store that everybody may write, for conformance suites on loopback alone.
    """

    release: Path
    shapes: Path
    limits: Limits = field(default_factory=Limits)
    tokens: Tokens = field(default_factory=Tokens)
    is_conformance: bool = False
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
    app.extensions["store"], app.extensions["visibility"] = _store(engine, config)
    app.extensions["tokens"] = config.tokens
    app.extensions["form"] = page.form_content(engine, config.release)
    app.extensions["terms"] = terms.TermPages(engine, config.release)
    for module in (assessments, sparql, graph_store, descriptions, page, terms):
        app.register_blueprint(module.blueprint)
    problems.register(app)
    app.after_request(_secure)
    return app


def _store(engine: Engine, config: Config) -> tuple[EmbeddedStore, Visibility]:
    """The store, whose pool starts at its first use, and who sees what of it."""
    prefixes = engine.terms.prefixes.namespaces
    if config.is_conformance:
        empty: dict[Iri, bytes] = {DEFAULT_GRAPH: b""}
        return EmbeddedStore(empty, (), prefixes=prefixes, limits=config.limits), Visibility((), is_open=True)
    mappings = read_mappings(config.release / "mappings", engine.terms.prefixes)
    graphs = knowledge_graphs(engine.knowledge, engine.ranker.tables, mappings)
    names = tuple(sorted(graphs))
    store = EmbeddedStore(graphs, names, prefixes=prefixes, limits=config.limits, owners=USER_NAMESPACE)
    return store, Visibility(names)


def _secure(response: Response) -> Any:
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype in ("application/json", "application/problem+json"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
