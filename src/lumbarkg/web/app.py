"""The Flask application over a loaded release."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from lumbarkg import __version__
from lumbarkg.access.credentials import ConfiguredTokens, Credentials, RecordTokens, Verifier
from lumbarkg.assessment import Engine, build_engine, read_release
from lumbarkg.cases.derived import CaseGraphs, StoreWithCases
from lumbarkg.cases.visibility import CaseVisibility
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.identifiers import Iri
from lumbarkg.record.record import Record, open_record
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.graphs import UNION
from lumbarkg.sparql.release import ReleaseGraphs, publish_graphs
from lumbarkg.sparql.visibility import USER_NAMESPACE, Visibility
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.launch import LaunchedPool
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
    metrics,
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
    metrics,
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
    With ``remote`` queries are asked of that store, which ``lumbarkg load`` has filled; with ``pool`` they are asked of
    the query pool of another process, whose socket stands there. No more than ``queries`` wait for it at once, so that
    threads are left for what asks for none.
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
    pool: Path | None = None
    queries: int | None = None
    max_body_bytes: int = _MAX_BODY


def default_config() -> Config:
    """The release and shapes that the package ships."""
    return Config(release_dir(), shapes_dir())


@dataclass(frozen=True)
class LoadedRelease:
    """What an application reads and never changes: loaded once, and shared by the workers that are forked after it."""

    engine: Engine
    published: ReleaseGraphs
    catalogue: Catalogue
    stored_case_shapes: CaseShapes
    api_document: api_docs.ApiDocument
    form: str
    terms: terms.TermPages


def load_release(config: Config, feed: Callable[[Iri, bytes], None] | None = None) -> LoadedRelease:
    """Read a release; each of its graphs is given to ``feed`` as soon as it is made.

    Raises OntologyError or ResourceError where it or the shapes cannot be used.
    """
    read = read_release(config.release)
    published = publish_graphs(read.knowledge, read.terms, read.tables, read.mappings, queries_dir(), feed)
    engine = build_engine(read, config.shapes)
    catalogue = Catalogue(engine, published.index, config.release)
    return LoadedRelease(
        engine,
        published,
        catalogue,
        CaseShapes(config.shapes, config.shapes / "stored"),
        api_docs.ApiDocument(engine, catalogue, published, config.release),
        page.form_content(engine, config.release),
        terms.TermPages(engine, published.index.graph, config.release),
    )


def create_app(config: Config | None = None, loaded: LoadedRelease | None = None) -> Flask:
    """The application over one release, which is loaded unless it is given. Raises as ``load_release`` does."""
    config = config or default_config()
    loaded = loaded or load_release(config)
    engine = loaded.engine
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.logger.setLevel(logging.WARNING)
    app.extensions["engine"] = engine
    app.extensions["release_graphs"] = loaded.published
    record = None if config.record is None or config.is_conformance else open_record(config.record)
    app.extensions["record"] = record
    app.extensions["store"], app.extensions["visibility"] = _with_cases(*open_store(loaded, config), engine, record)
    app.extensions["tokens"] = Credentials(_verifiers(config, record))
    app.extensions["stored_case_shapes"] = loaded.stored_case_shapes
    app.extensions["catalogue"] = loaded.catalogue
    app.extensions["representations"] = Representations(engine.digest)
    app.extensions["api_document"] = loaded.api_document
    app.extensions["form"] = loaded.form
    app.extensions["terms"] = loaded.terms
    for module in _PARTS:
        app.register_blueprint(module.blueprint)
    problems.register(app)
    versions = [("Lumbarkg-Version", __version__), ("Lumbarkg-Release", f"{engine.version} {engine.digest[:16]}")]
    gate.register(app, config.access, _CONTENT_SECURITY_POLICY, versions, is_conformance=config.is_conformance)
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


def open_store(
    loaded: LoadedRelease, config: Config, launched: LaunchedPool | None = None
) -> tuple[EmbeddedStore | RemoteStore, Visibility]:
    """The store, which is reached at its first use, and who sees what of it; ``launched`` is its pool's process."""
    prefixes = loaded.engine.terms.prefixes.namespaces
    pool = None if config.pool is None else str(config.pool)
    if config.is_conformance:
        empty: dict[Iri, bytes] = {DEFAULT_GRAPH: b""}
        store = EmbeddedStore(empty, (), prefixes=prefixes, limits=config.limits, address=pool, launched=launched)
        return store, Visibility((), is_open=True)
    graphs = loaded.published.graphs
    names = tuple(sorted(graphs))
    if config.remote is not None:
        return config.remote.open(UnionGraph(UNION, frozenset(names))), Visibility(names)
    store = EmbeddedStore(
        graphs,
        names,
        prefixes=prefixes,
        limits=config.limits,
        owners=USER_NAMESPACE,
        address=pool,
        places=config.queries,
        launched=launched,
    )
    return store, Visibility(names)
