"""Fixtures that many tests share, and the rule that under CI=true nothing may skip."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import settings

from lumbarkg.assessment import Engine, assess, load_engine, read_case
from lumbarkg.model import Assessment
from lumbarkg.ontology.build.release import Build, build
from lumbarkg.render.json import render_assessment
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.web.app import create_app
from tests.listener import Listener, listening

# Seeded: the same source draws the same examples on every machine, so that a green run stays green.
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.load_profile("seeded")

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("LUMBARKG_SHARED", ROOT.parent / "shared"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under CI=true: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests measured; a worker's own output would be lost."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, text in report.user_properties:
                if name == "measured":
                    terminalreporter.write_line(f"{report.nodeid}: {text}")


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what a test measured; it is printed at the end of the run."""
    return lambda text: record_property("measured", text)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine over the committed release."""
    return load_engine(release_dir(), shapes_dir())


@pytest.fixture(scope="session")
def built() -> Build:
    """The ontology built anew from what editors wrote."""
    return build(ROOT / "ontology" / "lumbarkg.ttl")


@pytest.fixture(scope="session")
def client() -> Iterator[FlaskClient]:
    """A client of the application over the committed release."""
    app = create_app()
    yield app.test_client()
    app.extensions["store"].close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on loopback that remembers who connected."""
    with listening() as found:
        yield found


@pytest.fixture(scope="session")
def answer(engine: Engine) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Case JSON → answer JSON."""
    return lambda document: render_assessment(assess(read_case(document, engine), engine), engine.sources)


@pytest.fixture(scope="session")
def assessed(engine: Engine) -> Callable[[dict[str, Any]], Assessment]:
    """Case JSON → assessment."""
    return lambda document: assess(read_case(document, engine), engine)


@pytest.fixture(scope="session")
def clinical_pack() -> Path:
    """The clinical data pack beside the project, for tests that hold the ontology against it."""
    folder = SHARED / "clinical"
    if not folder.is_dir():
        pytest.skip(f"the clinical data pack is not at {folder}")
    return folder
