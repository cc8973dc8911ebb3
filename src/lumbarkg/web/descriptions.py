"""The endpoint described: the service description at ``/sparql``, VoID at ``/.well-known/void``."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from lumbarkg.errors import LumbarkgError, NotAcceptableError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.formats import content_type
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.sparql.description import DESCRIPTION_PREFIXES, service_triples, void_triples
from lumbarkg.sparql.statistics import Statistics, count_graphs
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.accept import acceptable
from lumbarkg.web.case_audit import note_read
from lumbarkg.web.current import current_caller, current_engine, current_store, current_visibility
from lumbarkg.web.refusals import refuse

blueprint = Blueprint("descriptions", __name__)
_SYNTAXES = {
    "text/turtle": Syntax.TURTLE,
    "application/n-triples": Syntax.N_TRIPLES,
    "application/rdf+xml": Syntax.RDF_XML,
    "application/ld+json": Syntax.JSON_LD,
}
_OFFERED = tuple(_SYNTAXES)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """VoID of the knowledge graphs. Nothing of a tenant's graphs is counted in it."""
    try:
        dump = Iri(f"{request.host_url}lumbarkg/ontology.ttl")
        header = current_engine().knowledge.ontology.graph
        endpoint = Iri(f"{request.host_url}sparql")
        return _document(void_triples(Iri(request.base_url), endpoint, dump, header, _statistics()))
    except LumbarkgError as problem:
        return refuse(problem)


def describe_service() -> Response:
    """The service description, with the graphs that the caller may see. Raises LumbarkgError."""
    visibility, caller, store = current_visibility(), current_caller(), current_store()
    visible = visibility.visible(caller, store.graph_names)
    note_read("sparql.describe", visible)  # it lists the graphs of cases
    triples = service_triples(
        Iri(request.base_url),
        visible,
        None if visibility.is_open else _statistics(),
        may_update=visibility.is_open or caller.allows(Scope.UPDATE),
        is_open=visibility.is_open,
    )
    return _document(triples)


def _statistics() -> Statistics:
    """The counts of this release, made at the first request."""
    found: Statistics | None = current_app.extensions.get("statistics")
    if found is None:
        found = count_graphs(current_store(), current_visibility().knowledge)
        current_app.extensions["statistics"] = found
    return found


def _document(triples: list[Triple]) -> Response:
    accepted = acceptable(request.headers.get("Accept"), _OFFERED)
    if not accepted:
        raise NotAcceptableError(f"This can be had as {', '.join(_OFFERED)}.", _OFFERED)
    prefixes = {**current_engine().terms.prefixes.namespaces, **DESCRIPTION_PREFIXES}
    content = serialise(triples, _SYNTAXES[accepted[0]], prefixes)
    response = Response(content, content_type=content_type(accepted[0]))
    response.vary.update(("Accept", "Authorization"))
    response.headers["Cache-Control"] = "no-cache"
    return response
