"""A real browser on a real server; without Chromium or its driver the tests here skip."""

from __future__ import annotations

import importlib.util
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waitress.server import create_server

from lumbarkg.web.app import create_app
from tests.browser.visit import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_CHROMIUM = shutil.which("chromium")
_HAS_DRIVER = importlib.util.find_spec("playwright") is not None
# No name but the server's own resolves, so that neither the page nor the browser can reach anything else.
_OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
_WAIT_MILLISECONDS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test and skip no module: the rule that under CI=true nothing may skip sees only tests."""
    missing = [name for name, found in {"chromium": _CHROMIUM, "playwright": _HAS_DRIVER}.items() if not found]
    if missing:
        reason = f"no {' and no '.join(missing)}: install chromium, then `make test EXTRAS=dev,browser`"
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=[_OFFLINE])
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def expect() -> Callable[..., Any]:
    """Assertions about a page that wait until they hold."""
    from playwright.sync_api import expect

    expect.set_options(timeout=_WAIT_MILLISECONDS)
    return expect


@pytest.fixture(scope="package")
def address(browser: Browser) -> Iterator[str]:
    """The address of a server of the application, answering."""
    app = create_app()
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)
    app.extensions["store"].close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit of the page, not yet opened; it ends without an error, a violation or a request to another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_WAIT_MILLISECONDS)
    visit = Visit(context.new_page(), address)
    yield visit
    context.close()
    assert not visit.faults
