"""Cases and their revisions: written under preconditions, read by their tenant alone."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass
from uuid import UUID

from lumbarkg.errors import LumbarkgError
from lumbarkg.record.audit import AuditEntry, append
from lumbarkg.record.database import Database
from lumbarkg.record.moments import write_moment


class UnknownCaseError(LumbarkgError):
    """The tenant has no such case, or no such revision of it; whether another one has is not said."""


class PreconditionError(LumbarkgError):
    """If-Match or If-None-Match does not hold; ``current`` is the revision that stands, None where there is none."""

    def __init__(self, message: str, current: int | None) -> None:
        super().__init__(message)
        self.current = current


@dataclass(frozen=True)
class Precondition:
    """What must hold for a write: the case is at one of ``revisions`` (None: any), exists, or is new."""

    revisions: frozenset[int] | None = None
    must_exist: bool = False
    must_be_new: bool = False


ALWAYS = Precondition()


@dataclass(frozen=True)
class Release:
    """The ontology that a case was accepted under."""

    version: str
    digest: str


@dataclass(frozen=True)
class Revision:
    """One revision as it was accepted; ``modified`` is when."""

    case_id: UUID
    number: int
    document: str
    modified: str
    release: Release


@dataclass(frozen=True)
class Written:
    """What a write did."""

    revision: int
    created: bool


@dataclass(frozen=True)
class CaseSummary:
    """A case in a list."""

    case_id: UUID
    revision: int
    created: str
    modified: str


@dataclass(frozen=True)
class Change:
    """The state of a case after a change; no document where it was deleted. Numbers rise with every write."""

    number: int
    case_id: UUID
    tenant: str
    document: str | None


@dataclass(frozen=True)
class State:
    """The number of the newest change; and a word that changes when graphs are to be made anew from all of them."""

    change: int
    generation: str


_NEXT_CHANGE = "(SELECT coalesce(max(change), 0) + 1 FROM cases)"
_UPSERT = f"""
    INSERT INTO cases (id, tenant, revision, created, modified, change)
    VALUES (:id, :tenant, 1, :now, :now, {_NEXT_CHANGE})
    ON CONFLICT (id) DO UPDATE SET
        revision = revision + 1, modified = :now, change = excluded.change,
        created = CASE WHEN deleted THEN :now ELSE created END, deleted = 0
    WHERE tenant = :tenant
"""  # noqa: S608 - one constant of ours
_UPDATE = f"""
    UPDATE cases SET revision = revision + 1, modified = :now, change = {_NEXT_CHANGE}
    WHERE id = :id AND tenant = :tenant AND NOT deleted
"""  # noqa: S608 - as above
_DELETE = f"""
    UPDATE cases SET deleted = 1, modified = :now, change = {_NEXT_CHANGE}
    WHERE id = :id AND tenant = :tenant AND NOT deleted
"""  # noqa: S608 - as above
_CURRENT = "SELECT revision, deleted FROM cases WHERE id = ? AND tenant = ?"
_READ = """
    SELECT r.number, r.document, r.modified, r.ontology_version, r.ontology_digest
    FROM revisions r JOIN cases c ON c.id = r.case_id
    WHERE c.id = ? AND c.tenant = ? AND NOT c.deleted AND r.number
"""


class Cases:
    """The cases of a record. Every method asks for the tenant, and knows no other tenant's cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        case_id: UUID,
        tenant: str,
        document: str,
        release: Release,
        audit: AuditEntry,
        precondition: Precondition = ALWAYS,
    ) -> Written:
        """Store a revision; it is on disk when this returns.

        Raises PreconditionError, UnknownCaseError where the id is another tenant's, and as ``Database.write`` does.
        """
        named = {"id": str(case_id), "tenant": tenant, "now": write_moment(audit.moment)}
        sha256 = hashlib.sha256(document.encode()).hexdigest()

        def write(connection: sqlite3.Connection) -> Written:
            standing = connection.execute(_CURRENT, (named["id"], tenant)).fetchone()
            number = self._advance(connection, named, precondition, standing)
            connection.execute(
                "INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (named["id"], number, document, sha256, named["now"], release.version, release.digest),
            )
            append(connection, audit)
            return Written(number, created=standing is None or bool(standing[1]))

        return self._database.write(write)

    def delete(self, case_id: UUID, tenant: str, audit: AuditEntry, precondition: Precondition = ALWAYS) -> None:
        """Erase all revisions of a case. Its id stays the tenant's, and its numbers are not used again.

        Raises as ``put`` does.
        """
        named = {"id": str(case_id), "tenant": tenant, "now": write_moment(audit.moment)}

        def write(connection: sqlite3.Connection) -> None:
            standing = connection.execute(_CURRENT, (named["id"], tenant)).fetchone()
            if standing is None or standing[1]:
                if precondition.revisions is not None or precondition.must_exist:
                    raise PreconditionError("There is no such case.", None)
                raise UnknownCaseError("There is no such case.")
            if not _change(connection, _DELETE, named, precondition):
                raise PreconditionError(f"The case is at revision {standing[0]}.", standing[0])
            connection.execute("DELETE FROM revisions WHERE case_id = ?", (named["id"],))
            append(connection, audit)

        self._database.write(write)

    def get(self, case_id: UUID, tenant: str, number: int | None = None) -> Revision:
        """A revision, by default the current one. Raises UnknownCaseError."""
        wanted = "= ?" if number is not None else "= c.revision"
        values = (str(case_id), tenant) + (() if number is None else (number,))
        with self._database.read() as connection:
            row = connection.execute(_READ + wanted, values).fetchone()
        if row is None:
            raise UnknownCaseError("There is no such case." if number is None else "There is no such revision.")
        return _revision(case_id, row)

    def revisions(self, case_id: UUID, tenant: str) -> tuple[Revision, ...]:
        """All revisions of a case, oldest first. Raises UnknownCaseError."""
        with self._database.read() as connection:
            rows = connection.execute(_READ + "> 0 ORDER BY r.number", (str(case_id), tenant)).fetchall()
        if not rows:
            raise UnknownCaseError("There is no such case.")
        return tuple(_revision(case_id, row) for row in rows)

    def page(
        self, tenant: str, limit: int, after: UUID | None = None, since: str = "", before: str = ""
    ) -> tuple[CaseSummary, ...]:
        """At most ``limit`` cases by id past ``after``, modified at or after ``since`` and before ``before``."""
        text = "SELECT id, revision, created, modified FROM cases WHERE tenant = ? AND NOT deleted AND id > ?"
        values: list[str | int] = [tenant, str(after or "")]
        for condition, value in ((" AND modified >= ?", since), (" AND modified < ?", before)):
            if value:
                text += condition
                values.append(value)
        with self._database.read() as connection:
            rows = connection.execute(f"{text} ORDER BY id LIMIT ?", (*values, limit)).fetchall()
        return tuple(CaseSummary(UUID(row[0]), *row[1:]) for row in rows)

    def current(self, tenant: str, limit: int) -> tuple[Revision, ...]:
        """The current revisions of a tenant's cases, at most ``limit``."""
        text = """
            SELECT r.case_id, r.number, r.document, r.modified, r.ontology_version, r.ontology_digest
            FROM cases c JOIN revisions r ON r.case_id = c.id AND r.number = c.revision
            WHERE c.tenant = ? AND NOT c.deleted ORDER BY c.id LIMIT ?
        """
        with self._database.read() as connection:
            rows = connection.execute(text, (tenant, limit)).fetchall()
        return tuple(_revision(UUID(row[0]), row[1:]) for row in rows)

    def owner(self, case_id: UUID) -> str | None:
        """The tenant of a case, None where it does not exist."""
        if not self._database.exists:
            return None
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT tenant FROM cases WHERE id = ? AND NOT deleted", (str(case_id),)
            ).fetchone()
        return None if row is None else str(row[0])

    def ids(self, tenant: str) -> tuple[UUID, ...]:
        """The ids of a tenant's cases, sorted."""
        if not self._database.exists:
            return ()
        with self._database.read() as connection:
            rows = connection.execute("SELECT id FROM cases WHERE tenant = ? AND NOT deleted ORDER BY id", (tenant,))
            return tuple(UUID(row[0]) for row in rows)

    def state(self) -> State:
        """How far the cases of all tenants are."""
        if not self._database.exists:
            return State(0, "")
        with self._database.read() as connection:
            row = connection.execute(
                """SELECT (SELECT coalesce(max(change), 0) FROM cases),
                          (SELECT coalesce(max(value), '') FROM settings WHERE name = 'graphs')"""
            ).fetchone()
        return State(row[0], row[1])

    def ask_for_rebuild(self) -> None:
        """Have whoever keeps graphs of the cases make all of them anew."""
        text, word = "INSERT OR REPLACE INTO settings VALUES ('graphs', ?)", secrets.token_hex(8)
        self._database.write(lambda connection: connection.execute(text, (word,)))

    def changes(self, after: int, limit: int) -> tuple[Change, ...]:
        """The cases changed after a number, each as it is now, in the order of their last changes."""
        text = """
            SELECT c.change, c.id, c.tenant, r.document
            FROM cases c LEFT JOIN revisions r ON r.case_id = c.id AND r.number = c.revision AND NOT c.deleted
            WHERE c.change > ? ORDER BY c.change LIMIT ?
        """
        with self._database.read() as connection:
            rows = connection.execute(text, (after, limit)).fetchall()
        return tuple(Change(row[0], UUID(row[1]), row[2], row[3]) for row in rows)

    @staticmethod
    def _advance(
        connection: sqlite3.Connection,
        named: dict[str, str],
        precondition: Precondition,
        standing: tuple[int, int] | None,
    ) -> int:
        """Raise the revision by one conditional statement; the new number."""
        exists = standing is not None and not standing[1]
        current = standing[0] if standing is not None and exists else None
        if precondition.must_be_new and exists:
            raise PreconditionError("The case exists already.", current)
        if precondition.revisions is not None or precondition.must_exist:
            if not _change(connection, _UPDATE, named, precondition):
                said = "There is no such case." if current is None else f"The case is at revision {current}."
                raise PreconditionError(said, current)
        elif not connection.execute(_UPSERT, named).rowcount:
            raise UnknownCaseError("This id cannot be used.")
        found = connection.execute(_CURRENT, (named["id"], named["tenant"])).fetchone()
        return int(found[0])


def _change(connection: sqlite3.Connection, text: str, named: dict[str, str], precondition: Precondition) -> bool:
    """Carry out an UPDATE that names the revisions it is allowed on; whether it changed anything."""
    values: dict[str, str | int] = dict(named)
    if precondition.revisions is not None:
        numbers = sorted(precondition.revisions)
        text += f" AND revision IN ({', '.join(f':r{i}' for i in range(len(numbers)))})"
        values |= {f"r{i}": number for i, number in enumerate(numbers)}
    return bool(connection.execute(text, values).rowcount)


def _revision(case_id: UUID, row: tuple[int, str, str, str, str]) -> Revision:
    number, document, modified, version, digest = row
    return Revision(case_id, number, document, modified, Release(version, digest))
