"""A real SPARQL server on loopback, started for the tests and stopped by them."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.port import Store
from lumbarkg.store.remote import Addresses, RemoteStore
from lumbarkg.store.transport import Transport

_START_SECONDS = 20.0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once something listens on the port."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process is None or process.poll() is None, "the server ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server did not start")


def addresses_of(port: int) -> Addresses:
    """Where the Oxigraph server answers."""
    root = f"http://127.0.0.1:{port}"
    return Addresses(f"{root}/query", f"{root}/update", f"{root}/store")


@pytest.fixture(scope="session")
def oxigraph() -> Iterator[Addresses]:
    """The addresses of a running Oxigraph server with an empty store in memory: on disk it takes ten times as long."""
    port = free_port()
    program = Path(sys.executable).with_name("oxigraph")
    process = subprocess.Popen(
        [program, "serve", "--bind", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield addresses_of(port)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def remote(oxigraph: Addresses) -> Iterator[RemoteStore]:
    """The remote adapter over that server, empty before and after."""
    store = RemoteStore(oxigraph, Transport(None, 20.0))
    clear(store)
    yield store
    clear(store)
    store.close()


@pytest.fixture(scope="session")
def pool() -> Iterator[EmbeddedStore]:
    """The embedded adapter with its pool, started once; it holds nothing."""
    store = EmbeddedStore({}, ())
    yield store
    store.close()


@pytest.fixture
def embedded(pool: EmbeddedStore) -> Iterator[EmbeddedStore]:
    """The embedded adapter, empty before and after."""
    clear(pool)
    yield pool
    clear(pool)


def clear(store: Store) -> None:
    """Remove every named graph."""
    for name in store.graph_names():
        store.drop_graph(name)
