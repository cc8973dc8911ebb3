"""Reads of stored cases by SPARQL: whoever is about to see a case's graph leaves a line in the audit log first."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import current_app

from lumbarkg import vocabulary as v
from lumbarkg.cases.graphs import case_of
from lumbarkg.identifiers import Iri
from lumbarkg.web.case_request import audit_entry


def note_read(action: str, graphs: Iterable[Iri], text: str = "") -> None:
    """Write one line where any of the graphs is a case's; nothing is asked or written where none is.

    The line names the case if there is but one, and holds the keyed digest of ``text``, the query. Raises as
    ``Database.write`` does: what cannot be noted is not answered.
    """
    found = {name for name in graphs if name.startswith(v.CASE_GRAPHS)}
    record = current_app.extensions["record"]
    if not found or record is None:
        return
    ids: set[UUID | None] = {case_of(name) for name in found}
    record.audit.append(audit_entry(action, ids.pop() if len(ids) == 1 else None, text.encode()))
