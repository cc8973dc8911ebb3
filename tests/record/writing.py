"""What tests of the record write with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.cases import ALWAYS, Cases, Precondition, Release, Written
from lumbarkg.record.record import open_record

RELEASE = Release("1.0.0", "digest")


def entry(action: str = "case.write") -> AuditEntry:
    return AuditEntry(datetime.now(UTC), "tester", "lab", action, "/api/v1/cases/<case_id>")


def cases_at(path: Path) -> Cases:
    return open_record(path).cases


def put(
    cases: Cases, case_id: UUID, document: str, tenant: str = "lab", precondition: Precondition = ALWAYS
) -> Written:
    return cases.put(case_id, tenant, document, RELEASE, entry(), precondition)
