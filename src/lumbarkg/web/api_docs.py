"""``/openapi.json``, and ``/docs``: the same document as a page that needs no script and no network."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from lumbarkg.assessment import Engine
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.sparql.release import ReleaseGraphs
from lumbarkg.web.queries import DEFAULT_LIMIT, MOST_ROWS, ROOT
from lumbarkg.web.queries_openapi import openapi_fragment
from lumbarkg.web.representations import Representation, represent

blueprint = Blueprint("api_docs", __name__)


class ApiDocument:
    """The document of one release, made at the first request: its library takes a while to load."""

    def __init__(self, engine: Engine, catalogue: Catalogue, published: ReleaseGraphs, release: Path) -> None:
        self._engine, self._catalogue, self._published, self._release = engine, catalogue, published, release

    @cached_property
    def content(self) -> dict[str, Any]:
        """The document."""
        from lumbarkg.web.openapi.document import make_document  # see the class
        from lumbarkg.web.openapi.operation import Sources  # see the class
        from lumbarkg.web.openapi.operations import operations  # see the class

        files = sorted((self._release / "examples").glob("*.json"))
        cases = tuple(json.loads(file.read_text("utf-8")) for file in files)
        library = self._published.library
        sources = Sources(self._engine, self._catalogue, library, cases)
        queries = openapi_fragment(library.values(), ROOT, DEFAULT_LIMIT, MOST_ROWS)
        return make_document(operations(sources), queries, self._engine.ranker.tables.settings())


def _document() -> ApiDocument:
    found: ApiDocument = current_app.extensions["api_document"]
    return found


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document of everything under /api/v1, and of /sparql."""
    return represent(lambda: Representation(json.dumps(_document().content).encode(), "application/json"))


@blueprint.get("/docs")
def docs() -> Response:
    """The document as a page."""

    def build() -> Representation:
        page = render_template("docs.html", document=_document().content)
        return Representation(page.encode(), "text/html; charset=utf-8")

    return represent(build)
