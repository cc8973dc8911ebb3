"""Who calls: bearer tokens from a configuration file, and the caller that a request's token stands for.

The file is TOML, and holds the SHA-256 of each token, never a token::

    [[token]]
    name = "notebook of the lab"
    sha256 = "9f86d081…"
    tenant = "lab-1"
    scopes = ["read", "update"]
"""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Request
from werkzeug.exceptions import Unauthorized

from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error
from lumbarkg.sparql.visibility import ANYBODY, Caller, Scope

_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_HASH = re.compile(r"[0-9a-f]{64}")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="lumbarkg"'}


@dataclass(frozen=True)
class Token:
    """A token as it is configured: its hash, and the caller that it stands for."""

    name: str
    sha256: str
    caller: Caller


@dataclass(frozen=True)
class Tokens:
    """All tokens of a server."""

    tokens: tuple[Token, ...] = ()

    def caller(self, secret: str) -> Caller | None:
        """The caller of a token, None where nobody has it. Takes as long whichever token it is."""
        digest = hashlib.sha256(secret.encode()).hexdigest()
        found = None
        for token in self.tokens:
            if hmac.compare_digest(token.sha256, digest):
                found = token.caller
        return found


def read_tokens(path: Path) -> Tokens:
    """The tokens of a file. Raises InvalidInputError with everything that is wrong with it."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise InvalidInputError(
            (error("tokens", "", f"{path}: {problem}", "See docs/sparql.md, Tokens."),)
        ) from problem
    issues: list[Issue] = []
    tokens = [_token(entry, f"/token/{i}", issues) for i, entry in enumerate(document.get("token", []))]
    if issues:
        raise InvalidInputError(tuple(issues))
    return Tokens(tuple(token for token in tokens if token is not None))


def identify(request: Request, tokens: Tokens) -> Caller:
    """The caller of a request: anybody where it carries no token. Raises Unauthorized where it carries a wrong one."""
    header = request.headers.get("Authorization", "")
    if not header:
        return ANYBODY
    scheme, _, secret = header.partition(" ")
    caller = tokens.caller(secret.strip()) if scheme.casefold() == "bearer" else None
    if caller is None:
        raise unauthorised("The Authorization header holds no valid token.")
    return caller


def unauthorised(description: str) -> Unauthorized:
    """The refusal of a request that needs a token."""
    refusal = Unauthorized(description)
    refusal.www_authenticate = None
    refusal.get_headers = lambda *_: list(_CHALLENGE.items())  # type: ignore[method-assign] # the challenge alone
    return refusal


def _token(entry: Any, path: str, issues: list[Issue]) -> Token | None:
    fields = entry if isinstance(entry, dict) else {}
    name, digest, tenant = (str(fields.get(key, "")) for key in ("name", "sha256", "tenant"))
    scopes = fields.get("scopes", [])
    known = {scope.value: scope for scope in Scope}
    found = []
    if not _HASH.fullmatch(digest):
        found.append(
            error("tokens", f"{path}/sha256", "This is no SHA-256 in lower-case hexadecimal.", "Write the hash.")
        )
    if tenant and not _TENANT.fullmatch(tenant):
        found.append(error("tokens", f"{path}/tenant", f"'{tenant}' is no name.", "Use a-z, 0-9 and '-', at most 64."))
    if not isinstance(scopes, list) or not scopes or not all(isinstance(s, str) and s in known for s in scopes):
        found.append(error("tokens", f"{path}/scopes", "Some scope is not known.", f"Use {', '.join(known)}."))
    if found:
        issues.extend(found)
        return None
    return Token(name, digest, Caller(tenant, frozenset(known[s] for s in scopes)))
