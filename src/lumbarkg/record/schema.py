"""The tables of the record, as a list of migrations: the version of a file is how many of them it has seen."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE cases (
        id TEXT PRIMARY KEY,
        tenant TEXT NOT NULL,
        revision INTEGER NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
        created TEXT NOT NULL,
        modified TEXT NOT NULL,
        change INTEGER NOT NULL UNIQUE
    ) WITHOUT ROWID;
    CREATE INDEX cases_of_tenant ON cases (tenant, deleted, id);

    CREATE TABLE revisions (
        case_id TEXT NOT NULL REFERENCES cases (id),
        number INTEGER NOT NULL,
        document TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        modified TEXT NOT NULL,
        ontology_version TEXT NOT NULL,
        ontology_digest TEXT NOT NULL,
        PRIMARY KEY (case_id, number)
    ) WITHOUT ROWID;

    CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        salt BLOB NOT NULL,
        hash BLOB NOT NULL,
        tenant TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created TEXT NOT NULL,
        expires TEXT NOT NULL,
        revoked TEXT
    ) WITHOUT ROWID;

    CREATE TABLE settings (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        moment TEXT NOT NULL,
        who TEXT NOT NULL,
        tenant TEXT NOT NULL,
        action TEXT NOT NULL,
        route TEXT NOT NULL,
        object TEXT NOT NULL,
        input_hmac TEXT NOT NULL,
        software TEXT NOT NULL,
        ontology_version TEXT NOT NULL,
        ontology_digest TEXT NOT NULL
    );
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
    """,
)
"""Append to the end; what was published is never edited."""
