"""Bearer tokens in the record: made, listed and revoked by command; a secret is shown once and never kept.

A token is ``lkg_ID_SECRET``. The secret has 256 random bits, so that a salted SHA-256 is as strong as a slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error
from lumbarkg.record.audit import AuditEntry, append
from lumbarkg.record.database import Database
from lumbarkg.record.moments import read_moment, write_moment

PREFIX = "lkg_"
SCOPES = ("read", "assess", "cases", "update", "admin")
_SHAPE = re.compile(r"lkg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
_NO_SALT = bytes(16)


@dataclass(frozen=True)
class TokenRow:
    """A token as it is listed: everything but its secret."""

    token_id: str
    name: str
    tenant: str
    scopes: tuple[str, ...]
    created: str
    expires: str
    revoked: str | None


class TokenRegistry:
    """The tokens of a record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, name: str, tenant: str, scopes: tuple[str, ...], created: datetime, expires: datetime, audit: AuditEntry
    ) -> str:
        """Make a token and return its secret text. Raises InvalidInputError with everything that is wrong."""
        issues = _check(name, tenant, scopes, created, expires)
        if issues:
            raise InvalidInputError(issues)
        token_id, secret, salt = secrets.token_hex(8), secrets.token_urlsafe(32), secrets.token_bytes(16)
        row = (
            token_id,
            name,
            salt,
            _hash(salt, secret),
            tenant,
            " ".join(sorted(set(scopes))),
            write_moment(created),
            write_moment(expires),
        )

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", row)
            append(connection, audit)

        self._database.write(write)
        return f"{PREFIX}{token_id}_{secret}"

    def find(self, text: str, now: datetime) -> TokenRow | None:
        """The token that a secret text is, None where it is none, has expired or was revoked."""
        match = _SHAPE.fullmatch(text)
        if match is None or not self._database.exists:
            return None
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM tokens WHERE id = ?", (match[1],)).fetchone()
        # An unknown id costs what a known one costs.
        salt, expected = (row[2], row[3]) if row is not None else (_NO_SALT, bytes(32))
        is_right = hmac.compare_digest(_hash(salt, match[2]), expected)
        if row is None or not is_right or row[8] is not None or read_moment(row[7]) <= now:
            return None
        return _row(row)

    def list(self) -> tuple[TokenRow, ...]:
        """All tokens, the oldest first."""
        if not self._database.exists:
            return ()
        with self._database.read() as connection:
            return tuple(_row(row) for row in connection.execute("SELECT * FROM tokens ORDER BY created, id"))

    def has_valid(self, now: datetime) -> bool:
        """Whether any token is accepted."""
        return any(row.revoked is None and read_moment(row.expires) > now for row in self.list())

    def revoke(self, token_id: str, audit: AuditEntry) -> bool:
        """Accept a token no more, from this moment on; False where there is none that was accepted."""
        if not self._database.exists:
            return False

        def write(connection: sqlite3.Connection) -> bool:
            text = "UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL"
            done = bool(connection.execute(text, (write_moment(audit.moment), token_id)).rowcount)
            if done:
                append(connection, audit)
            return done

        return self._database.write(write)


def is_tenant(text: str) -> bool:
    """Whether a text can name a tenant."""
    return _TENANT.fullmatch(text) is not None


def _check(name: str, tenant: str, scopes: tuple[str, ...], created: datetime, expires: datetime) -> tuple[Issue, ...]:
    found = []
    if not _NAME.fullmatch(name):
        found.append(error("tokens", "/name", "A name has 1 to 80 characters, none of them a control character."))
    if not is_tenant(tenant):
        found.append(error("tokens", "/tenant", f"'{tenant[:80]}' is no tenant.", "Use a-z, 0-9 and '-', at most 64."))
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        message = f"{', '.join(unknown)} is no scope." if unknown else "A token needs a scope."
        found.append(error("tokens", "/scopes", message, f"Use {', '.join(SCOPES)}."))
    if expires <= created:
        found.append(error("tokens", "/expires", "The token would have expired.", "Name a later moment."))
    return tuple(found)


def _hash(salt: bytes, secret: str) -> bytes:
    return hashlib.sha256(salt + secret.encode()).digest()


def _row(row: tuple[str, str, bytes, bytes, str, str, str, str, str | None]) -> TokenRow:
    return TokenRow(row[0], row[1], row[4], tuple(row[5].split()), row[6], row[7], row[8])
