"""A server in a thread, for tests that speak HTTP as clients do."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server


@pytest.fixture(scope="module")
def address(client: FlaskClient) -> Iterator[str]:
    """The address of a server over the shared application, on loopback."""
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
