"""A server in a thread, for tests that speak HTTP as clients do."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.web.served import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application over a record of its own."""
    with serving(tmp_path_factory.mktemp("record")) as found:
        yield found


@pytest.fixture(scope="module")
def address(served: Served) -> Iterator[str]:
    """The address of a server over an application with a record, on loopback."""
    server = make_server("127.0.0.1", 0, served.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
