"""A hundred clients that are slow, silent or gone, against ``lumbarkg serve``: an honest one goes on, nothing leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.robustness.attacks import ATTACKS, Honest, Toll, attack, tell
from tests.robustness.serving import Served, serve
from tests.robustness.watching import files_of

SECONDS = 6.0
REQUEST_SECONDS, IDLE_SECONDS = 3, 4
# With them a slow client meets its end within the test; what a server allows by default is longer.
OPTIONS = ("--workers", "2", "--request-seconds", str(REQUEST_SECONDS), "--idle-seconds", str(IDLE_SECONDS))
# The server looks every second and a half for those whose time is over.
LATE_SECONDS = 3.0
# Files that come and go: connections to the pool, of the record's threads.
SPARE = 12


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("slow"), *OPTIONS) as started:
        yield started


@dataclass(frozen=True)
class Suffered:
    """What came of an attack."""

    toll: Toll
    honest: Honest


@pytest.fixture
def suffer(served: Served, measured: Callable[[str], None]) -> Callable[..., Suffered]:
    def run(name: str, clients: int = 100, seconds: float = SECONDS, within: float = 1.0) -> Suffered:
        before = files_of(served.process.pid)
        toll, honest = asyncio.run(attack(served.port, ATTACKS[name], clients, seconds))
        measured(tell(name, toll, honest))
        assert honest.failures == []
        assert honest.quantile(0.95) < within
        assert served.settle(before + SPARE) <= before + SPARE
        return Suffered(toll, honest)

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drip_header", "drip_body"])
def test_who_sends_slowly_is_cut_off_and_disturbs_nobody(suffer: Callable[..., Suffered], name: str) -> None:
    toll = suffer(name).toll
    assert len(toll.cut_off) >= 100
    assert max(toll.cut_off) < REQUEST_SECONDS + LATE_SECONDS


@pytest.mark.slow
def test_who_sends_nothing_is_cut_off_and_disturbs_nobody(suffer: Callable[..., Suffered]) -> None:
    toll = suffer("idle").toll
    assert len(toll.cut_off) >= 100
    assert max(toll.cut_off) < IDLE_SECONDS + LATE_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never_read", "sip"])
def test_who_does_not_read_is_cut_off_and_disturbs_nobody(suffer: Callable[..., Suffered], name: str) -> None:
    toll = suffer(name, seconds=IDLE_SECONDS + LATE_SECONDS + 2).toll
    assert len(toll.cut_off) >= 100
    assert max(toll.cut_off) < IDLE_SECONDS + LATE_SECONDS + 1


@pytest.mark.slow
def test_endless_queries_that_nobody_reads_leave_threads_for_others(suffer: Callable[..., Suffered]) -> None:
    """Without a limit of the threads that wait for queries an honest client waits for 10 s."""
    assert suffer("never_read_stream", within=4).toll.opened >= 100


@pytest.mark.slow
def test_who_hangs_up_disturbs_nobody(suffer: Callable[..., Suffered]) -> None:
    assert suffer("hang_up", 12).toll.opened > 50
