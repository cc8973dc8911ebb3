"""``/api/v1/queries``: the named queries, each with its parameters bound as terms, in pages, in every result format."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, jsonify, request

from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import ForbiddenError, InvalidInputError, LumbarkgError
from lumbarkg.issues import Issue, error
from lumbarkg.rdf.formats import content_type
from lumbarkg.rdf.results import JSON_RESULTS, convert, cut
from lumbarkg.sparql.graphs import KNOWLEDGE
from lumbarkg.sparql.library import RESERVED_NAMES, NamedQuery, Page, Parameter
from lumbarkg.sparql.parameters import bind_parameters
from lumbarkg.sparql.release import ReleaseGraphs
from lumbarkg.sparql.visibility import Scope
from lumbarkg.store.port import GraphSelection
from lumbarkg.web.current import current_caller, current_engine, current_store
from lumbarkg.web.problems import problem
from lumbarkg.web.queries_openapi import openapi_fragment
from lumbarkg.web.query_formats import chosen_media_type, offered
from lumbarkg.web.refusals import refuse

blueprint = Blueprint("queries", __name__)
ROOT = "/api/v1/queries"
SPARQL_QUERY = "application/sparql-query"
DEFAULT_LIMIT, MOST_ROWS, MOST_OFFSET = 100, 1000, 1_000_000
_EVERYTHING_KNOWN = GraphSelection(KNOWLEDGE, KNOWLEDGE)
"""What named queries are asked over, whoever asks: no case and no user's graph."""


@dataclass(frozen=True)
class _Request:
    """A request to a query that nothing is wrong with."""

    query: NamedQuery
    bound: dict[str, str]
    page: Page
    media_type: str


def _published() -> ReleaseGraphs:
    found: ReleaseGraphs = current_app.extensions["release_graphs"]
    return found


@blueprint.get(ROOT)
def list_queries() -> Response:
    """All named queries with their parameters, columns and examples; ``?tag=`` chooses."""
    tag = request.args.get("tag")
    found = [_describe(q) for q in _published().library.values() if tag is None or tag in q.tags]
    return jsonify({"queries": found, "openapi": f"{ROOT}/openapi.json"})


@blueprint.get(f"{ROOT}/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 description of all named queries."""
    return jsonify(openapi_fragment(_published().library.values(), ROOT, DEFAULT_LIMIT, MOST_ROWS))


@blueprint.get(f"{ROOT}/<name>.rq")
def query_text(name: str) -> Response:
    """The text of a query, which is SPARQL as it stands and answers its example."""
    query = _published().library.get(name)
    if query is None:
        return _unknown(name)
    response = Response(query.text, content_type=f"{SPARQL_QUERY}; charset=utf-8")
    response.set_etag(hashlib.sha256(query.text.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/lumbarkg/query/<name>")
def dereference(name: str) -> Response:
    """Where the IRI of a query leads: to its text."""
    if name not in _published().library:
        return _unknown(name)
    return Response(status=303, headers={"Location": f"{ROOT}/{name}.rq"})


@blueprint.get(f"{ROOT}/<name>")
def answer_query(name: str) -> Response:
    """The answer to a query, one page of it where it is a table."""
    query = _published().library.get(name)
    if query is None:
        return _unknown(name)
    try:
        asked = _read_request(query)
    except InvalidInputError as refused:
        count = len(refused.issues)
        detail = f"The request has {count} problem{'s' if count > 1 else ''}; nothing was asked."
        response = problem(400, "invalid-parameters", "Invalid parameters", detail, refused.issues)
        response.headers["Link"] = _link(f"{ROOT}/{query.name}.rq", "describedby")
        return response
    except LumbarkgError as refused:
        return refuse(refused)
    if asked is None:
        types = ", ".join(offered(query.form))
        issue = error("not-acceptable", "", "No format of the answer is acceptable.", f"Accept one of {types}.")
        return problem(406, "not-acceptable", "Not acceptable", str(issue), (issue,))
    try:
        return _answer(asked)
    except LumbarkgError as refused:
        return refuse(refused)


def _read_request(query: NamedQuery) -> _Request | None:
    """The request as values; None where no format is acceptable.

    Raises InvalidInputError with every problem, ForbiddenError where the caller's token is not for reading.
    """
    if not current_caller().allows(Scope.READ):
        raise ForbiddenError("The token does not allow queries.", "Use a token with the scope 'read', or none.")
    pairs = list(request.args.items(multi=True))
    issues: list[Issue] = []
    page = _read_page(query, issues)
    media_type = chosen_media_type(query.form, request.args.get("format"), request.headers.get("Accept"), issues)
    bound: dict[str, str] = {}
    try:
        bound = bind_parameters(
            query, [(n, value) for n, value in pairs if n not in RESERVED_NAMES], _published().index
        )
    except InvalidInputError as refused:
        issues.extend(refused.issues)
    if issues:
        raise InvalidInputError(tuple(issues))
    return None if media_type is None else _Request(query, bound, page, media_type)


def _read_page(query: NamedQuery, issues: list[Issue]) -> Page:
    numbers = {"limit": DEFAULT_LIMIT, "offset": 0}
    for name, (least, most) in {"limit": (1, MOST_ROWS), "offset": (0, MOST_OFFSET)}.items():
        written = request.args.getlist(name)
        if not written:
            continue
        if not query.columns:
            issues.append(error("no-pages", f"/{name}", f"A {query.form.value} has no pages.", f"Leave out '{name}'."))
        elif len(written) > 1 or not written[0].isascii() or not written[0].isdecimal() or len(written[0]) > 9:
            issues.append(error("wrong-type", f"/{name}", f"'{name}' is not one whole number.", f"Such as {name}=10."))
        elif not least <= int(written[0]) <= most:
            issues.append(error("out-of-range", f"/{name}", f"'{name}' is {written[0]}.", f"Give {least} to {most}."))
        else:
            numbers[name] = int(written[0])
    return Page(numbers["limit"], numbers["offset"])


def _answer(asked: _Request) -> Response:
    text = asked.query.bind(asked.bound, Page(asked.page.limit + 1, asked.page.offset))
    tag = hashlib.sha256(f"{current_engine().digest}\n{asked.media_type}\n{text}".encode()).hexdigest()[:32]
    response = Response(content_type=content_type(asked.media_type))
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept", "Authorization"))
    if request.if_none_match.contains(tag):
        response.status_code = 304
        return response
    links = [_link(f"{ROOT}/{asked.query.name}.rq", "describedby", SPARQL_QUERY)]
    if asked.query.columns:
        content, has_more = cut(_read(text, JSON_RESULTS), asked.page.limit)
        response.set_data(convert(content, asked.media_type))
        links += _page_links(asked, has_more)
    else:
        response.set_data(_read(text, asked.media_type))
    response.headers["Link"] = ", ".join(links)
    return response


def _read(text: str, media_type: str) -> bytes:
    answer = current_store().query(text, _EVERYTHING_KNOWN, (media_type,))
    return b"".join(answer.content)


def _page_links(asked: _Request, has_more: bool) -> list[str]:
    """First, previous and next page; addresses relative to the server, so that a proxy does not matter."""
    limit, offset = asked.page.limit, asked.page.offset
    rest = [(n, value) for n, value in request.args.items(multi=True) if n not in ("limit", "offset")]

    def address(start: int) -> str:
        return f"{ROOT}/{quote(asked.query.name)}?{urlencode([*rest, ('limit', limit), ('offset', start)])}"

    links = [_link(address(0), "first")]
    if offset > 0:
        links.append(_link(address(max(0, offset - limit)), "prev"))
    if has_more:
        links.append(_link(address(offset + limit), "next"))
    return links


def _link(address: str, relation: str, media_type: str = "") -> str:
    return f'<{address}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")


def _describe(query: NamedQuery) -> dict[str, Any]:
    address = f"{ROOT}/{query.name}"
    parameters = f"?{urlencode(query.example)}" if query.example else ""
    return {
        "name": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "form": query.form.value,
        "parameters": [_describe_parameter(p) for p in query.parameters],
        "columns": [{"name": c.name, "description": c.description} for c in query.columns],
        "formats": list(offered(query.form)),
        "href": address,
        "text": f"{address}.rq",
        "example": address + parameters,
    }


def _describe_parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.type.value,
        "description": parameter.description,
        "required": parameter.is_required,
        "repeatable": parameter.is_repeatable,
        **({"kind": parameter.root} if parameter.root else {}),
        **({"choices": list(parameter.choices)} if parameter.choices else {}),
        **({"default": parameter.default} if parameter.default is not None else {}),
    }


def _unknown(name: str) -> Response:
    near = nearest(name, {known: known for known in _published().library}, 3)
    remedy = f"Did you mean {' or '.join(known for known, _ in near)}? " if near else ""
    issue = error("unknown-query", "", f"No query is called '{name}'.", f"{remedy}GET {ROOT} lists them.")
    return problem(404, "unknown-query", "Unknown query", str(issue), (issue,))
