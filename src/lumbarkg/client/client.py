"""The client itself: one method an operation."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from lumbarkg.client.errors import ProblemError
from lumbarkg.client.values import Assessment, BatchLine, Json, Page, SearchHit, Thing

_ROOT = "/api/v1"
_JSON, _NDJSON = "application/json", "application/x-ndjson"


class Client:
    """Asks one server. Raises ProblemError for whatever it refuses, OSError where it cannot be reached."""

    def __init__(self, address: str, token: str | None = None, timeout: float = 30.0) -> None:
        """``address`` such as ``http://127.0.0.1:8000``; ``timeout`` in seconds."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{address!r} is no address of a server: write http://… or https://….")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=timeout)
        self._base = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._kept: dict[str, tuple[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    # ------------------------------------------------------------ assessments

    def assess(self, case: Json, *, view: str = "full", sensitivity: bool = False) -> Assessment:
        """Assess a case; ``view`` is full or compact."""
        parameters = {"view": view, **({"sensitivity": "true"} if sensitivity else {})}
        return Assessment.read(self._post("/assessments", case, parameters))

    def assess_batch(self, cases: Iterable[Json], *, view: str = "compact") -> Iterator[BatchLine]:
        """Assess many cases, in order; a case that cannot be used gives a line with its problem."""
        body = "".join(f"{json.dumps(case)}\n" for case in cases).encode()
        _, content = self._send("POST", f"/assessments/batch?view={view}", body, _NDJSON)
        return (BatchLine.read(json.loads(line)) for line in content.splitlines() if line.strip())

    def explain(self, case: Json, condition: str, limit: int = 20) -> Json:
        """All minimal justifications of a suggestion."""
        return self._post("/assessments/why", {"case": case, "condition": condition, "limit": limit})

    def explain_absence(self, case: Json, condition: str, limit: int = 20) -> Json:
        """What is missing for a condition that was not suggested."""
        return self._post("/assessments/why-not", {"case": case, "condition": condition, "limit": limit})

    def next_questions(self, case: Json) -> Json:
        """What to ask next."""
        return self._post("/assessments/questions", case)

    # ------------------------------------------------------------ resources

    def get(self, kind: str, term: str, **parameters: str) -> Thing:
        """One thing: ``get("conditions", "icd10cm:…")``. What was read before is asked for again by its ETag only."""
        return Thing.read(self._get(f"/{kind}/{quote(term, safe='')}", parameters))

    def list_page(self, kind: str, *, cursor: str | None = None, **parameters: str | int) -> Page[Json]:
        """A page of the things of a kind."""
        found = self._get(f"/{kind}", {**parameters, **({"cursor": cursor} if cursor else {})})
        return Page(tuple(found["items"]), found["total"], found["next"])

    def list_all(self, kind: str, **parameters: str | int) -> Iterator[Json]:
        """All things of a kind, page after page."""
        address: dict[str, str | int] = dict(parameters)
        while True:
            found = self._get(f"/{kind}", address)
            yield from found["items"]
            if not found["next"]:
                return
            address["cursor"] = found["next"]

    def ask(self, kind: str, term: str, topic: str, **parameters: str | int) -> list[Json]:
        """The answer to a question about a thing, as rows: ``ask("findings", name, "causes")``."""
        rows: list[Json] = self._get(f"/{kind}/{quote(term, safe='')}/{topic}", parameters)["items"]
        return rows

    def search(self, text: str, *, kind: str | None = None, limit: int = 10) -> tuple[SearchHit, ...]:
        """The things whose names fit what was typed so far, the best first."""
        parameters: dict[str, str | int] = {"q": text, "limit": limit, **({"kind": kind} if kind else {})}
        return tuple(SearchHit.read(hit) for hit in self._get("/search", parameters)["items"])

    def query(self, name: str, **parameters: str | int) -> Json:
        """The answer of a named query, in SPARQL's JSON."""
        return self._get(f"/queries/{quote(name, safe='')}", parameters)

    # ------------------------------------------------------------ transport

    def _get(self, path: str, parameters: Mapping[str, str | int]) -> Json:
        address = f"{path}?{urlencode(parameters)}" if parameters else path
        known = self._kept.get(address)
        headers = {"If-None-Match": known[0]} if known else {}
        response, content = self._send("GET", address, None, _JSON, headers)
        if response.status == http.client.NOT_MODIFIED and known:
            return dict(known[1])
        found: Json = json.loads(content)
        tag = response.headers.get("ETag")
        if tag:
            self._kept[address] = (tag, found)
        return found

    def _post(self, path: str, body: Json, parameters: Mapping[str, str] | None = None) -> Json:
        address = f"{path}?{urlencode(parameters)}" if parameters else path
        found: Json = json.loads(self._send("POST", address, json.dumps(body).encode(), _JSON)[1])
        return found

    def _send(
        self, method: str, path: str, body: bytes | None, media_type: str, headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        sent = {**self._headers, "Accept": f"{media_type}, application/json;q=0.9", **(headers or {})}
        if body is not None:
            sent["Content-Type"] = media_type
        self._connection.request(method, f"{self._base}{_ROOT}{path}", body=body, headers=sent)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= http.client.BAD_REQUEST:
            raise ProblemError(response.status, _problem(content))
        return response, content


def _problem(content: bytes) -> Json:
    """The problem of a body; a body that is none is its detail."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": content[:500].decode("utf-8", "replace")}
