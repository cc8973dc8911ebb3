"""What a bearer token stands for: a token of the configuration or of the record, or a JWT of an identity provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lumbarkg.record.record import Record
from lumbarkg.record.tokens import PREFIX
from lumbarkg.sparql.visibility import Caller, Scope

LOCAL_TENANT = "local"
"""Whose the cases are that are stored without a token."""


@dataclass(frozen=True)
class Principal(Caller):
    """A caller with a name for the audit log: which token, which subject; never a secret."""

    who: str = ""


LOCAL = Principal("", frozenset({Scope.READ, Scope.ASSESS, Scope.CASES, Scope.ADMIN}), "local")
"""Whoever calls while authentication is off."""


def case_tenant(caller: Caller) -> str:
    """The tenant whose cases a caller works on."""
    return caller.tenant or LOCAL_TENANT


class Verifier(Protocol):
    """Something that knows tokens."""

    def caller(self, secret: str) -> Caller | None:
        """The caller of a token, None where nobody has it."""


class RecordTokens:
    """The tokens of a record, looked up at every request: a revoked one is refused at once."""

    def __init__(self, record: Record, clock: Callable[[], datetime]) -> None:
        self._record, self._clock = record, clock

    def caller(self, secret: str) -> Principal | None:
        """As the protocol says."""
        if not secret.startswith(PREFIX):
            return None
        found = self._record.tokens.find(secret, self._clock())
        if found is None:
            return None
        return Principal(found.tenant, frozenset(map(Scope, found.scopes)), f"token:{found.token_id}")


class ConfiguredTokens:
    """Tokens of the configuration file, given a name for the audit log."""

    def __init__(self, tokens: Verifier) -> None:
        self._tokens = tokens

    def caller(self, secret: str) -> Principal | None:
        """As the protocol says."""
        found = self._tokens.caller(secret)
        return None if found is None else Principal(found.tenant, found.scopes, f"configured:{found.tenant}")


@dataclass(frozen=True)
class Credentials:
    """All verifiers of a server, asked in order."""

    verifiers: tuple[Verifier, ...] = ()

    def caller(self, secret: str) -> Caller | None:
        """The caller of a token, None where no verifier knows it."""
        for verifier in self.verifiers:
            found = verifier.caller(secret)
            if found is not None:
                return found
        return None
