"""The audit log: who did what when. Append-only, which triggers of the schema hold; it names no finding."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lumbarkg.record.database import Database
from lumbarkg.record.moments import write_moment

_FIELDS = (
    "moment",
    "who",
    "tenant",
    "action",
    "route",
    "object",
    "input_hmac",
    "software",
    "ontology_version",
    "ontology_digest",
)
_INSERT = f"INSERT INTO audit ({', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(_FIELDS))})"  # noqa: S608 - our names
_SELECT = f"SELECT number, {', '.join(_FIELDS)} FROM audit WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 - ours
_PAGE = 1000


@dataclass(frozen=True)
class AuditEntry:
    """One line: ``route`` is the template, ``object`` a case or token, ``input_hmac`` the keyed digest of the body."""

    moment: datetime
    who: str
    tenant: str
    action: str
    route: str
    object: str = ""
    input_hmac: str = ""
    software: str = ""
    ontology_version: str = ""
    ontology_digest: str = ""


def append(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    """Write an entry within the transaction of what it tells of."""
    values = (getattr(entry, name) for name in _FIELDS[1:])
    connection.execute(_INSERT, (write_moment(entry.moment), *values))


class AuditLog:
    """The log of a record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, entry: AuditEntry) -> None:
        """Write an entry of its own. Raises as ``Database.write`` does."""
        self._database.write(lambda connection: append(connection, entry))

    def entries(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """The entries past a number, in order, as JSON objects."""
        while True:
            with self._database.read() as connection:
                rows = connection.execute(_SELECT, (after, _PAGE)).fetchall()
            for row in rows:
                yield dict(zip(("number", *_FIELDS), row, strict=True))
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]
