"""HTTP to one store: credentials, time limits, retries, and no redirects. The one door to urllib3.

What may be sent twice is retried where it may never have arrived or the store was busy; an update is sent once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from lumbarkg.errors import QueryLimitError, QueryTimeoutError, StoreBusyError, StoreError

_BUSY = (429, 502, 503)
_PIECE = 64 * 1024
_PAUSES = (0.2, 0.4, 0.8)
"""Seconds before the second, third and fourth attempt, where the store does not say how long to wait."""
_LONGEST_PAUSE = 5.0
_MOST_OF_A_MESSAGE = 2000


@dataclass(frozen=True)
class Credentials:
    """The value of the Authorization header. It is never printed."""

    authorization: str = field(repr=False)

    @classmethod
    def basic(cls, user: str, password: str) -> Credentials:
        """A user and a password (RFC 7617)."""
        return cls(urllib3.make_headers(basic_auth=f"{user}:{password}")["authorization"])

    @classmethod
    def bearer(cls, token: str) -> Credentials:
        """A token (RFC 6750)."""
        return cls(f"Bearer {token}")


@dataclass(frozen=True)
class Reply:
    """The head of an answer, and its body, to be read once."""

    status: int
    media_type: str
    content: Iterator[bytes]

    def text(self) -> str:
        """The beginning of the body, for a message; the rest is thrown away."""
        found = b""
        for piece in self.content:
            found += piece
            if len(found) > _MOST_OF_A_MESSAGE:
                break
        if hasattr(self.content, "close"):
            self.content.close()
        return found[:_MOST_OF_A_MESSAGE].decode("utf-8", errors="replace").strip()


class Transport:
    """Requests to one store. It may be used from several threads."""

    def __init__(
        self,
        credentials: Credentials | None,
        seconds: float,
        attempts: int = len(_PAUSES) + 1,
        answer_bytes: int = 64 * 1024**2,
    ) -> None:
        """``seconds`` is the time from sending a request to the last byte of its answer, retries included."""
        self._seconds, self._attempts, self._answer_bytes = seconds, max(1, attempts), answer_bytes
        self._headers = {"User-Agent": "lumbarkg"}
        if credentials is not None:
            self._headers["Authorization"] = credentials.authorization
        # No retries and no redirects of the library's own: both are decided here.
        self._pool = urllib3.PoolManager(maxsize=16, block=False, retries=False)

    def send(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None = None, *, repeatable: bool
    ) -> Reply:
        """The answer to a request, whatever its status but a redirect.

        A repeatable request is sent again while the store is busy or the connection breaks; any other only where no
        connection was made. Raises QueryTimeoutError, StoreBusyError and StoreError, none of which names a secret.
        """
        deadline = time.monotonic() + self._seconds
        for attempt in range(self._attempts):
            last = attempt == self._attempts - 1
            pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
            try:
                response = self._once(method, address, headers, body, deadline)
            except (NewConnectionError, ConnectTimeoutError, NameResolutionError) as problem:
                if last or time.monotonic() + pause >= deadline:
                    raise StoreError(f"The store at {_host(address)} cannot be reached.") from problem
            except ReadTimeoutError as problem:
                raise QueryTimeoutError(f"The store did not answer within {self._seconds:g} s.") from problem
            except HTTPError as problem:
                if not repeatable or last:
                    doubt = "" if repeatable else " It is not known whether it was carried out."
                    raise StoreError(f"The store at {_host(address)} broke off the connection.{doubt}") from problem
            else:
                asked = _retry_after(response)
                pause = pause if asked is None else min(asked, _LONGEST_PAUSE)
                if response.status not in _BUSY:
                    return self._reply(response, address, deadline)
                response.drain_conn()
                if not repeatable or last or time.monotonic() + pause >= deadline:
                    raise StoreBusyError(
                        f"The store at {_host(address)} is busy (status {response.status}).", round(asked or 1) or 1
                    )
            time.sleep(pause)
        raise StoreError(f"The store at {_host(address)} cannot be reached.")

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _once(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None, deadline: float
    ) -> urllib3.BaseHTTPResponse:
        left = max(0.01, deadline - time.monotonic())
        return self._pool.request(
            method,
            address,
            headers={**self._headers, **headers},
            body=body,
            timeout=urllib3.Timeout(connect=min(5.0, left), read=left),
            redirect=False,
            preload_content=False,
        )

    def _reply(self, response: urllib3.BaseHTTPResponse, address: str, deadline: float) -> Reply:
        if 300 <= response.status < 400:
            target = urlsplit(response.headers.get("Location", "")).netloc or "another address"
            response.drain_conn()
            raise StoreError(
                f"The store at {_host(address)} redirects to {target}, which is not followed: "
                "credentials and graphs go to the configured address alone. Configure the address it redirects to."
            )
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Reply(response.status, media_type, self._pieces(response, deadline))

    def _pieces(self, response: urllib3.BaseHTTPResponse, deadline: float) -> Iterator[bytes]:
        """The body as it arrives. Whoever stops early closes it, which gives up the connection."""
        whole, size = False, 0
        late = f"The store did not finish its answer within {self._seconds:g} s."
        try:
            # read1 gives what has arrived; stream would wait for a full piece.
            while piece := response.read1(_PIECE):
                size += len(piece)
                if size > self._answer_bytes:
                    raise QueryLimitError(f"The answer is larger than {self._answer_bytes // 1024**2} MiB.")
                yield piece
                if time.monotonic() > deadline:
                    raise QueryTimeoutError(late)
            whole = True
        except ReadTimeoutError as problem:
            raise QueryTimeoutError(late) from problem
        except HTTPError as problem:
            raise StoreError("The store broke off in the middle of its answer.") from problem
        finally:
            if not whole:
                response.close()
            response.release_conn()


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """The seconds of a Retry-After header; a date is not read."""
    written = response.headers.get("Retry-After", "").strip()
    return float(written) if written.isdecimal() else None


def _host(address: str) -> str:
    return urlsplit(address).netloc
