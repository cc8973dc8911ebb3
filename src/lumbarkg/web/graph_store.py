"""SPARQL 1.1 Graph Store HTTP Protocol: graphs read and written whole.

``/sparql/graphs?graph=IRI`` or ``?default`` names a graph; the graphs of ours are also had at their own addresses
below ``/lumbarkg/graph/``. A graph that the caller may not see does not exist, for reading.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, request

from lumbarkg import vocabulary as v
from lumbarkg.errors import ForbiddenError, InvalidInputError, LumbarkgError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES
from lumbarkg.rdf.iris import is_iri
from lumbarkg.sparql.visibility import Scope
from lumbarkg.store.port import DEFAULT_GRAPH, GraphSelection
from lumbarkg.web.accept import acceptable
from lumbarkg.web.callers import unauthorised
from lumbarkg.web.case_audit import note_read
from lumbarkg.web.current import current_caller, current_store, current_visibility
from lumbarkg.web.problems import problem
from lumbarkg.web.refusals import refuse
from lumbarkg.web.sparql import answer_response

blueprint = Blueprint("graph_store", __name__)
_METHODS = ["GET", "PUT", "POST", "DELETE"]
_MULTIPART = "multipart/form-data"
_EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@blueprint.route("/sparql/graphs", methods=_METHODS)
def graph_by_parameter() -> Response:
    """A graph named by the parameter; without one, POST makes a new graph and says where."""
    try:
        name = _named()
        if name is None:
            return _create()
        return _answer(name)
    except LumbarkgError as cause:
        return refuse(cause)


@blueprint.route("/sparql/graphs/<path:_>", methods=_METHODS)
def graph_by_address(_: str) -> Response:
    """A graph whose name is the address of the request."""
    return _answer_or_refuse(Iri(request.base_url))


@blueprint.route("/lumbarkg/graph/<path:name>", methods=_METHODS)
def graph_of_ours(name: str) -> Response:
    """A graph below our own namespace, at the path of its IRI."""
    return _answer_or_refuse(Iri(f"{v.LKG}graph/{name}"))


def _answer_or_refuse(name: Iri) -> Response:
    try:
        return _answer(name)
    except LumbarkgError as cause:
        return refuse(cause)


def _answer(name: Iri) -> Response:
    if request.method in ("GET", "HEAD"):
        return _read(name)
    _check_scope(name)
    store = current_store()
    if request.method == "DELETE":
        return Response(status=204) if store.drop_graph(name) else _missing(name)
    created = _replace(name) if request.method == "PUT" else _extend(name)
    return Response(status=201 if created and name != DEFAULT_GRAPH else 204)


def _read(name: Iri) -> Response:
    caller, visibility, store = current_caller(), current_visibility(), current_store()
    if not caller.allows(Scope.READ):
        raise ForbiddenError("The token does not allow reading.", "Use a token with the scope 'read'.")
    accepted = acceptable(request.headers.get("Accept"), GRAPH_MEDIA_TYPES)
    if name == DEFAULT_GRAPH and not visibility.is_open:
        answer = store.query(_EVERYTHING, GraphSelection(visibility.knowledge, ()), accepted)
        return answer_response(answer)
    if not visibility.can_see(caller, name):
        return _missing(name)
    note_read("graph.read", (name,))
    found = store.read_graph(name, accepted)
    return _missing(name) if found is None else answer_response(found)


def _create() -> Response:
    if request.method != "POST":
        message = "The request names no graph."
        raise QueryError(message, (error("graph", "/graph", message, "Add ?graph=IRI or ?default."),))
    caller = current_caller()
    parent = caller.namespace or f"{request.host_url}sparql/graphs/"
    name = Iri(f"{parent}{uuid.uuid4()}")
    _check_scope(name)
    _extend(name)
    return Response(status=201, headers={"Location": name})


def _replace(name: Iri) -> bool:
    return current_store().replace_graph(name, request.get_data(), _media_type())


def _extend(name: Iri) -> bool:
    store = current_store()
    if request.mimetype != _MULTIPART:
        return store.extend_graph(name, request.get_data(), _media_type())
    created = False
    for part in request.files.values():
        created |= store.extend_graph(name, part.stream.read(), part.mimetype)
    return created


def _check_scope(name: Iri) -> None:
    """Raise Unauthorized or ForbiddenError where the caller may not write the graph."""
    caller, visibility = current_caller(), current_visibility()
    if not visibility.is_open and not caller.tenant and name not in visibility.knowledge:
        raise unauthorised("Writing a graph needs a token with the scope 'update'.")
    visibility.check_write(caller, name)


def _named() -> Iri | None:
    names = request.args.getlist("graph")
    if "default" in request.args and not names:
        return DEFAULT_GRAPH
    if not names and "default" not in request.args:
        return None
    if len(names) != 1 or "default" in request.args or not is_iri(names[0]):
        message = "The request must name one graph, by its absolute IRI or as ?default."
        raise QueryError(message, (error("graph", "/graph", message, "Add ?graph=IRI or ?default."),))
    return Iri(names[0])


def _media_type() -> str:
    if not request.mimetype:
        message = "The request does not say in which format its document is."
        raise InvalidInputError((error("media-type", "", message, f"Send Content-Type: {GRAPH_MEDIA_TYPES[0]}."),))
    return request.mimetype


def _missing(name: Iri) -> Response:
    text = f"There is no graph <{name}>."
    issue = error("unknown-graph", "/graph", text, "GET /sparql lists the graphs.")
    return problem(404, "unknown-graph", "Unknown graph", text, (issue,))
