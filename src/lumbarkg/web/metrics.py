"""``/metrics`` for Prometheus: counts and times by route, never by what was asked. The one door to its client library.

Where ``PROMETHEUS_MULTIPROC_DIR`` is set, as ``lumbarkg serve`` does, the counts of all workers are added up, whichever
of them answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from lumbarkg import __version__
from lumbarkg.assessment import Engine
from lumbarkg.errors import LumbarkgError
from lumbarkg.store.port import StoreState
from lumbarkg.web.current import current_engine, current_store

blueprint = Blueprint("metrics", __name__)
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_OWN = CollectorRegistry()
_REQUESTS = Counter("lumbarkg_http_requests", "Requests answered.", ("method", "route", "status"), registry=_OWN)
_DURATIONS = Histogram(
    "lumbarkg_http_request_seconds",
    "Time from a request, whole, to its answer.",
    ("route",),
    buckets=_SECONDS,
    registry=_OWN,
)
_RELOADS = Counter("lumbarkg_reloads", "Reloads of the release, by outcome.", ("outcome",), registry=_OWN)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request: ``route`` is the template of its address, '-' where it fits none."""
    with suppress(OSError):  # the file of the counts cannot be made or grow: no reason to refuse anything
        _requests(method, route, status).inc()
        _durations(route).observe(seconds)


def count_reload(outcome: str) -> None:
    """Count a reload: ``done``, ``refused`` or ``rolled back``."""
    _RELOADS.labels(outcome).inc()


def forget_process(pid: int) -> None:
    """Of a worker that has ended, keep the counts and drop what was true of it alone."""
    if FOLDER in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the library types half of itself


@lru_cache(maxsize=4096)
def _requests(method: str, route: str, status: int) -> Counter:
    return _REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=512)
def _durations(route: str) -> Histogram:
    return _DURATIONS.labels(route)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Everything, in the text format of Prometheus."""
    registry = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # as above
    else:
        registry.register(_OWN)
    registry.register(_State(current_engine()))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _State:
    """What is so at the moment of asking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Called by the client library."""
        release = GaugeMetricFamily(
            "lumbarkg_release", "The release that answers.", labels=("version", "digest", "software")
        )
        release.add_metric((self._engine.version, self._engine.digest, __version__), 1)
        yield release
        try:
            state = current_store().state()
        except LumbarkgError:
            state = StoreState(0, 0, 0)
        for name, text, value in (
            ("ready", "Query processes that are ready or at work.", state.ready),
            ("running", "Queries that run.", state.running),
            ("waiting", "Queries that wait for a place.", state.waiting),
        ):
            yield GaugeMetricFamily(f"lumbarkg_store_{name}", text, value=value)
