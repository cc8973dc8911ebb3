"""From what a caller wrote to terms bound in a query: never text pasted into text, and all problems at once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lumbarkg import vocabulary as v
from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.rdf.syntax import render_term
from lumbarkg.rdf.terms import Literal, Term
from lumbarkg.sparql.library import NamedQuery, Parameter, ParameterType
from lumbarkg.sparql.term_index import TermIndex, Unresolved

_ENGLISH = "en"
_LANGUAGE = re.compile(r"(.*)@([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)
_NUMBERS = {
    ParameterType.INTEGER: (re.compile(r"[+-]?[0-9]{1,18}"), v.XSD_INTEGER, "Write a whole number, such as 12."),
    ParameterType.DECIMAL: (
        re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})"),
        v.XSD_DECIMAL,
        "Write a number without exponent, such as 0.5.",
    ),
}
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}
_LONGEST_VALUE, _MOST_VALUES = 1000, 20


def bind_parameters(query: NamedQuery, given: Iterable[tuple[str, str]], index: TermIndex) -> dict[str, str]:
    """Parameter → its terms as SPARQL writes them, from pairs of name and value.

    Raises InvalidInputError with every bad, unknown, missing or repeated parameter; the path of an issue is ``/name``.
    """
    pairs = list(given)
    known = {parameter.name: parameter for parameter in query.parameters}
    issues = [_unknown(name, known) for name in dict.fromkeys(n for n, _ in pairs) if name not in known]
    bound: dict[str, str] = {}
    for parameter in query.parameters:
        values = [value for name, value in pairs if name == parameter.name]
        if not values and parameter.default is not None:
            values = [parameter.default]
        terms, problems = _terms(parameter, values, index)
        issues.extend(problems)
        if terms:
            bound[parameter.name] = " ".join(render_term(term) for term in dict.fromkeys(terms))
    if issues:
        raise InvalidInputError(tuple(issues))
    return bound


def _terms(parameter: Parameter, values: list[str], index: TermIndex) -> tuple[list[Term], list[Issue]]:
    path = f"/{parameter.name}"
    if not values:
        if not parameter.is_required:
            return [], []
        return [], [error("missing", path, f"'{parameter.name}' is required.", f"Give {parameter.description}.")]
    if len(values) > (_MOST_VALUES if parameter.is_repeatable else 1):
        most = f"at most {_MOST_VALUES} times" if parameter.is_repeatable else "once"
        return [], [error("repeated", path, f"'{parameter.name}' stands {len(values)} times.", f"Give it {most}.")]
    terms: list[Term] = []
    issues: list[Issue] = []
    for value in values:
        found = _term(parameter, value, index, path)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            terms.append(found)
    return terms, issues


def _term(parameter: Parameter, value: str, index: TermIndex, path: str) -> Term | Issue:
    if len(value) > _LONGEST_VALUE or not _is_encodable(value):
        return error("unusable", path, "The value is too long or holds what is no character.", "Shorten it.")
    if not value.strip():
        return error("empty", path, "The value is empty.", f"Give {parameter.description}, or leave it out.")
    kind = parameter.type
    if kind is ParameterType.TERM:
        found = index.resolve(value, parameter.root)
        return error(found.code, path, found.message, found.remedy) if isinstance(found, Unresolved) else found
    if kind in _NUMBERS:
        pattern, datatype, remedy = _NUMBERS[kind]
        number = value.strip()
        return Literal(number, datatype) if pattern.fullmatch(number) else _not(value, kind, path, remedy)
    if kind is ParameterType.BOOLEAN:
        truth = _BOOLEANS.get(value.strip().casefold())
        return Literal(truth, v.XSD_BOOLEAN) if truth else _not(value, kind, path, "Write true or false.")
    if kind is ParameterType.TEXT:
        tagged = _LANGUAGE.fullmatch(value)
        text, language = (tagged[1], tagged[2].lower()) if tagged else (value, _ENGLISH)
        return Literal(text, Iri(f"{v.RDF}langString"), language)
    if parameter.choices and value not in parameter.choices:
        near = nearest(value, {choice: choice for choice in parameter.choices}, 1)
        hint = f"Did you mean {near[0][0]}? " if near else ""
        return error("no-choice", path, f"'{value}' is no choice.", f"{hint}Choose {_either(parameter.choices)}.")
    return Literal(value)


def _not(value: str, kind: ParameterType, path: str, remedy: str) -> Issue:
    noun = "number" if kind is ParameterType.DECIMAL else kind.value
    article = "an" if noun[0] in "aeiou" else "a"
    return error("wrong-type", path, f"'{value}' is not {article} {noun}.", remedy)


def _unknown(name: str, known: dict[str, Parameter]) -> Issue:
    near = nearest(name, {n: n for n in known}, 1)
    if near:
        remedy = f"Did you mean '{near[0][0]}'?"
    else:
        remedy = f"It takes {', '.join(sorted(known))}." if known else "It takes no parameter."
    return error("unknown-parameter", f"/{name}", f"The query has no parameter '{name}'.", remedy)


def _either(choices: tuple[str, ...]) -> str:
    return " or ".join([", ".join(choices[:-1]), choices[-1]]) if len(choices) > 1 else choices[0]


def _is_encodable(value: str) -> bool:
    """Whether every code point is a character that a store can hold: no null, no half of a pair."""
    return not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in value)
