"""One connection to a server: requests out, JSON or a problem back."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlencode, urlsplit

from lumbarkg.client.errors import ProblemError
from lumbarkg.client.values import Json

_ROOT = "/api/v1"
JSON, NDJSON = "application/json", "application/x-ndjson"
Parameters = Mapping[str, str | int]


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    headers: HTTPMessage
    content: bytes

    def json(self) -> Json:
        """The content as a JSON object."""
        found: Json = json.loads(self.content)
        return found


class Transport:
    """Sends requests one after the other. Raises ProblemError for whatever is refused, OSError as sockets do."""

    def __init__(self, address: str, token: str | None, timeout: float) -> None:
        """``address`` such as ``http://127.0.0.1:8000``; ``timeout`` in seconds. Raises ValueError."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} is no address of a server: write http://… or https://….")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=timeout)
        self._base = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._kept: dict[str, tuple[str, Any]] = {}

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def get(self, path: str, parameters: Parameters | None = None) -> Json:
        """What is at an address, kept and asked for again by its ETag only: for what no patient is in."""
        address = with_parameters(path, parameters)
        known = self._kept.get(address)
        reply = self.send("GET", address, headers={"If-None-Match": known[0]} if known else None)
        if reply.status == http.client.NOT_MODIFIED and known:
            return dict(known[1])
        found = reply.json()
        tag = reply.headers.get("ETag")
        if tag:
            self._kept[address] = (tag, found)
        return found

    def post(self, path: str, body: Json, parameters: Parameters | None = None) -> Json:
        """The answer to a JSON body."""
        return self.send("POST", with_parameters(path, parameters), json.dumps(body).encode()).json()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        media_type: str = JSON,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request as it is given, below the API's root."""
        sent = {**self._headers, "Accept": f"{media_type}, application/json;q=0.9", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = media_type
        self._connection.request(method, f"{self._base}{_ROOT}{path}", body=body, headers=sent)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise ProblemError(response.status, _problem(content))
        return Reply(response.status, response.headers, content)


def with_parameters(path: str, parameters: Parameters | None) -> str:
    """An address with its parameters."""
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _problem(content: bytes) -> Json:
    """The problem of a body; a body that is none is its detail."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": content[:500].decode("utf-8", "replace")}
