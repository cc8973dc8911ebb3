"""Answers that change only with the release: built once, kept, sent with an ETag, revalidated without being built."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from flask import Response, current_app, request
from werkzeug.http import unquote_etag

_MOST_BYTES = 24 * 1024 * 1024
_LARGEST = 1024 * 1024


@dataclass(frozen=True)
class Representation:
    """Bytes with all that their headers say."""

    content: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200


class Representations:
    """What was built, by address and Accept: the most recently used, up to a number of bytes, for every thread."""

    def __init__(self, digest: str, most_bytes: int = _MOST_BYTES) -> None:
        """``digest`` is the release's: it is part of every ETag."""
        self._digest, self._most = digest[:16], most_bytes
        self._kept: OrderedDict[tuple[str, str, str], tuple[str, Representation]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[str, str, str]) -> tuple[str, Representation] | None:
        """The ETag and the representation that were kept under a key."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, str], built: Representation) -> tuple[str, Representation]:
        """Keep a representation, and drop what was used longest ago where it gets too much."""
        tag = f'"{self._digest}-{hashlib.sha256(built.content + built.media_type.encode()).hexdigest()[:24]}"'
        size = len(built.content) + sum(map(len, key))
        if size <= _LARGEST:
            with self._lock:
                if key not in self._kept:
                    self._kept[key] = (tag, built)
                    self._bytes += size
                while self._bytes > self._most:
                    (old, (_, dropped)) = self._kept.popitem(last=False)
                    self._bytes -= len(dropped.content) + sum(map(len, old))
        return tag, built


def represent(build: Callable[[], Representation | Response]) -> Response:
    """The answer to this GET: what was kept, else what ``build`` makes; a problem that it answers with is not kept."""
    kept: Representations = current_app.extensions["representations"]
    environ = request.environ
    key = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT", ""))
    found = kept.get(key)
    if found is None:
        built = build()
        if isinstance(built, Response):
            return built
        found = kept.put(key, built)
    tag, representation = found
    headers = [("ETag", tag), ("Cache-Control", "no-cache"), ("Vary", "Accept"), *representation.headers]
    if _is_known(tag, environ.get("HTTP_IF_NONE_MATCH")):
        return Response(status=304, headers=headers)
    return Response(representation.content, content_type=representation.media_type, headers=headers)


def _is_known(tag: str, header: str | None) -> bool:
    """Whether the client has what the tag stands for (RFC 9110 §13.1.2: a weak comparison)."""
    if not header:
        return False
    if header.strip() == "*":
        return True
    return any(f'"{unquote_etag(part.strip())[0]}"' == tag for part in header.split(","))
