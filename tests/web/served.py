"""An application with a record, and clients that call it with a token or from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from lumbarkg.access.door import Door
from lumbarkg.access.rate import Rate
from lumbarkg.record.audit import AuditEntry
from lumbarkg.record.record import Record
from lumbarkg.web.app import create_app, default_config
from lumbarkg.web.gate import Access

ALL = ("read", "assess", "cases", "update", "admin")
OPEN, CLOSED = Door(is_loopback=True), Door(is_loopback=False)
UNLIMITED = Rate(0, 0)


@dataclass
class Served:
    """An application, and requests to it."""

    app: Flask

    @property
    def record(self) -> Record:
        found: Record = self.app.extensions["record"]
        return found

    def token(self, tenant: str = "lab", scopes: tuple[str, ...] = ALL, *, days: float = 1) -> str:
        now = datetime.now(UTC)
        entry = AuditEntry(now, "test", tenant, "token.create", "test")
        created = now - timedelta(days=2)
        return self.record.tokens.create("test", tenant, scopes, created, now + timedelta(days=days), entry)

    def send(
        self, method: str, path: str, token: str | None = None, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> TestResponse:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        return self.app.test_client().open(path, method=method, headers=sent, **kwargs)


@contextmanager
def serving(folder: Path, access: Access | None = None, **config: Any) -> Iterator[Served]:
    """An application over a record in a folder; without rate limits unless told."""
    access = access or Access(OPEN, rate=UNLIMITED, failures=UNLIMITED)
    app = create_app(replace(default_config(), record=folder / "record.sqlite", access=access, **config))
    yield Served(app)
    app.extensions["store"].close()
