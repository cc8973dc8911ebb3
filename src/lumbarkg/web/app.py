"""The Flask application, built once from an engine."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from lumbarkg.access.credentials import ConfiguredTokens, Credentials, RecordTokens, Verifier
from lumbarkg.assessment import Engine, load_engine
from lumbarkg.cases.derived import CaseGraphs, StoreWithCases
from lumbarkg.cases.visibility import CaseVisibility
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.identifiers import Iri
from lumbarkg.record.record import Record, open_record
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.graphs import UNION
from lumbarkg.sparql.release import ReleaseGraphs, read_release_graphs
from lumbarkg.sparql.visibility import USER_NAMESPACE, Visibility
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.limits import Limits
from lumbarkg.store.port import DEFAULT_GRAPH, Store
from lumbarkg.store.remote import RemoteStore, UnionGraph
from lumbarkg.store.settings import RemoteSettings
from lumbarkg.validation.shapes import CaseShapes
from lumbarkg.web import (
    api_docs,
    assessments,
    batch,
    case_answers,
    case_list,
    cases,
    cohorts,
    descriptions,
    gate,
    graph_store,
    health,
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
    cases,
    case_list,
    case_answers,
    cohorts,
    resources,
    sparql,
    queries,
    graph_store,
    descriptions,
    page,
    problem_pages,
    terms,
    health,
)
_MAX_BODY = 1024 * 1024
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Config:
    """What a server is built from.

    ``record`` is the file of stored cases, tokens and audit log, None for a server that stores nothing; ``verifiers``
    know tokens beyond those of the record and of the configuration. ``is_conformance`` starts it on an empty store
    that everybody may write, for conformance suites on loopback alone.
    With ``remote`` queries are asked of that store, which ``lumbarkg load`` has filled.
    """

    release: Path
    shapes: Path
    limits: Limits = field(default_factory=Limits)
    tokens: Tokens = field(default_factory=Tokens)
    record: Path | None = None
    verifiers: tuple[Verifier, ...] = ()
    access: gate.Access = field(default_factory=gate.Access)
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
    record = None if config.record is None or config.is_conformance else open_record(config.record)
    app.extensions["record"] = record
    app.extensions["store"], app.extensions["visibility"] = _with_cases(
        *_store(engine, published, config), engine, record
    )
    app.extensions["tokens"] = Credentials(_verifiers(config, record))
    app.extensions["stored_case_shapes"] = CaseShapes(config.shapes, config.shapes / "stored")
    app.extensions["catalogue"] = Catalogue(engine, published.index, config.release)
    app.extensions["representations"] = Representations(engine.digest)
    app.extensions["api_document"] = api_docs.ApiDocument(
        engine, app.extensions["catalogue"], published, config.release
    )
    app.extensions["form"] = page.form_content(engine, config.release)
    app.extensions["terms"] = terms.TermPages(engine, config.release)
    for module in _PARTS:
        app.register_blueprint(module.blueprint)
    problems.register(app)
    gate.register(app, config.access, _CONTENT_SECURITY_POLICY, is_conformance=config.is_conformance)
    return app


def _verifiers(config: Config, record: Record | None) -> tuple[Verifier, ...]:
    """Everything that knows tokens."""
    kept = () if record is None else (RecordTokens(record, lambda: datetime.now(UTC)),)
    return (ConfiguredTokens(config.tokens), *kept, *config.verifiers)


def _with_cases(
    store: EmbeddedStore | RemoteStore, visibility: Visibility, engine: Engine, record: Record | None
) -> tuple[Store, Visibility]:
    """The store with the graphs of stored cases, and who sees those."""
    if record is None:
        return store, visibility
    graphs = CaseGraphs(store, record.cases, engine, record.database.path.parent)
    return StoreWithCases(store, graphs), CaseVisibility(visibility.knowledge, cases=record.cases)


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
