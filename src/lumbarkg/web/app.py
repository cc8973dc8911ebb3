"""The Flask application, built once from an engine."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response

from lumbarkg.assessment import Engine, load_engine
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.identifiers import Iri
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.graphs import UNION
from lumbarkg.sparql.release import ReleaseGraphs, read_release_graphs
from lumbarkg.sparql.visibility import USER_NAMESPACE, Visibility
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.limits import Limits
from lumbarkg.store.port import DEFAULT_GRAPH
from lumbarkg.store.remote import RemoteStore, UnionGraph
from lumbarkg.store.settings import RemoteSettings
from lumbarkg.web import (
    api_docs,
    assessments,
    batch,
    descriptions,
    graph_store,
    interview,
    page,
    problem_pages,
    problems,
    queries,
    resources,
    sparql,
    terms,
    why,
)
from lumbarkg.web.callers import Tokens
from lumbarkg.web.representations import Representations

_PARTS = (
    api_docs,
    assessments,
    batch,
    interview,
    why,
    resources,
    sparql,
    queries,
    graph_store,
    descriptions,
    page,
    problem_pages,
    terms,
)
_MAX_BODY = 1024 * 1024
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Config:
    """What a server is built from.

    ``is_conformance`` starts it on an empty store that everybody may write, for conformance suites on loopback alone.
    With ``remote`` queries are asked of that store, which ``lumbarkg load`` has filled.
    """

    release: Path
    shapes: Path
    limits: Limits = field(default_factory=Limits)
    tokens: Tokens = field(default_factory=Tokens)
    is_conformance: bool = False
    remote: RemoteSettings | None = None
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
    published = read_release_graphs(engine, config.release, queries_dir())
    app.extensions["release_graphs"] = published
    app.extensions["store"], app.extensions["visibility"] = _store(engine, published, config)
    app.extensions["catalogue"] = Catalogue(engine, published.index, config.release)
    app.extensions["representations"] = Representations(engine.digest)
    app.extensions["api_document"] = api_docs.ApiDocument(
        engine, app.extensions["catalogue"], published, config.release
    )
    app.extensions["tokens"] = config.tokens
    app.extensions["form"] = page.form_content(engine, config.release)
    app.extensions["terms"] = terms.TermPages(engine, config.release)
    for module in _PARTS:
        app.register_blueprint(module.blueprint)
    problems.register(app)
    app.after_request(_secure)
    return app


def _store(engine: Engine, published: ReleaseGraphs, config: Config) -> tuple[EmbeddedStore | RemoteStore, Visibility]:
    """The store, which is reached at its first use, and who sees what of it."""
    prefixes = engine.terms.prefixes.namespaces
    if config.is_conformance:
        empty: dict[Iri, bytes] = {DEFAULT_GRAPH: b""}
        return EmbeddedStore(empty, (), prefixes=prefixes, limits=config.limits), Visibility((), is_open=True)
    names = tuple(sorted(published.graphs))
    if config.remote is not None:
        return config.remote.open(UnionGraph(UNION, frozenset(names))), Visibility(names)
    store = EmbeddedStore(published.graphs, names, prefixes=prefixes, limits=config.limits, owners=USER_NAMESPACE)
    return store, Visibility(names)


def _secure(response: Response) -> Any:
    response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if response.mimetype in ("application/json", "application/problem+json"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
