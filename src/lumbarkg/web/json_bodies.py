"""JSON as the body of an answer: a large one goes to the socket from the bytes that it was written into."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, request

from lumbarkg.render.encode import encode_json

JSON = "application/json"
_LARGE = 32 * 1024
"""Bytes from which on it pays to hand over a file."""


def json_response(answer: Any, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """The answer as JSON.

    Waitress copies what an application gives it twice, which for a full assessment takes longer than sending it does;
    not so a file, and a file in memory lends its bytes. A server without such a wrapper (PEP 3333) gets the bytes.
    """
    content = encode_json(answer)
    wrap = request.environ.get("wsgi.file_wrapper")
    if wrap is None or len(content) < _LARGE:
        return Response(content, mimetype=JSON, headers=headers)
    response = Response(wrap(BytesIO(content)), mimetype=JSON, headers=headers, direct_passthrough=True)
    response.content_length = len(content)
    return response
