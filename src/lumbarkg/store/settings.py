"""Which store to use, from the environment: ``LUMBARKG_STORE`` and the variables beside it (``docs/remote-store.md``).

Secrets come from a variable or, better, from a file that a second variable names; they are never in an address and are
never printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error
from lumbarkg.store.remote import Addresses, RemoteStore, UnionGraph
from lumbarkg.store.transport import Credentials, Transport

STORE = "LUMBARKG_STORE"
UPDATE, GRAPHS = f"{STORE}_UPDATE", f"{STORE}_GRAPHS"
USER, PASSWORD, TOKEN, SECONDS = (f"{STORE}_{name}" for name in ("USER", "PASSWORD", "TOKEN", "SECONDS"))
EMBEDDED = "embedded"
_FILE = "_FILE"
_DEFAULT_SECONDS = 30.0


@dataclass(frozen=True)
class RemoteSettings:
    """Where the remote store is, who we are there, and how long a request may take."""

    addresses: Addresses
    credentials: Credentials | None = None
    seconds: float = _DEFAULT_SECONDS

    def open(self, union: UnionGraph | None = None) -> RemoteStore:
        """The store; no connection is made yet."""
        return RemoteStore(self.addresses, Transport(self.credentials, self.seconds), union)


def read_settings(environment: Mapping[str, str]) -> RemoteSettings | None:
    """The settings of a remote store; None where the embedded one is to be used.

    Raises InvalidInputError with every bad variable at once; the path of an issue is ``/VARIABLE``.
    """
    query = environment.get(STORE, "").strip()
    if query in ("", EMBEDDED):
        return None
    issues: list[Issue] = []
    addresses = Addresses(
        query,
        environment.get(UPDATE, "").strip() or None,
        environment.get(GRAPHS, "").strip() or None,
    )
    for variable, address in ((STORE, query), (UPDATE, addresses.update), (GRAPHS, addresses.graphs)):
        issues.extend(_address_issues(variable, address))
    password, token = (_secret(environment, variable, issues) for variable in (PASSWORD, TOKEN))
    seconds = _seconds(environment, issues)
    user = environment.get(USER, "")
    if token and (user or password):
        issues.append(error("two-credentials", f"/{TOKEN}", "Both a token and a user are set.", "Set one of the two."))
    elif bool(user) != bool(password):
        missing = PASSWORD if user else USER
        issues.append(error("half-credentials", f"/{missing}", "A user and a password go together.", f"Set {missing}."))
    if ":" in user:
        issues.append(error("bad-user", f"/{USER}", "A user name holds no colon.", "Use another user."))
    if issues:
        raise InvalidInputError(tuple(issues))
    credentials = None
    if token:
        credentials = Credentials.bearer(token)
    elif user and password:
        credentials = Credentials.basic(user, password)
    return RemoteSettings(addresses, credentials, seconds)


def _address_issues(variable: str, address: str | None) -> list[Issue]:
    if address is None:
        return []
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    path = f"/{variable}"
    if not is_address:
        # The value is not repeated: it may hold a secret.
        return [error("bad-address", path, f"{variable} is no http or https address.", "Such as https://host/sparql.")]
    if "@" in parts.netloc:
        remedy = f"Set {USER} and {PASSWORD}{_FILE}, or {TOKEN}{_FILE}."
        return [error("secret-in-address", path, f"{variable} holds credentials.", remedy)]
    if parts.fragment:
        return [error("bad-address", path, f"{variable} ends in a fragment.", "Leave out '#' and what follows.")]
    return []


def _secret(environment: Mapping[str, str], variable: str, issues: list[Issue]) -> str:
    """The value of a variable, or the content of the file that ``VARIABLE_FILE`` names, without the last line end."""
    file = environment.get(variable + _FILE, "").strip()
    secret = environment.get(variable, "")
    if file and secret:
        message = f"Both {variable} and {variable}{_FILE} are set."
        issues.append(error("two-secrets", f"/{variable}", message, "Set one of the two."))
    elif file:
        try:
            secret = Path(file).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is no text"
            message = f"The file that {variable}{_FILE} names cannot be read: {reason}."
            issues.append(error("unreadable-secret", f"/{variable}{_FILE}", message, "Name a readable file."))
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in secret):
        issues.append(error("bad-secret", f"/{variable}", "The secret holds a line end or another control character."))
    elif not secret.isascii() and variable == TOKEN:
        issues.append(error("bad-secret", f"/{variable}", "A token is ASCII."))
    return secret


def _seconds(environment: Mapping[str, str], issues: list[Issue]) -> float:
    written = environment.get(SECONDS, "").strip()
    if not written:
        return _DEFAULT_SECONDS
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        issues.append(error("bad-seconds", f"/{SECONDS}", f"{SECONDS} is no time from 0 to 3600 s.", "Such as 30."))
        return _DEFAULT_SECONDS
    return seconds
