"""Prefixes that a query uses and does not declare, each with the line to paste where it is a well-known one."""

from __future__ import annotations

from collections.abc import Mapping

from lumbarkg.did_you_mean import nearest
from lumbarkg.issues import Issue, error
from lumbarkg.sparql.tokens import TokenKind, position_of, tokenise, unescape

# Beside the prefixes of the ontology: those that people use without thinking.
_COMMON = {
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "void": "http://rdfs.org/ns/void#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "bibo": "http://purl.org/ontology/bibo/",
    "pav": "http://purl.org/pav/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "time": "http://www.w3.org/2006/time#",
    "fn": "http://www.w3.org/2005/xpath-functions#",
}


def well_known_prefixes(known: Mapping[str, str]) -> dict[str, str]:
    """Prefix → namespace: those of the ontology, and common ones."""
    return {**_COMMON, **known}


def undeclared_prefixes(text: str, known: Mapping[str, str], path: str = "/query") -> tuple[Issue, ...]:
    """One issue for each prefix that is used and not declared, in the order of their first use."""
    declared: set[str] = set()
    used: dict[str, int] = {}
    text = unescape(text)
    previous_was_keyword = False
    for token in tokenise(text):
        if token.kind is TokenKind.PREFIXED:
            prefix = token.text.partition(":")[0]
            if previous_was_keyword:
                declared.add(prefix)
            else:
                used.setdefault(prefix, token.start)
        previous_was_keyword = token.is_word("PREFIX")
    known = well_known_prefixes(known)
    return tuple(_issue(text, prefix, start, known, path) for prefix, start in used.items() if prefix not in declared)


def _issue(text: str, prefix: str, start: int, known: Mapping[str, str], path: str) -> Issue:
    line, column = position_of(text, start)
    message = f"Line {line}, column {column}: the prefix '{prefix}:' is not declared."
    if prefix in known:
        return error(
            "undeclared-prefix", path, message, f"Paste this line at the top: PREFIX {prefix}: <{known[prefix]}>"
        )
    found = [name for name, _ in nearest(prefix, {name: name for name in sorted(known)}, 1)]
    hint = f" Did you mean {found[0]}: (PREFIX {found[0]}: <{known[found[0]]}>)?" if found else ""
    return error("undeclared-prefix", path, message, f"Declare it: PREFIX {prefix}: <…>.{hint}")
