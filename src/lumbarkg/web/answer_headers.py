"""What every answer carries: versions, the headers of security and for pages of allowed origins, no keeping of JSON.

They are put on around the application, where headers are a plain list, because every answer pays for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from lumbarkg.access.door import Door

Headers = list[tuple[str, str]]
_Error = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_READABLE_BY = "Cross-Origin-Resource-Policy"
_CORS_METHODS = "GET, HEAD, POST, PUT, DELETE"
_CORS_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match"
_CORS_EXPOSED = "ETag, Link, Location, Retry-After, Lumbarkg-Version, Lumbarkg-Release"
_JSON = frozenset({"application/json", "application/problem+json"})


StartResponse = Callable[..., Callable[[bytes], object]]
"""What a WSGI server gives an application to begin its answer with: status, headers, an error (PEP 3333)."""
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class AnswerHeaders:
    """A WSGI application around another one."""

    def __init__(self, application: Application, content_security_policy: str, door: Door, versions: Headers) -> None:
        self._application, self._door = application, door
        everywhere = [("Content-Security-Policy", content_security_policy), *_EVERYWHERE, *versions]
        self._own = [*everywhere, (_READABLE_BY, "same-origin")]
        self._shared = [*everywhere, (_READABLE_BY, "cross-origin"), ("Access-Control-Expose-Headers", _CORS_EXPOSED)]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The answer of the application within, with the headers."""

        def start(status: str, headers: Headers, exc_info: _Error | None = None, /) -> Callable[[bytes], object]:
            headers += self._of_origin(environ) if self._door.origins else self._own
            _forbid_keeping_json(headers)
            return start_response(status, headers, exc_info)

        return self._application(environ, start)

    def _of_origin(self, environ: dict[str, Any]) -> Headers:
        """The headers of a server that lets pages of some other origins in, for whichever origin asks."""
        varies, origin = ("Vary", "Origin"), environ.get("HTTP_ORIGIN", "")
        if not self._door.allows_origin(origin):
            return [*self._own, varies]
        found = [*self._shared, varies, ("Access-Control-Allow-Origin", origin)]
        if environ["REQUEST_METHOD"] == "OPTIONS":
            found.append(("Access-Control-Allow-Methods", _CORS_METHODS))
            found.append(("Access-Control-Allow-Headers", _CORS_HEADERS))
            found.append(("Access-Control-Max-Age", "600"))
        return found


def _forbid_keeping_json(headers: Headers) -> None:
    """Say so of JSON where nothing else is said: it may be about somebody."""
    is_json = False
    for name, value in headers:
        lower = name.lower()
        if lower == "cache-control":
            return
        if lower == "content-type":
            is_json = value.partition(";")[0] in _JSON
    if is_json:
        headers.append(("Cache-Control", "no-store"))
