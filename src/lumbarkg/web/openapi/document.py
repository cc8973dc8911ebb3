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
from lumbarkg.web.openapi.answers import Problem
from lumbarkg.web.openapi.operations import JSON, Operation

PROBLEM = "application/problem+json"
_PROBLEM_SCHEMA = {"schema": {"$ref": "#/components/schemas/Problem"}}
_REFUSALS = {
    400: "The request cannot be read, or a parameter cannot be used.",
    401: "A token is needed, or the one sent is not valid.",
    403: "The token does not allow this.",
    404: "There is no such thing; the remedy names near ones.",
    406: "No form of the answer is acceptable.",
    413: "The body is too large.",
    415: "The body is in a format that is not taken here.",
    422: "The case cannot be used: every issue at once.",
    503: "The store is busy or the query ran too long: try again.",
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
    document["components"].pop("securitySchemes", None)
    for operation in listed:
        _complete(document["paths"][operation.rule][operation.method.lower()], operation)
    _without_null(document)
    _with_settings(schemas, settings)
    document["paths"] |= queries["paths"]
    document["components"]["responses"] = queries["components"]["responses"]
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
    register: Callable[..., Any] = writer.get if operation.method == "GET" else writer.post
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
    if operation.answer is not None:
        found[200] = operation.answer
    else:
        found[200] = {"description": "The answer.", "content": {m: {"schema": {}} for m in operation.gives}}
    for status in operation.refusals:
        found[status] = {"description": _REFUSALS[status], "content": {PROBLEM: _PROBLEM_SCHEMA}}
    return found


def _complete(written: dict[str, Any], operation: Operation) -> None:
    """What flask-openapi3 has no words for: other media types, headers, examples."""
    answer = written["responses"]["200"]
    answer["description"] = "The answer."
    content = answer["content"]
    for media_type in operation.gives:
        if media_type.endswith("json") and operation.answer is not None and media_type != JSON:
            content[media_type] = {"schema": {"type": ["object", "array"]}}
        else:
            content.setdefault(media_type, {"schema": {}})
    if operation.is_cached:
        text = {"schema": {"type": "string"}}
        answer["headers"] = {
            "ETag": {**text, "description": "Changes only with the release."},
            "Link": {**text, "description": "The named query that gives the same (describedby), and pages."},
        }
        written["responses"]["304"] = {"description": "The client has it already (If-None-Match)."}
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
