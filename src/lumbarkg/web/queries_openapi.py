"""The OpenAPI 3.1 description of the named queries, made from their headers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lumbarkg import __version__
from lumbarkg.sparql.library import NamedQuery, Parameter, ParameterType
from lumbarkg.web.query_formats import offered, short_names

_SCHEMAS: dict[ParameterType, dict[str, Any]] = {
    ParameterType.TERM: {"type": "string"},
    ParameterType.STRING: {"type": "string"},
    ParameterType.TEXT: {"type": "string"},
    ParameterType.INTEGER: {"type": "integer"},
    ParameterType.DECIMAL: {"type": "number"},
    ParameterType.BOOLEAN: {"type": "boolean"},
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A problem (RFC 9457) with every issue at once.",
    "required": ["type", "title", "status", "detail", "issues"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "issues": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["severity", "code", "path", "message", "remedy"],
                "properties": {
                    "severity": {"enum": ["error", "warning", "information"]},
                    "code": {"type": "string"},
                    "path": {"type": "string", "description": "JSON Pointer: /name of the parameter."},
                    "message": {"type": "string"},
                    "remedy": {"type": "string"},
                },
            },
        },
    },
}
_REFUSALS = {
    "400": "Parameters that cannot be used, each with its remedy.",
    "406": "No format of the answer is acceptable.",
    "503": "The query ran past its deadline, or no place is free: try again.",
}


def openapi_fragment(queries: Iterable[NamedQuery], root: str, default_limit: int, most_rows: int) -> dict[str, Any]:
    """A whole OpenAPI document with one path a query."""
    listed = list(queries)
    tags = sorted({tag for query in listed for tag in query.tags})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lumbarkg named queries",
            "version": __version__,
            "description": "Questions over the knowledge graphs. Decision support for prototypes, no medical device.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": tag} for tag in tags],
        "paths": {f"{root}/{query.name}": _path(query, default_limit, most_rows) for query in listed},
        "components": {
            "schemas": {"Problem": _PROBLEM},
            "responses": {
                status: {
                    "description": description,
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for status, description in _REFUSALS.items()
            },
        },
    }


def _path(query: NamedQuery, default_limit: int, most_rows: int) -> dict[str, Any]:
    parameters = [_parameter(p, [value for name, value in query.example if name == p.name]) for p in query.parameters]
    if query.columns:
        parameters.append(_number("limit", 1, most_rows, default_limit, "At most so many rows."))
        parameters.append(_number("offset", 0, None, 0, "So many rows after the first; follow Link instead."))
    parameters.append(
        {
            "name": "format",
            "in": "query",
            "description": "The format by a short name, instead of Accept.",
            "schema": {"enum": list(short_names(query.form))},
        }
    )
    columns = "".join(f"\n- `{c.name}`: {c.description}" for c in query.columns)
    return {
        "get": {
            "operationId": query.name,
            "summary": query.summary,
            "description": query.description + (f"\n\nColumns:\n{columns}" if columns else ""),
            "tags": list(query.tags),
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "The answer; Link holds describedby, and first, prev and next of a table.",
                    "headers": {"Link": {"schema": {"type": "string"}}, "ETag": {"schema": {"type": "string"}}},
                    "content": {media_type: {} for media_type in offered(query.form)},
                },
                **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS},
            },
        }
    }


def _parameter(parameter: Parameter, example: list[str]) -> dict[str, Any]:
    schema = dict(_SCHEMAS[parameter.type])
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = _typed(parameter, parameter.default)
    if parameter.is_repeatable:
        schema = {"type": "array", "items": schema, "minItems": 1}
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": _described(parameter),
        "required": parameter.is_required,
        "schema": schema,
    }
    values = [_typed(parameter, value) for value in example]
    if values:
        found["example"] = values if parameter.is_repeatable else values[0]
    return found


def _described(parameter: Parameter) -> str:
    text = parameter.description[:1].upper() + parameter.description[1:] + "."
    if parameter.type is ParameterType.TERM:
        kind = f" of a term below {parameter.root}" if parameter.root else " of a term"
        return f"{text} Local name, CURIE, IRI or exact label{kind}."
    if parameter.type is ParameterType.TEXT:
        return f"{text} In English, or with its language as in text@en."
    return text


def _typed(parameter: Parameter, value: str) -> str | int | float | bool:
    if parameter.type is ParameterType.INTEGER:
        return int(value)
    if parameter.type is ParameterType.DECIMAL:
        return float(value)
    if parameter.type is ParameterType.BOOLEAN:
        return value in ("true", "1")
    return value


def _number(name: str, least: int, most: int | None, default: int, description: str) -> dict[str, Any]:
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    schema = {"type": "integer", **limits, "default": default}
    return {"name": name, "in": "query", "description": description, "required": False, "schema": schema}
