"""Who may ask what, in the words of OpenAPI: the bearer token, the scope of each operation, and the refusals."""

from __future__ import annotations

from typing import Any

from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.openapi.headers import CHALLENGE, RETRY_AFTER, Header

_BEARER = "bearer"
SECURITY_SCHEMES: dict[str, Any] = {
    _BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that the operator made with `lumbarkg token create`, or a JWT of the configured "
        "identity provider. Each operation names the scope that it needs. A server bound to loopback takes requests "
        "without a token where Host is a loopback name and no Forwarded header is sent; then everything but updates is "
        "allowed, and stored cases belong to the tenant 'local'.",
    }
}
_SHARED: dict[str, tuple[str, tuple[Header, ...]]] = {
    "401": ("A token is needed, or the one sent is not valid.", (CHALLENGE,)),
    "403": ("The token lacks the scope, or a page of a foreign origin asks to change something.", ()),
    "429": ("More requests than one caller may send.", (RETRY_AFTER,)),
}


def shared_refusals(media_type: str, content: dict[str, Any]) -> dict[str, Any]:
    """The problems that every operation may answer with."""
    return {
        status: {
            "description": description,
            "content": {media_type: content},
            **({"headers": {header.name: header.as_answer() for header in headers}} if headers else {}),
        }
        for status, (description, headers) in _SHARED.items()
    }


def require(operation: dict[str, Any], scope: Scope) -> None:
    """Say what an operation needs: a token with a scope, or none where authentication is off."""
    operation["security"] = [{_BEARER: [scope.value]}, {}]
    for status in _SHARED:
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})
