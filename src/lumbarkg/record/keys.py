"""The key of an installation: what the audit log's digests are keyed with, in a file beside the record."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lumbarkg.errors import StoreError
from lumbarkg.record.folders import sync_folder

_BYTES = 32


@dataclass(frozen=True)
class InstallKey:
    """A secret of this installation; it is in no backup of the record."""

    secret: bytes = field(repr=False)

    def digest(self, content: bytes) -> str:
        """HMAC-SHA-256 of an input: the same input is known again, and nobody without the key can guess at it."""
        return hmac.new(self.secret, content, hashlib.sha256).hexdigest()


def read_key(path: Path) -> InstallKey:
    """The key of a file, made where there is none. Raises StoreError where it cannot be used."""
    try:
        if not path.exists():
            _make(path)
        content = path.read_bytes()
    except OSError as problem:
        raise StoreError(f"{path}: {problem.strerror}.") from problem
    if len(content) != _BYTES:
        raise StoreError(f"{path} is no key of Lumbarkg: restore it, or remove it to begin with a new one.")
    return InstallKey(content)


def _make(path: Path) -> None:
    """Written aside and linked, so that no other process reads half of it."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, secrets.token_bytes(_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
    sync_folder(path.parent)
