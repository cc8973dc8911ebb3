"""``docs/queries.md``: every named query with its parameters, columns and example, made from the headers.

``python -m lumbarkg.sparql.queries_page`` writes the page; the same files give the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

from lumbarkg.resources import queries_dir
from lumbarkg.sparql.library import NamedQuery, Parameter, ParameterType, QueryForm, read_library

_PAGE = Path("docs/queries.md")
_INTRODUCTION = """# Named queries

{count} questions over the knowledge graphs, each a file in `queries/api/` that runs as it stands. Made by
`make docs` from their headers; do not edit. Decision support for prototypes, no medical device.

Each is an address, `GET /api/v1/queries/NAME?parameter=value`, and a command,
`lumbarkg query NAME --param parameter=value`; in SPARQL editors they are listed from the graph
`https://w3id.org/lumbarkg/graph/queries`.

- A **term** is written as local name (`{term}`), CURIE (`lkg:{term}`), IRI, exact label, or the code of another
  vocabulary that means the same. It must be of the kind that the parameter wants; else the answer says what was
  perhaps meant. Values are bound as terms, never pasted.
- A table comes as JSON, XML, CSV or TSV, a graph as Turtle, N-Triples, RDF/XML or JSON-LD: by `Accept`, or by
  `format=csv` and the like.
- A table comes in pages: `limit` (100, at most 1000) and `offset`, or follow `Link: <…>; rel="next"`. The order is
  total, so no row comes twice or is left out.
- `Link: <…>; rel="describedby"` leads to the text, `NAME.rq`, which answers the example as it stands: paste it at
  `/sparql` and change what stands between the braces of `VALUES`. `GET /api/v1/queries` lists all,
  `GET /api/v1/queries/openapi.json` is their OpenAPI 3.1 description.
- All that is wrong with a request is said at once, as a problem (RFC 9457) with a remedy for each parameter.

They are asked over what everybody may see; no stored case and no user's graph enters an answer.
"""


def queries_page(queries: Iterable[NamedQuery]) -> str:
    """The page as Markdown: by first tag, then by name."""
    listed = list(queries)
    groups: dict[str, list[NamedQuery]] = {}
    for query in listed:
        groups.setdefault(query.tags[0], []).append(query)
    term = next((value for query in listed for name, value in query.example if _is_term(query, name)), "Name")
    parts = [_INTRODUCTION.format(count=len(listed), term=term)]
    for tag in sorted(groups):
        parts.append(f"## {tag.capitalize()}\n")
        parts.extend(_section(query) for query in groups[tag])
    return "\n".join(parts)


def _is_term(query: NamedQuery, name: str) -> bool:
    return any(p.name == name and p.type is ParameterType.TERM for p in query.parameters)


def _section(query: NamedQuery) -> str:
    example = f"/api/v1/queries/{query.name}" + (f"?{urlencode(query.example)}" if query.example else "")
    lines = [f"### {query.name}\n", f"**{query.summary}** {query.description}\n"]
    if query.parameters:
        lines += ["| parameter | type | what it is |", "|---|---|---|"]
        lines += [f"| `{p.name}` | {_type(p)} | {_cell(p.description)} |" for p in query.parameters]
        lines.append("")
    if query.columns:
        columns = "; ".join(f"`{c.name}` ({c.description})" for c in query.columns)
        lines.append(f"Columns: {columns}.\n")
    else:
        lines.append({QueryForm.ASK: "Answers true or false.\n"}.get(query.form, "Answers with a graph.\n"))
    lines.append(f"`{example}` · [text](../queries/api/{query.name}.rq)\n")
    return "\n".join(lines)


def _type(parameter: Parameter) -> str:
    parts = [parameter.type.value]
    if parameter.type is ParameterType.TERM and parameter.root:
        parts = [f"term below `{parameter.root}`"]
    if parameter.choices:
        parts = [", ".join(f"`{choice}`" for choice in parameter.choices)]
    if parameter.is_repeatable:
        parts.append("several times")
    if parameter.default is not None:
        parts.append(f"`{parameter.default}` if left out")
    elif not parameter.is_required:
        parts.append("may be left out")
    return "; ".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> int:
    """Write the page of this checkout."""
    _PAGE.write_text(queries_page(read_library(queries_dir() / "api").values()), "utf-8")
    print(f"{_PAGE} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
