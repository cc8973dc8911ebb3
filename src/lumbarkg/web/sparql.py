"""``/sparql``: SELECT, ASK, CONSTRUCT and DESCRIBE over the released graphs. Read only."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import UnsupportedMediaType

from lumbarkg.errors import QueryError
from lumbarkg.issues import error
from lumbarkg.rdf.dataset import GRAPH_MEDIA_TYPES, SOLUTION_MEDIA_TYPES
from lumbarkg.sparql.worker import QueryTimeoutError
from lumbarkg.web.current import current_queries
from lumbarkg.web.problems import problem

blueprint = Blueprint("sparql", __name__)
_QUERY = "application/sparql-query"
_FORM = "application/x-www-form-urlencoded"


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer the query of the parameter, the form or the body."""
    query = _query_text()
    if query is None:
        return problem(
            400,
            "missing-query",
            "Missing query",
            "The request carries no query.",
            (
                error(
                    "missing-query",
                    "/query",
                    "The parameter 'query' is missing.",
                    "Send ?query=… or a POST body.",
                ),
            ),
        )
    try:
        answer = current_queries().query(query, _accepted())
    except QueryTimeoutError as refused:
        response = problem(503, "query-timeout", "Query stopped", str(refused))
        response.headers["Retry-After"] = "1"
        return response
    except QueryError as refused:
        return problem(
            400,
            "query",
            "Query refused",
            str(refused),
            (
                error(
                    "query",
                    "/query",
                    str(refused),
                    "Correct the query; SERVICE and updates are not available.",
                ),
            ),
        )
    return Response(answer.content, content_type=answer.media_type)


def _query_text() -> str | None:
    if request.method == "GET":
        return request.args.get("query")
    if request.mimetype == _QUERY:
        return request.get_data().decode("utf-8", errors="replace")
    if request.mimetype == _FORM:
        return request.form.get("query")
    raise UnsupportedMediaType(f"Send a query as {_QUERY} or {_FORM}.")


def _accepted() -> tuple[str, ...]:
    offered = (*SOLUTION_MEDIA_TYPES, *GRAPH_MEDIA_TYPES)
    wanted = sorted(
        ((quality, -position, m) for position, (m, quality) in enumerate(request.accept_mimetypes) if quality > 0),
        reverse=True,
    )
    aliases = {"application/json": next(iter(SOLUTION_MEDIA_TYPES))}
    return tuple(aliases.get(m, m) for _, _, m in wanted if aliases.get(m, m) in offered)
