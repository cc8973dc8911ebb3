"""The cases that a server keeps for whoever the token belongs to: ``Client(…).cases``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

from lumbarkg.client.transport import Parameters, Transport, with_parameters
from lumbarkg.client.values import Assessment, CaseRevision, CaseSummary, Cohort, Json, StoredCase, Written

_CREATED = 201


class StoredCases:
    """Reads and writes stored cases, one method an operation; nothing of an answer is kept on this side.

    ``replacing`` is the revision that a write must find: where somebody was faster it raises ProblemError with the
    status 412, and nothing is changed.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def put(self, case_id: UUID | str, case: Json, *, replacing: int | None = None, only_new: bool = False) -> Written:
        """Store a case, or its next revision. With ``only_new`` it is refused where there is one under this id."""
        headers = {**_if_match(replacing), **({"If-None-Match": "*"} if only_new else {})}
        reply = self._transport.send("PUT", f"/cases/{case_id}", json.dumps(case).encode(), headers=headers)
        found = reply.json()
        return Written(UUID(found["id"]), found["revision"], reply.status == _CREATED)

    def add(self, case: Json) -> Written:
        """Store a case under a new random id, which is made here: sent again after a lost answer, it is one case."""
        return self.put(uuid4(), case, only_new=True)

    def get(self, case_id: UUID | str, revision: int | None = None) -> StoredCase:
        """A case as it is kept, or an older revision of it."""
        older = "" if revision is None else f"/revisions/{revision}"
        reply = self._transport.send("GET", f"/cases/{case_id}{older}")
        return StoredCase(UUID(str(case_id)), int(reply.headers["ETag"].strip('"')), reply.json())

    def get_rdf(self, case_id: UUID | str, media_type: str = "text/turtle") -> str:
        """What a case states, as Turtle or JSON-LD."""
        return self._transport.send("GET", f"/cases/{case_id}", media_type=media_type).content.decode()

    def delete(self, case_id: UUID | str, *, replacing: int | None = None) -> None:
        """Erase a case with all its revisions."""
        self._transport.send("DELETE", f"/cases/{case_id}", headers=_if_match(replacing))

    def revisions(self, case_id: UUID | str) -> tuple[CaseRevision, ...]:
        """The revisions of a case, oldest first."""
        found = self._ask(f"/cases/{case_id}/revisions")["revisions"]
        return tuple(CaseRevision.read(revision) for revision in found)

    def list_all(self, **parameters: str | int) -> Iterator[CaseSummary]:
        """All cases by id, page after page; ``modifiedSince`` and ``modifiedBefore`` are moments with a time zone."""
        address: str | None = with_parameters("/cases", parameters)
        while address:
            found = self._ask(address)
            yield from (CaseSummary.read(case) for case in found["cases"])
            address = found["next"] and str(found["next"]).removeprefix("/api/v1")

    def count(self) -> Cohort:
        """How many there are of each triage level, suggested condition and present finding."""
        return Cohort.read(self._ask("/cohort"))

    def assess(self, case_id: UUID | str, **parameters: str | int) -> Assessment:
        """The assessment of a case now; ``revision``, ``asOf``, ``view``, ``sensitivity`` as the API has them."""
        return Assessment.read(self._ask(f"/cases/{case_id}/assessment", parameters))

    def next_questions(self, case_id: UUID | str, **parameters: str | int) -> Json:
        """What to ask next."""
        return self._ask(f"/cases/{case_id}/questions", parameters)

    def explain(self, case_id: UUID | str, condition: str, **parameters: str | int) -> Json:
        """All minimal justifications of a suggestion."""
        return self._ask(f"/cases/{case_id}/why", {"condition": condition, **parameters})

    def explain_absence(self, case_id: UUID | str, condition: str, **parameters: str | int) -> Json:
        """What is missing for a condition that is not suggested."""
        return self._ask(f"/cases/{case_id}/why-not", {"condition": condition, **parameters})

    def _ask(self, path: str, parameters: Parameters | None = None) -> Json:
        return self._transport.send("GET", with_parameters(path, parameters)).json()


def _if_match(revision: int | None) -> dict[str, str]:
    return {} if revision is None else {"If-Match": f'"{revision}"'}
