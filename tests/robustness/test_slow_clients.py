"""A hundred clients that are slow, silent or gone, against ``lumbarkg serve``: an honest one goes on, nothing leaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.robustness.attacks import Toll, attack, tell
from tests.robustness.serving import Served, serve
from tests.robustness.watching import files_of

SECONDS = 6.0
REQUEST_SECONDS, IDLE_SECONDS = 3, 4
# With them a slow client meets its end within the test; what a server allows by default is longer.
OPTIONS = ("--workers", "2", "--request-seconds", str(REQUEST_SECONDS), "--idle-seconds", str(IDLE_SECONDS))
# The server looks every second and a half for those whose time is over.
LATE_SECONDS = 6.0
# A few milliseconds where nothing else runs on the machine; 10 and more where an attack has its way.
HONEST_SECONDS = 8.0
# Files that come and stay: each of the 32 threads of two workers keeps a connection to the pool once it has asked.
# An attack opens more than a hundred.
SPARE = 40


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("slow"), *OPTIONS) as started:
        yield started


@pytest.fixture
def suffer(served: Served, measured: Callable[[str], None]) -> Callable[..., dict[str, Toll]]:
    """Be attacked by many clients of each kind, and see that neither an honest one nor the server's files suffer."""

    def run(*names: str, clients: int = 100, seconds: float = SECONDS) -> dict[str, Toll]:
        before = files_of(served.process.pid)
        tolls, honest = asyncio.run(attack(served.port, names, clients, seconds))
        measured(tell(tolls, honest))
        assert honest.failures == []
        assert honest.quantile(0.95) < HONEST_SECONDS
        assert served.settle(before + SPARE) <= before + SPARE
        return tolls

    return run


@pytest.mark.slow
def test_who_sends_slowly_or_nothing_is_cut_off_and_disturbs_nobody(suffer: Callable[..., dict[str, Toll]]) -> None:
    for name, toll in suffer("drip_header", "drip_body", "idle").items():
        assert len(toll.cut_off) >= 100, name
        most = IDLE_SECONDS if name == "idle" else REQUEST_SECONDS
        assert max(toll.cut_off) < most + LATE_SECONDS, name


@pytest.mark.slow
def test_who_does_not_read_is_cut_off_and_disturbs_nobody(suffer: Callable[..., dict[str, Toll]]) -> None:
    for name, toll in suffer("never_read", "sip", clients=40, seconds=IDLE_SECONDS + LATE_SECONDS + 1).items():
        assert len(toll.cut_off) >= 40, name


@pytest.mark.slow
def test_endless_queries_that_nobody_reads_leave_threads_for_others(suffer: Callable[..., dict[str, Toll]]) -> None:
    """Without a limit of the threads that wait for queries an honest client waits for 10 s."""
    assert suffer("never_read_stream")["never_read_stream"].opened >= 100


@pytest.mark.slow
def test_who_hangs_up_disturbs_nobody(suffer: Callable[..., dict[str, Toll]]) -> None:
    assert suffer("hang_up", clients=12)["hang_up"].opened > 50
