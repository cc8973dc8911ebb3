"""When the door is open: the rules that are read off a request's headers alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True)
class Door:
    """How a server is reached: whether it listens on loopback alone, and which foreign origins it lets in (CORS)."""

    is_loopback: bool
    origins: frozenset[str] = frozenset()

    def is_open(self, host: str, header_names: Iterable[str]) -> bool:
        """Whether a request needs no token: sent to a loopback name, and by no proxy, of a server bound to loopback.

        The Host header rules out a page that has its own name resolve to 127.0.0.1, the Forwarded headers a reverse
        proxy that passes on whoever comes.
        """
        return self.is_loopback and is_loopback_name(_host_name(host)) and not _is_forwarded(header_names)

    def allows_origin(self, origin: str) -> bool:
        """Whether pages of a foreign origin may call."""
        return origin in self.origins

    def is_foreign(self, method: str, host: str, headers: Mapping[str, str]) -> bool:
        """Whether a request that may change something was made by a page of somebody else's (CSRF)."""
        if method in SAFE_METHODS:
            return False
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
        if origin is not None:
            return not (self.allows_origin(origin) or _is_origin_of(origin, host))
        return site is not None and site.lower() not in _OWN_SITES


def is_loopback_name(name: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    """The name in a Host header; '' where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        has_more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
        _ = parts.port  # raises where it is no number
        return "" if has_more else parts.hostname or ""
    except ValueError:
        return ""


def _is_origin_of(origin: str, host: str) -> bool:
    """Whether an origin is the server itself; its scheme is not compared, because a proxy may have ended TLS."""
    try:
        return origin.startswith(("http://", "https://")) and urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


def _is_forwarded(names: Iterable[str]) -> bool:
    return any((low := name.lower()) == "forwarded" or low.startswith("x-forwarded-") or low == "via" for name in names)
