"""``/sparql``: SPARQL 1.1 Protocol. Without a query it describes itself, to programs in RDF and to people as a form."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.errors import ForbiddenError, LumbarkgError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.formats import GRAPH_MEDIA_TYPES, SOLUTION_MEDIA_TYPES, content_type
from lumbarkg.rdf.iris import is_iri
from lumbarkg.sparql.prefixes import undeclared_prefixes
from lumbarkg.sparql.queries import DatasetClause, read_dataset, refuse_nesting, refuse_services
from lumbarkg.sparql.reach import graphs_asked
from lumbarkg.sparql.updates import read_update
from lumbarkg.sparql.visibility import Scope
from lumbarkg.store.port import Answer, GraphSelection
from lumbarkg.web.accept import acceptable
from lumbarkg.web.callers import unauthorised
from lumbarkg.web.case_audit import note_read
from lumbarkg.web.current import current_caller, current_engine, current_store, current_visibility
from lumbarkg.web.descriptions import describe_service
from lumbarkg.web.refusals import refuse

blueprint = Blueprint("sparql", __name__)
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FORM = "application/x-www-form-urlencoded"
_OFFERED = SOLUTION_MEDIA_TYPES + GRAPH_MEDIA_TYPES
_CHARSETS = ("", "utf-8", "utf8", "us-ascii")


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer the query, or carry out the update, of the parameters, the form or the body."""
    try:
        text, is_update, parameters = _operation()
        if text is None:
            return _describe()
        return _update(text, parameters) if is_update else _query(text, parameters)
    except LumbarkgError as problem:
        return refuse(problem)


def answer_response(answer: Answer) -> Response:
    """An answer of a store as a response that streams."""
    content = b"".join(answer.content) if answer.is_whole else answer.content
    response = Response(content, content_type=content_type(answer.media_type))
    response.vary.update(("Accept", "Authorization"))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _query(text: str, parameters: MultiDict[str, str]) -> Response:
    caller = current_caller()
    if not caller.allows(Scope.READ):
        raise ForbiddenError("The token does not allow queries.", "Use a token with the scope 'read'.")
    store = current_store()
    try:
        refuse_nesting(text)
        refuse_services(text)
        asked = _dataset(parameters, "default-graph-uri", "named-graph-uri") or read_dataset(text)
        graphs = current_visibility().select(caller, asked, store.graph_names, graphs_asked(text))
        note_read("sparql.query", (*graphs.default, *graphs.named), text)
        answer = store.query(text, graphs, acceptable(request.headers.get("Accept"), _OFFERED))
    except QueryError as problem:
        raise _with_prefixes(problem, text, "/query") from problem
    return answer_response(answer)


def _update(text: str, parameters: MultiDict[str, str]) -> Response:
    caller, visibility, store = current_caller(), current_visibility(), current_store()
    if not visibility.is_open and not caller.allows(Scope.UPDATE):
        if caller.tenant:
            raise ForbiddenError("The token does not allow updates.", "Use a token with the scope 'update'.")
        raise unauthorised("An update needs a token with the scope 'update'.")
    try:
        refuse_nesting(text, "/update")
        refuse_services(text, "/update")
        update = read_update(text)
        visibility.check_update(caller, update)
        written = update.with_dataset(_dataset(parameters, "using-graph-uri", "using-named-graph-uri"))
        sees_graphs = update.has_pattern or visibility.is_open
        graphs = (
            visibility.select(caller, DatasetClause(), store.graph_names) if sees_graphs else GraphSelection((), ())
        )
        note_read("sparql.update", (*graphs.default, *graphs.named), text)
        store.update(written, graphs, visibility.writable(caller))
    except QueryError as problem:
        raise _with_prefixes(problem, text, "/update") from problem
    return Response(status=204)


def _describe() -> Response:
    """The form for a browser, the service description for everybody else."""
    wanted = request.accept_mimetypes
    if wanted.best_match(["text/turtle", "text/html"]) == "text/html" and "text/html" in wanted.values():
        response = make_response(render_template("sparql.html", prefixes=current_engine().terms.prefixes.namespaces))
        response.vary.add("Accept")
        return response
    return describe_service()


def _operation() -> tuple[str | None, bool, MultiDict[str, str]]:
    """The text, whether it is an update, and the parameters; no text where a GET carries none. Raises QueryError."""
    if request.method != "POST":
        _refuse_parameters(request.args, "update", "An update is sent by POST, not by GET.")
        return _single(request.args, "query"), False, request.args
    if request.mimetype_params.get("charset", "").lower().strip("\"'") not in _CHARSETS:
        raise UnsupportedMediaType("Send the request in UTF-8.")
    if request.mimetype in (_QUERY, _UPDATE):
        try:
            return request.get_data().decode("utf-8"), request.mimetype == _UPDATE, request.args
        except UnicodeDecodeError as problem:
            raise _bad_request(f"The body is not UTF-8: {problem.reason} at byte {problem.start}.", "") from problem
    if request.mimetype != _FORM:
        raise UnsupportedMediaType(f"Send a query as {_QUERY} or {_FORM}, an update as {_UPDATE} or {_FORM}.")
    query, update = _single(request.form, "query"), _single(request.form, "update")
    if (query is None) == (update is None):
        raise _bad_request("The form needs either 'query' or 'update'.", "/query")
    # The protocol has every parameter in the form; clients that put the dataset into the address are understood too.
    parameters = MultiDict([*request.args.items(multi=True), *request.form.items(multi=True)])
    return query if update is None else update, update is not None, parameters


def _single(parameters: MultiDict[str, str], name: str) -> str | None:
    values = parameters.getlist(name)
    if len(values) > 1:
        raise _bad_request(f"The parameter '{name}' stands {len(values)} times; it may stand once.", f"/{name}")
    return values[0] if values else None


def _refuse_parameters(parameters: MultiDict[str, str], name: str, message: str) -> None:
    if name in parameters:
        raise _bad_request(message, f"/{name}")


def _dataset(parameters: MultiDict[str, str], default: str, named: str) -> DatasetClause:
    """The dataset that came with the request. Raises QueryError where a name is no IRI."""
    for parameter in (default, named):
        for value in parameters.getlist(parameter):
            if not is_iri(value):
                raise _bad_request(f"'{value[:200]}' is no absolute IRI.", f"/{parameter}")
    return DatasetClause(
        tuple(Iri(name) for name in parameters.getlist(default)), tuple(Iri(name) for name in parameters.getlist(named))
    )


def _bad_request(message: str, path: str) -> QueryError:
    remedy = "See https://www.w3.org/TR/sparql11-protocol/ for what a request holds."
    return QueryError(message, (error("request", path, message, remedy),))


def _with_prefixes(problem: QueryError, text: str, path: str) -> QueryError:
    """The problem, and first of all the prefixes that the text does not declare: mostly they are the cause."""
    if type(problem) is not QueryError or not any(issue.code == "syntax" for issue in problem.issues):
        return problem
    if len(text) > current_app.config["MAX_CONTENT_LENGTH"] // 8:
        return problem
    issues = undeclared_prefixes(text, current_engine().terms.prefixes.namespaces, path)
    return QueryError(issues[0].message, issues) if issues else problem
