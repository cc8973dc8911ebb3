"""The governed pool: what a query may use, what becomes of one that wants more, and that others do not notice."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from lumbarkg.errors import (
    LumbarkgError,
    NotAcceptableError,
    QueryError,
    QueryLimitError,
    QueryTimeoutError,
    StoreBusyError,
    StoreError,
)
from lumbarkg.identifiers import Iri
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.frames import Kind, pack
from lumbarkg.store.launch import launch_pool
from lumbarkg.store.limits import Limits
from lumbarkg.store.places import Places
from lumbarkg.store.port import GraphSelection, WritableGraphs
from tests.listener import Listener
from tests.store.processes import longest_running, niceness, workers

NUMBERS = Iri("urn:numbers")
EDGES = Iri("urn:edges")
JSON = ("application/sparql-results+json", "text/turtle")
GRAPHS = GraphSelection((NUMBERS,), (NUMBERS, EDGES))
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SHORT = "SELECT ?o { <urn:7> ?p ?o }"
LIMITS = Limits(seconds=2.0, slots=3, memory_bytes=256 * 1024**2, rows=2000, answer_bytes=1024**2, queue=8)
DATA = {
    NUMBERS: "".join(f'<urn:{n}> <urn:p> "{n}" .\n' for n in range(2500)).encode(),
    EDGES: "".join(f"<urn:{n}> <urn:e> <urn:{m}> .\n" for n in range(60) for m in range(60)).encode(),
}


@pytest.fixture(scope="module")
def store() -> Iterator[EmbeddedStore]:
    store = EmbeddedStore(DATA, (NUMBERS,), limits=LIMITS)
    yield store
    store.close()


def ask(store: EmbeddedStore, text: str, accepted: tuple[str, ...] = JSON) -> bytes:
    return b"".join(store.query(text, GRAPHS, accepted).content)


def pool_of(store: EmbeddedStore) -> int:
    store.start()
    assert store._process is not None
    return store._process.pid


def wait_for_workers(store: EmbeddedStore, number: int) -> list[int]:
    for _ in range(200):
        ask(store, SHORT)
        found = workers(pool_of(store))
        if len(found) >= number:
            return found
        time.sleep(0.05)
    raise AssertionError("the workers did not start")


def test_a_query_is_answered(store: EmbeddedStore) -> None:
    assert json.loads(ask(store, SHORT))["results"]["bindings"] == [{"o": {"type": "literal", "value": "7"}}]


def test_a_query_past_its_deadline_is_stopped_and_others_go_on(store: EmbeddedStore) -> None:
    wait_for_workers(store, LIMITS.slots + 1)
    with ThreadPoolExecutor() as threads:
        start = time.monotonic()
        endless = threads.submit(ask, store, ENDLESS)
        answered = 0
        while not endless.done() and time.monotonic() < start + 10:
            ask(store, SHORT)
            answered += 1
        with pytest.raises(QueryTimeoutError, match="ran longer than 2 s"):
            endless.result()
        took = time.monotonic() - start
    assert LIMITS.seconds <= took < LIMITS.seconds + 2  # exact times are the benchmark's matter
    assert answered > 50
    assert ask(store, SHORT)


def test_long_queries_never_take_the_last_slot() -> None:
    limits = replace(LIMITS, seconds=20.0)  # short queries must be answered long before, on a busy machine too
    store = EmbeddedStore(DATA, (NUMBERS,), limits=limits)
    try:
        wait_for_workers(store, limits.slots + 1)
        with ThreadPoolExecutor(8) as threads:
            endless = [threads.submit(ask, store, f"{ENDLESS} # {n}") for n in range(5)]
            time.sleep(1)
            for _ in range(20):
                ask(store, SHORT)
            assert not any(job.done() for job in endless)
            store.close()
            for job in endless:
                with pytest.raises((StoreBusyError, StoreError)):
                    job.result()
    finally:
        store.close()


def test_a_long_query_runs_at_lower_priority(store: EmbeddedStore) -> None:
    wait_for_workers(store, LIMITS.slots + 1)
    with ThreadPoolExecutor() as threads:
        job = threads.submit(ask, store, ENDLESS)
        time.sleep(0.5)
        pool = niceness(pool_of(store))
        assert niceness(longest_running(workers(pool_of(store)))) == pool + LIMITS.long_nice
        others = {niceness(pid) for pid in workers(pool_of(store))} - {pool + LIMITS.long_nice, -100}
        assert others == {pool + LIMITS.short_nice}
        with pytest.raises(QueryTimeoutError):
            job.result()


def test_a_full_queue_says_when_to_come_back(store: EmbeddedStore) -> None:
    with ThreadPoolExecutor(32) as threads:
        jobs = [threads.submit(ask, store, f"{ENDLESS} # {n}") for n in range(LIMITS.queue + LIMITS.slots + 4)]
        problems = [job.exception() for job in jobs]
    busy = [problem for problem in problems if isinstance(problem, StoreBusyError)]
    assert busy
    assert all(problem.retry_after >= 1 for problem in busy)
    assert all(isinstance(problem, StoreBusyError | QueryTimeoutError) for problem in problems)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+json"),
        ("SELECT * { ?s ?p ?o }", "application/sparql-results+xml"),
        ("SELECT * { ?s ?p ?o }", "text/csv"),
        ("SELECT * { ?s ?p ?o }", "text/tab-separated-values"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json"),
    ],
)
def test_rows_are_limited(text: str, accepted: str, store: EmbeddedStore) -> None:
    with pytest.raises(QueryLimitError, match="2000"):
        ask(store, text, (accepted,))
    assert ask(store, f"{text} LIMIT 2000", (accepted,))
    with pytest.raises(QueryLimitError, match="2000"):
        ask(store, f"{text} LIMIT 2001", (accepted,))


def test_bytes_are_limited(store: EmbeddedStore) -> None:
    long = 'CONCAT(STR(?o), "' + "x" * 2000 + '")'
    with pytest.raises(QueryLimitError, match="bytes"):
        ask(store, f"SELECT ({long} AS ?x) {{ ?s ?p ?o }} LIMIT 1500")


def test_memory_is_limited(store: EmbeddedStore) -> None:
    with pytest.raises((QueryLimitError, QueryTimeoutError)) as refused:
        ask(store, "SELECT * { GRAPH <urn:edges> { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } } ORDER BY ?c ?f ?i")
    assert isinstance(refused.value, QueryLimitError)
    assert "memory" in str(refused.value)
    assert ask(store, SHORT)


def test_deep_nesting_ends_no_more_than_the_query(store: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="nested too deeply"):
        ask(store, "SELECT * { " + "{" * 50_000)
    assert ask(store, SHORT)


def test_a_worker_that_is_killed_fails_its_client_alone(store: EmbeddedStore) -> None:
    """``kill -9`` in mid-query: a clean error there, nothing anywhere else."""
    wait_for_workers(store, LIMITS.slots + 1)
    stop = threading.Event()
    problems: list[Exception] = []

    end = time.monotonic() + 10

    def others() -> int:
        answered = 0
        while not stop.is_set() and time.monotonic() < end:
            try:
                ask(store, SHORT)
                answered += 1
            except LumbarkgError as problem:
                problems.append(problem)
        return answered

    with ThreadPoolExecutor() as threads:
        neighbour = threads.submit(others)
        job = threads.submit(ask, store, ENDLESS)
        time.sleep(0.4)
        os.kill(longest_running(workers(pool_of(store))), signal.SIGKILL)
        with pytest.raises(StoreError, match="Try again"):
            job.result(2)
        time.sleep(0.3)
        stop.set()
        assert neighbour.result(20) > 20
    assert problems == []
    wait_for_workers(store, LIMITS.slots + 1)


def test_whoever_hangs_up_frees_the_slot(store: EmbeddedStore) -> None:
    wait_for_workers(store, LIMITS.slots + 1)
    for number in range(6):  # more than there are slots, and each would run for seconds
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(store.address)
            head = {"op": "query", "default": [NUMBERS], "named": [], "accepted": JSON}
            client.sendall(pack(Kind.JOB, head, f"{ENDLESS} # gone {number}".encode()))
            time.sleep(0.25)
    start = time.monotonic()
    with ThreadPoolExecutor() as threads:
        job = threads.submit(ask, store, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?b ?f FILTER(?a = <urn:1>) }")
        assert job.result(LIMITS.seconds)
    assert time.monotonic() - start < LIMITS.seconds


def test_no_media_type_that_fits(store: EmbeddedStore) -> None:
    with pytest.raises(NotAcceptableError) as refused:
        ask(store, "ASK {}", ("text/turtle",))
    assert "application/sparql-results+json" in refused.value.offered


def test_a_large_answer_comes_in_pieces(store: EmbeddedStore) -> None:
    answer = store.query("SELECT * { ?s ?p ?o } LIMIT 1900", GRAPHS, JSON)
    pieces = list(answer.content)
    assert len(pieces) > 1
    assert len(json.loads(b"".join(pieces))["results"]["bindings"]) == 1900


def test_an_answer_that_is_not_read_to_its_end_leaves_nothing_behind(store: EmbeddedStore) -> None:
    for _ in range(5):
        content = store.query("SELECT * { ?s ?p ?o } LIMIT 1900", GRAPHS, JSON).content
        next(content)
        content.close()  # type: ignore[attr-defined] # the adapter's is a generator
    assert ask(store, SHORT)


def test_a_worker_reaches_nobody(store: EmbeddedStore, listener: Listener) -> None:
    """The store itself, without the reading of queries before it: the process has no way out."""
    port = listener.port
    writable = WritableGraphs(every=True)
    for address in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/data.ttl"):
        with pytest.raises(QueryError, match="SERVICE"):
            ask(store, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        ask(store, f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
        with pytest.raises(QueryError):
            store.update(f"LOAD <{address}> INTO GRAPH <urn:x>", GRAPHS, writable)
        with pytest.raises(QueryError):
            store.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", GRAPHS, writable)
        content = f'{{"@context": "{address}", "@id": "urn:a", "name": "x"}}'.encode()
        with pytest.raises(LumbarkgError):
            store.replace_graph(Iri("urn:x"), content, "application/ld+json")
    assert listener.seen == []
    assert listener.notices_a_call()


def test_a_pool_that_dies_is_replaced_by_the_next_call() -> None:
    store = EmbeddedStore(DATA, (NUMBERS,), limits=replace(LIMITS, slots=2))
    try:
        assert ask(store, SHORT)
        os.kill(pool_of(store), signal.SIGKILL)
        with pytest.raises(StoreError):
            ask(store, SHORT)
        assert ask(store, SHORT)
    finally:
        store.close()


def test_nothing_is_left_when_the_store_is_closed() -> None:
    store = EmbeddedStore(DATA, (NUMBERS,), limits=replace(LIMITS, slots=2))
    assert ask(store, SHORT)
    pool = pool_of(store)
    found = workers(pool)
    address = store.address
    assert found
    store.close()
    for _ in range(100):
        left = [pid for pid in (pool, *found) if os.path.exists(f"/proc/{pid}")]  # noqa: PTH110 - no file of ours
        if not left:
            break
        time.sleep(0.05)
    assert left == []
    assert not os.path.exists(address)  # noqa: PTH110 - a socket
    assert ask(store, SHORT)  # and a closed store starts anew where it is used again
    store.close()


def test_limits_that_cannot_work_are_refused() -> None:
    for wrong in ({"slots": 1}, {"seconds": 0}):
        with pytest.raises(ValueError, match="must be"):
            replace(LIMITS, **wrong)


def test_whoever_asks_when_all_places_are_taken_is_told_and_the_state_is_still_known(store: EmbeddedStore) -> None:
    """A place is held until an answer is read or closed; a process that has one place gives it to one query."""
    one = EmbeddedStore({}, (), limits=LIMITS, address=store.address, places=1)
    with ThreadPoolExecutor() as threads:
        endless = threads.submit(one.query, ENDLESS, GRAPHS, JSON)
        time.sleep(0.5)
        with pytest.raises(StoreBusyError):
            one.query("ASK {}", GRAPHS, JSON)
        assert one.state().ready
        assert one.graph_names() == store.graph_names()
        with pytest.raises(QueryTimeoutError):
            endless.result()
    for _ in range(3):
        assert b"true" in b"".join(one.query("ASK {}", GRAPHS, JSON).content)
    one.close()


def test_a_burst_waits_for_places_and_what_would_take_too_many_threads_is_refused_at_once() -> None:
    places = Places(4)
    for _ in range(4):
        places.take()
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(places.take) for _ in range(2)]
        time.sleep(0.2)
        with pytest.raises(StoreBusyError, match="under way"):
            places.take()
        places.leave()
        places.leave()
        assert [job.result() for job in waiting] == [None, None]
        with pytest.raises(StoreBusyError, match="within 1 s"):
            threads.submit(places.take).result()
        places.leave()
        places.take()
    for _ in range(4):
        places.leave()
    with pytest.raises(ValueError, match="released too many"):
        places.leave()


def test_a_pool_that_ends_while_it_is_fed_is_said_and_leaves_nothing() -> None:
    launched = launch_pool((NUMBERS,))
    launched.process.kill()
    launched.process.wait()
    with pytest.raises(StoreError, match="did not start"):
        launched.feed(NUMBERS, DATA[NUMBERS])
    assert not Path(launched.folder).exists()


def test_a_fork_server_whose_pool_ends_before_it_has_graphs_ends_too() -> None:
    launched = launch_pool((NUMBERS,))
    pool = launched.process.pid
    children: list[str] = []
    for _ in range(500):
        children = Path(f"/proc/{pool}/task/{pool}/children").read_text().split()
        if any(b"forkserver" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children):
            break
        time.sleep(0.01)
    assert children, "the fork server has started"
    launched.discard()
    for _ in range(500):
        if not any(Path(f"/proc/{child}").exists() for child in children):
            return
        time.sleep(0.01)
    raise AssertionError("a process was left")


def test_graphs_that_were_fed_are_not_sent_again() -> None:
    launched = launch_pool((NUMBERS, EDGES))
    launched.feed(NUMBERS, DATA[NUMBERS])
    store = EmbeddedStore({NUMBERS: b"", EDGES: DATA[EDGES]}, (NUMBERS, EDGES), launched=launched)
    try:
        selection = GraphSelection((NUMBERS, EDGES), (NUMBERS,))
        for query in ("ASK { <urn:7> <urn:p> '7' . <urn:7> <urn:e> <urn:1> }", "ASK { GRAPH ?g { ?s <urn:p> '7' } }"):
            assert b"true" in b"".join(store.query(query, selection, JSON).content)
    finally:
        store.close()


def test_a_folder_whose_name_is_too_long_for_a_socket_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("a" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with pytest.raises(StoreError, match="TMPDIR names another"):
        launch_pool(())
    assert list(deep.iterdir()) == []
