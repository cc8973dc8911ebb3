"""``/api/v1/conditions`` and the other kinds: lists, things, search, and questions about a thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request

from lumbarkg import vocabulary as v
from lumbarkg.catalogue.answers import AnswerWriter, Rows
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.catalogue.kinds import KIND_BY_NAME, KINDS, Kind, Topic
from lumbarkg.catalogue.pages import Cursor, ListRequest, page_of
from lumbarkg.catalogue.represent import ROOT, SECTIONS, View, address
from lumbarkg.errors import ForbiddenError, InvalidInputError, LumbarkgError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.rdf.results import JSON_RESULTS
from lumbarkg.rdf.syntax import Syntax, parse, render_term, serialise
from lumbarkg.sparql.library import Page
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.accept import acceptable
from lumbarkg.web.current import current_caller, current_engine, current_store
from lumbarkg.web.links import link, nearest_query_links, page_links, query_links
from lumbarkg.web.parameters import no_choice, pointer, read_parameters, words_of
from lumbarkg.web.problems import problem
from lumbarkg.web.queries import KNOWN_GRAPHS, published
from lumbarkg.web.refusals import refuse
from lumbarkg.web.representations import Representation, represent
from lumbarkg.web.resource_models import (
    ClassListParameters,
    RowListParameters,
    SearchParameters,
    ThingParameters,
    TopicParameters,
)

blueprint = Blueprint("resources", __name__)
MEDIA_TYPES = ("application/json", "application/ld+json", "text/turtle")
THING_QUERY, LIST_QUERY, SEARCH_QUERY = "thing-as-rdf", "things-of-a-kind", "terms-with-a-word"
_EXPANDABLE = tuple(section for section in SECTIONS if section != "codes")
_Built = Representation | Response


def _catalogue() -> Catalogue:
    found: Catalogue = current_app.extensions["catalogue"]
    return found


# ------------------------------------------------------------ routes


@blueprint.get(f"{ROOT}/search")
def search() -> Response:
    """The things whose names, synonyms or codes fit what was typed so far, the best first."""
    return _answer(_search)


def _list(kind: Kind) -> Callable[[], Response]:
    def list_things() -> Response:
        return _answer(lambda: _build_list(kind))

    return list_things


def _thing(kind: Kind) -> Callable[[str], Response]:
    def get_thing(term: str) -> Response:
        return _answer(lambda: _build_thing(kind, term))

    return get_thing


def _topic(kind: Kind, topic: Topic) -> Callable[[str], Response]:
    def answer_topic(term: str) -> Response:
        return _answer(lambda: _build_topic(kind, topic, term))

    return answer_topic


for _kind in KINDS:
    _root = f"{ROOT}/{_kind.name}"
    blueprint.add_url_rule(_root, f"list {_kind.name}", _list(_kind))
    blueprint.add_url_rule(f"{_root}/<path:term>", f"get {_kind.name}", _thing(_kind))
    for _each in _kind.topics:
        _rule = f"{_root}/<path:term>/{_each.name}"
        blueprint.add_url_rule(_rule, f"{_kind.name} {_each.name}", _topic(_kind, _each))


def _answer(build: Callable[[], _Built]) -> Response:
    """What is kept or built, for whoever may read."""
    try:
        if not current_caller().allows(Scope.READ):
            raise ForbiddenError("The token does not allow reading.", "Use a token with the scope 'read', or none.")
        return represent(build)
    except InvalidInputError as refused:
        count = len(refused.issues)
        detail = f"The request has {count} problem{'s' if count > 1 else ''}; nothing was looked up."
        return problem(400, "invalid-parameters", "Invalid parameters", detail, refused.issues)
    except LumbarkgError as refused:
        return refuse(refused)


# ------------------------------------------------------------ what they give


def _build_thing(kind: Kind, term: str) -> _Built:
    catalogue = _catalogue()
    parameters = read_parameters(ThingParameters, {"expand": _EXPANDABLE, "fields": catalogue.keys})
    found = catalogue.resolve(term, kind)
    if isinstance(found, Issue):
        return problem(404, found.code, "Not found", str(found), (found,))
    own = address(found, kind)
    curie = current_engine().terms.curie(found)
    links = {
        "self": own,
        "page": f"/lumbarkg/{found.removeprefix(v.LKG)}",
        **{topic.name: f"{own}/{topic.name}" for topic in kind.topics},
    }
    body = catalogue.representer.thing(
        found,
        kind,
        View(parameters.lang, frozenset(words_of(parameters.fields)), frozenset(words_of(parameters.expand))),
        links,
    )
    headers = (
        ("Link", ", ".join([link(own, "canonical"), *query_links(THING_QUERY, [("thing", curie)])])),
        ("Content-Location", own),
    )
    return _represented(body, headers)


def _build_list(kind: Kind) -> _Built:
    catalogue = _catalogue()
    model = ClassListParameters if kind.has_classes else RowListParameters
    parameters = read_parameters(model, {"fields": catalogue.keys})
    issues: list[Issue] = []
    under, related = (
        _resolved(value, name, catalogue, issues)
        for name, value in (("under", parameters.under), ("related", parameters.related))
    )
    if under is not None and under not in current_engine().knowledge.ontology.classes:
        issues.append(error("wrong-kind", "/under", "Nothing lies under this: it is no class.", "Name a class."))
    cursor = Cursor.read(parameters.cursor, issues)
    if issues:
        raise InvalidInputError(tuple(issues))
    texts = parameters.model_dump(include={"status", "stance", "setting"}, exclude_none=True)
    request_ = ListRequest(parameters.q, under, related, texts, parameters.sort.value, parameters.limit, cursor)
    page = page_of(catalogue, kind, request_)
    fields = frozenset(words_of(parameters.fields))
    body = catalogue.representer.listing(page.things, kind, View(parameters.lang, fields))
    shorten = current_engine().terms.curie
    asked = [("kind", shorten(kind.root))]
    asked += [] if kind.has_classes else [("classes", "false")]
    asked += [(name, shorten(iri)) for name, iri in (("under", under), ("related", related)) if iri is not None]
    links = [*page_links(page.next_cursor), *query_links(LIST_QUERY, asked)]
    body |= {"total": page.total, "next": page.next_cursor or None}
    return _represented(body, (("Link", ", ".join(links)),))


def _build_topic(kind: Kind, topic: Topic, term: str) -> _Built:
    catalogue = _catalogue()
    parameters = read_parameters(TopicParameters)
    found = catalogue.resolve(term, kind)
    if isinstance(found, Issue):
        return problem(404, found.code, "Not found", str(found), (found,))
    query = published().library[topic.query]
    text = query.bind({topic.parameter: render_term(found)}, Page(parameters.limit + 1, parameters.offset))
    answer = current_store().query(text, KNOWN_GRAPHS, (JSON_RESULTS,))
    rows = Rows.read(b"".join(answer.content), parameters.limit)
    body = AnswerWriter(catalogue.representer, current_engine().terms).write(query, topic, found, rows, parameters.lang)
    asked = [(topic.parameter, current_engine().terms.curie(found))]
    after = parameters.offset + parameters.limit if rows.has_more else None
    links = [*page_links(after, "offset"), *query_links(query.name, asked), link(address(found, kind), "up")]
    return _represented(body, (("Link", ", ".join(links)),))


def _search() -> _Built:
    catalogue = _catalogue()
    parameters = read_parameters(SearchParameters)
    among = None
    if parameters.kind is not None:
        kind = KIND_BY_NAME.get(parameters.kind)
        if kind is None:
            raise InvalidInputError((no_choice(parameters.kind, "kind", tuple(KIND_BY_NAME)),))
        among = catalogue.member_set(kind)
    hits = catalogue.typeahead.find(parameters.q, parameters.limit, among)
    body = catalogue.representer.hits(hits, View(parameters.lang))
    words = parameters.q.split() or [""]
    return _represented(body, (("Link", ", ".join(nearest_query_links(SEARCH_QUERY, [("contains", words[0])]))),))


# ------------------------------------------------------------ parts


def _represented(body: dict[str, Any], headers: tuple[tuple[str, str], ...]) -> _Built:
    wanted = acceptable(request.headers.get("Accept"), MEDIA_TYPES)
    if not wanted:
        text = "No representation of this is acceptable to the client."
        issue = error("not-acceptable", "", text, f"Accept {', '.join(MEDIA_TYPES)}.")
        return problem(406, "not-acceptable", "Not acceptable", str(issue), (issue,))
    content = json.dumps(body, ensure_ascii=False).encode()
    if wanted[0] == "text/turtle":
        prefixes = current_engine().terms.prefixes.namespaces
        turtle = serialise(parse(content, Syntax.JSON_LD), Syntax.TURTLE, prefixes)
        return Representation(turtle, "text/turtle; charset=utf-8", headers)
    return Representation(content, wanted[0], headers)


def _resolved(written: str | None, name: str, catalogue: Catalogue, issues: list[Issue]) -> Iri | None:
    found = None if written is None else catalogue.resolve_any(written, pointer(name))
    if isinstance(found, Issue):
        issues.append(found)
        return None
    return found
