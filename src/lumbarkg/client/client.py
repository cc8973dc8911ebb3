"""The client itself: one method an operation; those on stored cases are in ``cases``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self
from urllib.parse import quote

from lumbarkg.client.cases import StoredCases
from lumbarkg.client.transport import NDJSON, Transport
from lumbarkg.client.values import Assessment, BatchLine, Json, Page, SearchHit, Thing


class Client:
    """Asks one server; ``cases`` are those that it keeps.

    Raises ProblemError for whatever it refuses, OSError where it cannot be reached.
    """

    def __init__(self, address: str, token: str | None = None, timeout: float = 30.0) -> None:
        """``address`` such as ``http://127.0.0.1:8000``; ``timeout`` in seconds."""
        self._transport = Transport(address, token, timeout)
        self.cases = StoredCases(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    # ------------------------------------------------------------ assessments

    def assess(self, case: Json, *, view: str = "full", sensitivity: bool = False) -> Assessment:
        """Assess a case; ``view`` is full or compact."""
        parameters = {"view": view, **({"sensitivity": "true"} if sensitivity else {})}
        return Assessment.read(self._transport.post("/assessments", case, parameters))

    def assess_batch(self, cases: Iterable[Json], *, view: str = "compact") -> Iterator[BatchLine]:
        """Assess many cases, in order; a case that cannot be used gives a line with its problem."""
        body = "".join(f"{json.dumps(case)}\n" for case in cases).encode()
        reply = self._transport.send("POST", f"/assessments/batch?view={view}", body, NDJSON)
        return (BatchLine.read(json.loads(line)) for line in reply.content.splitlines() if line.strip())

    def explain(self, case: Json, condition: str, limit: int = 20) -> Json:
        """All minimal justifications of a suggestion."""
        return self._transport.post("/assessments/why", {"case": case, "condition": condition, "limit": limit})

    def explain_absence(self, case: Json, condition: str, limit: int = 20) -> Json:
        """What is missing for a condition that was not suggested."""
        return self._transport.post("/assessments/why-not", {"case": case, "condition": condition, "limit": limit})

    def next_questions(self, case: Json) -> Json:
        """What to ask next."""
        return self._transport.post("/assessments/questions", case)

    # ------------------------------------------------------------ resources

    def get(self, kind: str, term: str, **parameters: str) -> Thing:
        """One thing: ``get("conditions", "icd10cm:…")``. What was read before is asked for again by its ETag only."""
        return Thing.read(self._transport.get(f"/{kind}/{quote(term, safe='')}", parameters))

    def list_page(self, kind: str, *, cursor: str | None = None, **parameters: str | int) -> Page[Json]:
        """A page of the things of a kind."""
        found = self._transport.get(f"/{kind}", {**parameters, **({"cursor": cursor} if cursor else {})})
        return Page(tuple(found["items"]), found["total"], found["next"])

    def list_all(self, kind: str, **parameters: str | int) -> Iterator[Json]:
        """All things of a kind, page after page."""
        address: dict[str, str | int] = dict(parameters)
        while True:
            found = self._transport.get(f"/{kind}", address)
            yield from found["items"]
            if not found["next"]:
                return
            address["cursor"] = found["next"]

    def ask(self, kind: str, term: str, topic: str, **parameters: str | int) -> list[Json]:
        """The answer to a question about a thing, as rows: ``ask("findings", name, "causes")``."""
        rows: list[Json] = self._transport.get(f"/{kind}/{quote(term, safe='')}/{topic}", parameters)["items"]
        return rows

    def search(self, text: str, *, kind: str | None = None, limit: int = 10) -> tuple[SearchHit, ...]:
        """The things whose names fit what was typed so far, the best first."""
        parameters: dict[str, str | int] = {"q": text, "limit": limit, **({"kind": kind} if kind else {})}
        return tuple(SearchHit.read(hit) for hit in self._transport.get("/search", parameters)["items"])

    def query(self, name: str, **parameters: str | int) -> Json:
        """The answer of a named query, in SPARQL's JSON."""
        return self._transport.get(f"/queries/{quote(name, safe='')}", parameters)
