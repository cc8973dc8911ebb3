"""The commands read the release once for all tests: each run of a command would read it again."""

from __future__ import annotations

from typing import Any

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.commands import load, query
from lumbarkg.resources import queries_dir, release_dir
from lumbarkg.sparql.release import ReleaseGraphs, read_release_graphs


@pytest.fixture(scope="session")
def published(engine: Engine) -> ReleaseGraphs:
    """The graphs of the committed release."""
    return read_release_graphs(engine, release_dir(), queries_dir())


@pytest.fixture(autouse=True)
def _read_once(engine: Engine, published: ReleaseGraphs, monkeypatch: pytest.MonkeyPatch) -> None:
    """``load_engine`` and ``read_release_graphs`` give what was read before; both are tested elsewhere."""

    def engine_of(*_: Any) -> Engine:
        return engine

    def published_of(*_: Any) -> ReleaseGraphs:
        return published

    for command in (load, query):
        monkeypatch.setattr(command, "load_engine", engine_of)
        monkeypatch.setattr(command, "read_release_graphs", published_of)
