"""Hostile queries over HTTP, four at once with healthy ones beside them: the short form of the benchmark's run.

How long each takes and what it does to others is measured by ``benchmarks/sparql_adversarial.py``, not here.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import ROOT
from tests.sparql.server import Server, running_server

sys.path.insert(0, str(ROOT / "benchmarks"))
from sparql_adversarial import HOSTILE, QUERIES, Ending, ask

SECONDS = 0.8
# A test does not measure: a machine that is busy with other things must not fail it.
PATIENCE = 15.0


@pytest.mark.slow
def test_hostile_queries_end_and_healthy_ones_are_answered() -> None:
    assert len(HOSTILE) == 18
    with running_server("--query-seconds", str(SECONDS)) as server, ThreadPoolExecutor(4) as threads:
        _wait_until_ready(server)
        hostile = {name: threads.submit(ask, server.port, query) for name, query in HOSTILE.items()}
        healthy: list[Ending] = []
        end = time.monotonic() + 60
        while time.monotonic() < end and not all(job.done() for job in hostile.values()):
            healthy += [ask(server.port, query) for query in QUERIES.values()]
            time.sleep(0.1)
        endings = {name: job.result(PATIENCE) for name, job in hostile.items()}
    late = {name: ending.seconds for name, ending in endings.items() if ending.seconds > SECONDS + PATIENCE}
    assert late == {}
    # 503 and 400 are refusals, 200 an answer, 0 an answer that was broken off; nothing is an error of the server.
    assert {ending.status for ending in endings.values()} <= {0, 200, 400, 503}
    answered = sum(ending.status == 200 for ending in healthy)
    assert answered > 0.9 * len(healthy) > 10


def _wait_until_ready(server: Server) -> None:
    for _ in range(100):
        if server.query("ASK {}").status == 200:
            return
        time.sleep(0.1)
    raise AssertionError("the server did not answer")
