"""``/lumbarkg/…``: every named thing as a page and as RDF, under the path of its IRI, so that IRIs dereference."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.relations import relation_triples
from lumbarkg.render.browse import render_index, search_entries
from lumbarkg.render.description import Describer
from lumbarkg.render.links import Linker
from lumbarkg.render.term import TermRenderer
from lumbarkg.render.usage import Usage
from lumbarkg.web.negotiate import Form, choose, split_extension
from lumbarkg.web.problems import problem

blueprint = Blueprint("terms", __name__)
_SYNTAXES = {Form.TURTLE: Syntax.TURTLE, Form.RDF_XML: Syntax.RDF_XML, Form.JSON_LD: Syntax.JSON_LD}
_RELEASED = {Form.TURTLE: "lumbarkg.ttl", Form.RDF_XML: "lumbarkg.owl"}
_SUGGESTIONS = 5


class TermPages:
    """All pages of one release. The indexes are made at the first request, so that starting up stays quick."""

    def __init__(self, engine: Engine, graph: Graph, release: Path) -> None:
        """``graph`` holds the ontology and the evidence rows."""
        self._engine, self.graph, self._release = engine, graph, release
        self._documents: dict[Form, bytes] = {}

    @cached_property
    def names(self) -> frozenset[Iri]:
        """Everything that has a page: what the graph says something of, in our namespace, but the ontology itself."""
        header = set(self.graph.instances(v.OWL_ONTOLOGY))
        return frozenset(
            s for t in self.graph if isinstance(s := t.subject, Iri) and s.startswith(v.LKG) and s not in header
        )

    @cached_property
    def renderer(self) -> TermRenderer:
        """What makes a page."""
        engine, knowledge = self._engine, self._engine.knowledge
        mappings: dict[Iri, list[Mapping]] = {}
        for mapping in read_mappings(self._release / "mappings", engine.terms.prefixes):
            mappings.setdefault(mapping.subject, []).append(mapping)
        usage = Usage(knowledge.ontology, self.graph, relation_triples(knowledge))
        linker = Linker(self.graph, engine.terms, self.names)
        return TermRenderer(knowledge, engine.terms, self.graph, usage, linker, mappings)

    @cached_property
    def describer(self) -> Describer:
        """What makes the RDF of one thing."""
        return Describer(self.graph)

    @cached_property
    def index(self) -> str:
        """The page of the whole release."""
        return render_template("terms.html", index=render_index(self.renderer, self.names))

    @cached_property
    def search(self) -> str:
        """What the search box looks through, as JSON."""
        return json.dumps(search_entries(self.renderer, self.names), ensure_ascii=False)

    @property
    def etag(self) -> str:
        """What changes with every change of the release."""
        return self._engine.digest[:32]

    def is_ontology(self, name: str) -> bool:
        """Whether a name is that of the whole release, with or without its version."""
        header = self.graph.instances(v.OWL_ONTOLOGY)[0]
        return name in (
            "",
            str(header).removeprefix(v.LKG),
            self.graph.text(header, v.OWL_VERSION_IRI).removeprefix(v.LKG),
        )

    def document(self, form: Form) -> bytes:
        """The whole release as RDF: the files as released, JSON-LD made once."""
        if form not in self._documents:
            file = _RELEASED.get(form)
            self._documents[form] = (
                (self._release / file).read_bytes()
                if file
                else self._serialise(self._engine.knowledge.ontology.graph, form)
            )
        return self._documents[form]

    def description(self, iri: Iri, form: Form) -> bytes:
        """The RDF of one thing."""
        return self._serialise(self.describer.describe(iri), form)

    def suggest(self, name: str) -> list[Iri]:
        """The things whose names or labels are nearest to a name that nothing has, nearest first."""
        scored: dict[Iri, float] = {}
        last = name.rpartition("/")[2]
        for candidates in (
            {iri: iri.local_name for iri in sorted(self.names)},
            {iri: self.renderer.linker.label(iri) for iri in sorted(self.names)},
        ):
            for iri, score in nearest(last, candidates, _SUGGESTIONS):
                scored[iri] = max(score, scored.get(iri, 0.0))
        return sorted(scored, key=lambda iri: (-scored[iri], iri))[:_SUGGESTIONS]

    def _serialise(self, triples: Any, form: Form) -> bytes:
        return serialise(triples, _SYNTAXES[form], self._engine.terms.prefixes.namespaces)


def _pages() -> TermPages:
    found: TermPages = current_app.extensions["terms"]
    return found


@blueprint.get("/lumbarkg/")
@blueprint.get("/lumbarkg/<path:name>")
def term(name: str = "") -> Response:
    """A term, claim, reference, evidence row or the whole release, in the form that the client prefers."""
    stem, form = split_extension(name)
    form = form or choose(request.accept_mimetypes)
    response = _not_acceptable() if form is None else _answer(stem, form)
    response.vary.add("Accept")
    return response


@blueprint.get("/lumbarkg/search-index.json")
def search_index() -> Response:
    """Name, label, kind and synonyms of everything that has a page."""
    response = Response(_pages().search, mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(_pages().etag)
    response.make_conditional(request)
    return response


def _answer(name: str, form: Form) -> Response:
    pages = _pages()
    iri = Iri(v.LKG + name)
    is_ontology = pages.is_ontology(name)
    if not is_ontology and iri not in pages.names:
        return _unknown(name, form)
    if form is Form.HTML:
        content = pages.index if is_ontology else render_template("term.html", page=pages.renderer.render(iri))
        return make_response(content)
    data = pages.document(form) if is_ontology else pages.description(iri, form)
    response = Response(data, mimetype=form.media_type)
    response.set_etag(pages.etag + form.extension)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Location"] = f"/lumbarkg/{name or 'ontology'}{form.extension}"
    response.make_conditional(request)
    return response


def _unknown(name: str, form: Form) -> Response:
    near = _pages().suggest(name)
    if form is Form.HTML:
        links = [_pages().renderer.linker.link(iri) for iri in near]
        return make_response(render_template("term-missing.html", name=name, near=links), 404)
    curies = " or ".join(_pages().renderer.terms.curie(iri) for iri in near)
    issue = error(
        "unknown-term",
        "",
        f"Nothing is called '{name}'.",
        f"Did you mean {curies}?" if near else "GET /lumbarkg/ lists everything that has a name.",
    )
    return problem(404, "unknown-term", "Unknown term", str(issue), (issue,))


def _not_acceptable() -> Response:
    offered = ", ".join(form.media_type for form in Form)
    issue = error("not-acceptable", "", "No representation of this is acceptable to the client.", f"Accept {offered}.")
    return problem(406, "not-acceptable", "Not acceptable", str(issue), (issue,))
