"""A table of SPARQL results as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

_WIDEST = 72
_UNBOUND = "-"


def render_solutions(content: bytes, shorten: Callable[[str], str]) -> str:
    """JSON results as aligned columns, IRIs shortened; an ASK as ``yes`` or ``no``."""
    table = json.loads(content)
    if "boolean" in table:
        return "yes\n" if table["boolean"] else "no\n"
    names = table["head"]["vars"]
    rows = [[_cell(row.get(name), shorten) for name in names] for row in table["results"]["bindings"]]
    widths = [min(_WIDEST, max(len(line[i]) for line in [names, *rows])) for i in range(len(names))]
    lines = [names, ["-" * width for width in widths], *rows]
    text = "".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)
    return f"{text}{len(rows)} row{'' if len(rows) == 1 else 's'}\n"


def _cell(term: dict[str, str] | None, shorten: Callable[[str], str]) -> str:
    if term is None:
        return _UNBOUND
    value = shorten(term["value"]) if term["type"] == "uri" else term["value"]
    return " ".join(value.split())
