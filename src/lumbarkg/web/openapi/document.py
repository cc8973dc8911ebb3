"""The OpenAPI 3.1 document. flask-openapi3 writes it from the typed models; the routes themselves are plain Flask.

See docs/decisions/0055: the library's own request handling swallows malformed JSON and builds a JSON Schema at every
request, so that only its writer of documents is used.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from lumbarkg import __version__
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.openapi.access import SECURITY_SCHEMES, require, shared_refusals
from lumbarkg.web.openapi.answers import Problem
from lumbarkg.web.openapi.headers import IF_CHANGED, RELEASE_TAG, SAME_BY_QUERY
from lumbarkg.web.openapi.operation import JSON, Operation

PROBLEM = "application/problem+json"
_PROBLEM_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}
_SUCCESSES = {200: "The answer.", 201: "Stored under an id that was free.", 204: "Done; there is nothing to say."}
_REFUSALS = {
    400: "The request cannot be read, or a parameter cannot be used.",
    404: "There is no such thing; the remedy names near ones.",
    406: "No form of the answer is acceptable.",
    412: "The case has another revision than If-Match names, or exists where it must not; ETag says which it has.",
    413: "The body is too large.",
    415: "The body is in a format that is not taken here.",
    422: "The case cannot be used: every issue at once.",
    503: "The store is busy, the query ran too long, or this server keeps no cases (no-record).",
    507: "The disk of the case store is full; nothing was stored.",
}
_DESCRIPTION = (
    "A clinical knowledge graph as resources, assessments and queries. Decision support for prototypes: not a medical "
    "device, not signed off by a clinician. Every error is a problem (RFC 9457) that lists every issue with its remedy."
)


def make_document(
    operations: Iterable[Operation], queries: dict[str, Any], settings: tuple[str, ...]
) -> dict[str, Any]:
    """The document of the operations, and of the named queries by their own document."""
    listed = tuple(operations)
    info = Info(title="Lumbarkg", version=__version__, description=_DESCRIPTION)
    writer = OpenAPI(
        __name__,
        info=info,
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=Problem,
        operation_id_callback=lambda **parts: str(parts["name"]),
    )
    for operation in listed:
        _describe(writer, operation)
    document: dict[str, Any] = json.loads(json.dumps(writer.api_doc))
    schemas = document["components"]["schemas"]
    for operation in listed:
        _complete(document["paths"][operation.rule][operation.method.lower()], operation)
    _without_null(document)
    _with_settings(schemas, settings)
    document["paths"] |= queries["paths"]
    document["components"]["responses"] = queries["components"]["responses"] | shared_refusals(PROBLEM, _PROBLEM_SCHEMA)
    document["components"]["securitySchemes"] = SECURITY_SCHEMES
    scopes = {(operation.rule, operation.method.lower()): operation.scope for operation in listed}
    for path, methods in document["paths"].items():
        for method, written in methods.items():
            require(written, scopes.get((path, method), Scope.READ))
    document["info"]["license"] = {"name": "Apache-2.0 AND CC-BY-4.0", "identifier": "Apache-2.0 AND CC-BY-4.0"}
    document["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema"
    return document


def _describe(writer: OpenAPI, operation: Operation) -> None:
    def stub() -> None:
        pass

    stub.__name__ = operation.name
    models: dict[str, type[BaseModel] | None] = {
        "path": operation.path,
        "query": operation.query,
        "body": operation.body,
    }
    stub.__annotations__ = {name: model for name, model in models.items() if model is not None}
    register: Callable[..., Any] = getattr(writer, operation.method.lower())
    register(
        operation.rule,
        summary=operation.summary,
        description=operation.description or None,
        operation_id=operation.name,
        tags=[Tag(name=operation.tag)],
        responses=_responses(operation),
    )(stub)


def _responses(operation: Operation) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for status in operation.statuses:
        if operation.answer is not None:
            found[status] = operation.answer
        elif operation.gives:
            content: dict[str, Any] = {media_type: {"schema": {}} for media_type in operation.gives}
            found[status] = {"description": _SUCCESSES[status], "content": content}
        else:
            found[status] = {"description": _SUCCESSES[status]}
    for status in operation.refusals:
        found[status] = {"description": _REFUSALS[status], "content": {PROBLEM: _PROBLEM_SCHEMA}}
    return found


def _complete(written: dict[str, Any], operation: Operation) -> None:
    """What flask-openapi3 has no words for: other media types, headers, links, examples."""
    for status in operation.statuses:
        _complete_answer(written["responses"][str(status)], status, operation)
    takes = (IF_CHANGED,) if operation.is_cached else operation.takes
    if IF_CHANGED in takes:
        written["responses"]["304"] = {"description": "The client has it already (If-None-Match)."}
    if operation.takes:
        written.setdefault("parameters", []).extend(header.as_parameter() for header in operation.takes)
    examples = {**operation.path_example, **operation.query_example}
    for parameter in written.get("parameters", ()):
        if parameter["name"] in examples:
            parameter["example"] = examples[parameter["name"]]
    if operation.bodies:
        body = written.setdefault("requestBody", {"content": {}, "required": True})
        for media_type, example in operation.bodies.items():
            # Text has no JSON Schema: whatever is sent is read as text.
            schema = {"type": "object"} if media_type.endswith("ld+json") else {}
            body["content"].setdefault(media_type, {"schema": schema})["example"] = example
    if operation.tag == "resources":
        written["tags"] = [operation.tag]


def _complete_answer(answer: dict[str, Any], status: int, operation: Operation) -> None:
    answer["description"] = _SUCCESSES[status]
    if not operation.gives:
        answer.pop("content", None)
    for media_type in operation.gives:
        if media_type.endswith("json") and operation.answer is not None and media_type != JSON:
            answer["content"][media_type] = {"schema": {"type": ["object", "array"]}}
        else:
            answer["content"].setdefault(media_type, {"schema": {}})
    sends = (RELEASE_TAG, *(operation.sends or (SAME_BY_QUERY,))) if operation.is_cached else operation.sends
    if sends:
        answer["headers"] = {header.name: header.as_answer() for header in sends}
    if operation.links:
        answer["links"] = {
            link.operation: {
                "operationId": link.operation,
                "parameters": link.parameters,
                "description": link.description,
            }
            for link in operation.links
        }


def _without_null(document: dict[str, Any]) -> None:
    """A parameter that is left out is no null: the address has none."""
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                schema = parameter["schema"]
                choices = [s for s in schema.get("anyOf", ()) if s.get("type") != "null"]
                if len(choices) == 1:
                    parameter["schema"] = {**{k: x for k, x in schema.items() if k != "anyOf"}, **choices[0]}
                for useless in ("title", "default"):
                    if parameter["schema"].get(useless) in (None, "") or useless == "title":
                        parameter["schema"].pop(useless, None)


def _with_settings(schemas: dict[str, Any], settings: tuple[str, ...]) -> None:
    """The settings that have priors, which only the release knows."""
    setting = schemas["Case"]["properties"]["setting"]
    setting["anyOf"] = [{"type": "string", "enum": list(settings)}, {"type": "null"}]
