"""Values of the Link header (RFC 8288): pages, and the named query that gives the same answer."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import request

QUERIES = "/api/v1/queries"


def link(target: str, relation: str, media_type: str = "") -> str:
    """One link; addresses are relative to the server, so that a proxy does not matter."""
    return f'<{target}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")


def query_links(name: str, parameters: list[tuple[str, str]]) -> list[str]:
    """The text of the query that gives an answer, and the answer as that query gives it."""
    address = f"{QUERIES}/{quote(name)}"
    return [
        link(f"{address}.rq", "describedby", "application/sparql-query"),
        link(f"{address}?{urlencode(parameters)}", "alternate"),
    ]


def nearest_query_links(name: str, parameters: list[tuple[str, str]]) -> list[str]:
    """The named query that is nearest to an answer that no query gives, and what that query answers instead."""
    address = f"{QUERIES}/{quote(name)}"
    return [
        link(f"{address}.rq", "related", "application/sparql-query"),
        link(f"{address}?{urlencode(parameters)}", "related"),
    ]


def page_links(after: str | int | None, parameter: str = "cursor") -> list[str]:
    """The first page of this list, and the next where there is one, which begins at ``after``."""
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != parameter]
    path = quote(request.path, safe="/:@!$&'()*+,;=~")

    def address(start: str | int | None) -> str:
        pairs = [*rest, *([(parameter, str(start))] if start else [])]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    links = [link(address(None), "first")]
    if after:
        links.append(link(address(after), "next"))
    return links
