"""When the door is open: the rules that are read off a request's headers alone, which stand in its WSGI environment."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDING = frozenset({"HTTP_FORWARDED", "HTTP_VIA"})
_LONGEST_HOST = 260
_OWN_SITES = frozenset({"same-origin", "none"})


@dataclass(frozen=True)
class Door:
    """How a server is reached: whether it listens on loopback alone, and which foreign origins it lets in (CORS)."""

    is_loopback: bool
    origins: frozenset[str] = frozenset()

    def is_open(self, host: str, environ: Iterable[str]) -> bool:
        """Whether a request needs no token: sent to a loopback name, and by no proxy, of a server bound to loopback.

        The Host header rules out a page that has its own name resolve to 127.0.0.1, the Forwarded headers a reverse
        proxy that passes on whoever comes.
        """
        return self.is_loopback and _is_loopback_host(host) and not _is_forwarded(environ)

    def allows_origin(self, origin: str) -> bool:
        """Whether pages of a foreign origin may call."""
        return origin in self.origins

    def is_foreign(self, environ: Mapping[str, Any], host: str) -> bool:
        """Whether a request that may change something was made by a page of somebody else's (CSRF)."""
        if environ["REQUEST_METHOD"] in SAFE_METHODS:
            return False
        origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE")
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


def _is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine alone; what is longer than any name and port is not looked at."""
    return len(host) <= _LONGEST_HOST and _is_short_loopback_host(host)


@lru_cache(maxsize=256)
def _is_short_loopback_host(host: str) -> bool:
    """Remembered: the same few hosts are asked about with every request."""
    return is_loopback_name(_host_name(host))


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
    return any(name.startswith("HTTP_X_FORWARDED_") or name in _FORWARDING for name in names)
