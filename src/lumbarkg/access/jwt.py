"""JSON Web Tokens of an OAuth 2 or OpenID Connect provider, verified against its published keys.

Only asymmetric algorithms of an allow-list are verified, each with a key of its own type: neither ``none`` nor an HMAC
keyed with a public key can pass. Addresses in a token (``jku``, ``x5u``) are never followed.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
import tomllib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt

from lumbarkg.access.credentials import Principal
from lumbarkg.access.door import is_loopback_name
from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error
from lumbarkg.record.tokens import is_tenant
from lumbarkg.sparql.visibility import Scope

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MOST_BYTES = 16 * 1024
_MOST_KEY_BYTES = 256 * 1024
_FETCH_SECONDS = 5.0
_REFRESH_SECONDS = 60.0
_FIELDS = ("issuer", "audience", "jwks", "algorithms", "tenant_claim", "scope_claim", "scope_prefix", "leeway_seconds")
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


@dataclass(frozen=True)
class Provider:
    """Whose tokens are accepted. ``jwks`` is a file or an https address; ``scope_prefix`` is cut from scopes."""

    issuer: str
    audience: str
    jwks: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    tenant_claim: str = "tenant"
    scope_claim: str = "scope"
    scope_prefix: str = ""
    leeway_seconds: int = 30


def read_provider(path: Path) -> Provider:
    """The provider of a TOML file. Raises InvalidInputError with everything that is wrong with it."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise InvalidInputError((error("oidc", "", f"{path}: {problem}", "See docs/security.md, OIDC."),)) from problem
    issues = _check(document)
    if issues:
        raise InvalidInputError(tuple(issues))
    if "algorithms" in document:
        document["algorithms"] = tuple(document["algorithms"])
    return Provider(**document)


class JwtVerifier:
    """Verifies the tokens of one provider; its keys are read when they are first needed, and when one is unknown."""

    def __init__(self, provider: Provider, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider, self._clock = provider, clock
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: float | None = None

    def caller(self, secret: str) -> Principal | None:
        """The caller of a token, None where it is none, is not for us, has expired, or names no tenant."""
        if len(secret) > _MOST_BYTES or not _SHAPE.fullmatch(secret):
            return None
        try:
            header = jwt.get_unverified_header(secret)
            key = self._key(header)
            if key is None:
                return None
            claims = jwt.decode(
                secret,
                key.key,
                algorithms=[header["alg"]],  # one of the allow-list, and of the key's own type: see _key
                audience=self._provider.audience,
                issuer=self._provider.issuer,
                leeway=self._provider.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return self._principal(claims)

    def _principal(self, claims: dict[str, Any]) -> Principal | None:
        tenant, scopes = claims.get(self._provider.tenant_claim), claims.get(self._provider.scope_claim, "")
        if not isinstance(tenant, str) or not is_tenant(tenant):
            return None
        listed = scopes.split() if isinstance(scopes, str) else scopes if isinstance(scopes, list) else []
        names = [name for name in listed if isinstance(name, str)]
        prefix = self._provider.scope_prefix
        known = {scope.value: scope for scope in Scope}
        granted = frozenset(
            known[name.removeprefix(prefix)]
            for name in names
            if name.startswith(prefix) and name.removeprefix(prefix) in known
        )
        # The subject may be a mail address: the log gets a digest of it.
        return Principal(tenant, granted, f"subject:{_short_digest(claims['sub'])}") if granted else None

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK | None:
        algorithm, name = header.get("alg"), header.get("kid", "")
        if algorithm not in self._provider.algorithms or not isinstance(name, str) or "crit" in header:
            return None
        with self._lock:
            if name not in self._keys and self._may_read():
                self._keys = self._read_keys()
            key = self._keys.get(name)
        if key is None or key.key_type != _KEY_TYPES[algorithm[:2]]:
            return None
        return key

    def _may_read(self) -> bool:
        """A token with an unknown key makes the keys be read again, but not more often than once a minute."""
        now = self._clock()
        if self._read_at is not None and now - self._read_at < _REFRESH_SECONDS:
            return False
        self._read_at = now
        return True

    def _read_keys(self) -> dict[str, jwt.PyJWK]:
        try:
            document = json.loads(_read(self._provider.jwks))
            found = {}
            for entry in document["keys"]:
                if entry.get("kty") in _KEY_TYPES.values() and entry.get("use", "sig") == "sig":
                    found[str(entry.get("kid", ""))] = jwt.PyJWK(entry)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError):
            return self._keys  # the keys that were read before stay good
        return found


def _read(place: str) -> bytes:
    if not place.startswith(("https://", "http://")):
        return Path(place).read_bytes()
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(place, timeout=_FETCH_SECONDS) as answer:
        content: bytes = answer.read(_MOST_KEY_BYTES + 1)
    if len(content) > _MOST_KEY_BYTES:
        raise ValueError("the key set is too large")
    return content


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none: the address of the keys is the one that was configured."""


def _short_digest(subject: object) -> str:
    return hashlib.sha256(str(subject).encode()).hexdigest()[:16]


def _check(document: dict[str, Any]) -> list[Issue]:
    found = [
        error("oidc", f"/{name}", f"'{name}' is no setting.", f"Use {', '.join(_FIELDS)}.")
        for name in document
        if name not in _FIELDS
    ]
    for name in _FIELDS:
        value = document.get(name)
        if value is None:
            if name in ("issuer", "audience", "jwks"):
                found.append(error("oidc", f"/{name}", f"'{name}' is missing.", "Write it."))
        elif name == "algorithms":
            if not isinstance(value, list) or not value or any(a not in ALGORITHMS for a in value):
                said = "Some algorithm is not accepted: only asymmetric signatures are."
                found.append(error("oidc", "/algorithms", said, f"Use {', '.join(ALGORITHMS)}."))
        elif name == "leeway_seconds":
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 300:
                found.append(error("oidc", "/leeway_seconds", "It is no number from 0 to 300.", "Correct it."))
        elif not isinstance(value, str) or (not value and name != "scope_prefix"):
            found.append(error("oidc", f"/{name}", f"'{name}' is no text.", "Correct it."))
    jwks = document.get("jwks")
    if isinstance(jwks, str) and jwks.startswith("http://") and not is_loopback_name(urlsplit(jwks).hostname or ""):
        found.append(error("oidc", "/jwks", "Keys are not fetched without TLS.", "Use https, or a file."))
    return found
