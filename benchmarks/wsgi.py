"""What a request costs within the application, with no server and no socket, as shares of an echo route.

The WSGI application is called in a loop, routes in turn; processor time counts and the median of the turns, so that a
busy machine slows all alike. A server adds the same to every route: the shares that a client sees are larger
(`benchmarks/http_api.py`). With ``--latency`` requests arrive at half the rate that a loop reaches, and
the 99th percentile is printed, by the clock and by the time that the processor worked on them: where other work takes
the processor away only the latter says something of the application. The collector of garbage is set as in a worker,
and its longest pause is printed. With ``--memory N`` so many different cases are assessed, in full and
compact, and the resident memory is printed on the way: it must be flat.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from flask import Flask, request

from benchmarks.http_api import TERM, draw_bodies

Environ = dict[str, Any]
COMPACT, FULL = ("/api/v1/assessments", "view=compact"), ("/api/v1/assessments", "")
REPEATS = {"bare": 300, "echo": 300, "compact": 100, "full": 30, "term": 300}
GOALS = {"bare": "", "echo": "", "compact": "0.35 at a client", "full": "0.15 at a client", "term": "0.8"}
P99_TARGET_MS = 15.0
_GARBAGE = 10_000
"""As ``lumbarkg.server.master`` has it."""


def make_environ(path: str, query: str = "", body: bytes | None = None) -> Environ:
    """What a server on loopback hands to the application: a POST where there is a body."""
    return {
        "REQUEST_METHOD": "GET" if body is None else "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "" if body is None else "application/json",
        "CONTENT_LENGTH": "" if body is None else str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input": io.BytesIO(body or b""),
    }


def call(app: Flask, environ: Environ, accepted: tuple[str, ...] = ("2",)) -> bytes:
    """The body of the answer; fails where the first digit of its status is none of those accepted."""
    statuses: list[str] = []

    def start(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _: None

    answer: Iterable[bytes] = app.wsgi_app(environ, start)
    content = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    assert statuses[0].startswith(accepted), (statuses, content[:300])
    return content


def make_apps() -> tuple[Flask, Flask]:
    """A bare Flask application and ours, both with the echo route."""
    from lumbarkg.web.app import create_app

    apps = Flask("bare"), create_app()
    for app in apps:
        app.add_url_rule("/echo", "echo", lambda: request.get_json(), methods=["POST"])
    return apps


def measure_routes(bare: Flask, ours: Flask, turns: int) -> dict[str, float]:
    """Route → median seconds of processor time of a request."""
    bodies = cycle(draw_bodies(1))
    routes: dict[str, Callable[[], bytes]] = {
        "bare": lambda: call(bare, make_environ("/echo", "", next(bodies))),
        "echo": lambda: call(ours, make_environ("/echo", "", next(bodies))),
        "compact": lambda: call(ours, make_environ(*COMPACT, next(bodies))),
        "full": lambda: call(ours, make_environ(*FULL, next(bodies))),
        "term": lambda: call(ours, make_environ(TERM)),
    }
    for route in routes.values():
        route()
    times: dict[str, list[float]] = {name: [] for name in routes}
    for _ in range(turns):
        for name, route in routes.items():
            started = time.process_time()
            for _ in range(REPEATS[name]):
                route()
            times[name].append((time.process_time() - started) / REPEATS[name])
    return {name: statistics.median(found) for name, found in times.items()}


class Pauses:
    """How often the collector of garbage ran, and its longest pause in ms."""

    def __init__(self) -> None:
        self.count, self.longest = 0, 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _: object) -> None:
        if phase == "start":
            self._started = time.thread_time()
        else:
            self.count, self.longest = self.count + 1, max(self.longest, (time.thread_time() - self._started) * 1000)

    def end(self) -> None:
        """Look no more."""
        gc.callbacks.remove(self._note)


def measure_p99(ours: Flask, query: str, seconds: float) -> dict[str, list[float]]:
    """The ms that requests took which arrive at random at half the rate that a loop reaches, by clock and by processor.

    They are answered one after the other, as a worker with one thread does; the time that they wait counts. By
    processor, each took what the processor worked on it, and waited for those before it as long as they took.
    """
    bodies, drawn = cycle(draw_bodies(2)), random.Random(7)  # noqa: S311 - nothing secret
    begun, count = time.thread_time(), 0
    while (spent := time.thread_time() - begun) < 1:
        call(ours, make_environ(FULL[0], query, next(bodies)))
        count += 1
    times: dict[str, list[float]] = {"clock": [], "processor": []}
    due, free, started = 0.0, 0.0, time.perf_counter()
    while (due := due + drawn.expovariate(0.5 * count / spent)) < seconds:
        time.sleep(max(0.0, started + due - time.perf_counter()))
        worked = time.thread_time()
        call(ours, make_environ(FULL[0], query, next(bodies)))
        free = max(free, due) + time.thread_time() - worked
        times["clock"].append((time.perf_counter() - started - due) * 1000)
        times["processor"].append((free - due) * 1000)
    return times


def draw_from_vocabulary(ours: Flask, seed: int) -> Iterator[bytes]:
    """Cases without end, each with up to twelve findings of the whole vocabulary."""
    from lumbarkg import vocabulary as v

    lookup, drawn = ours.extensions["engine"].lookup, random.Random(seed)  # noqa: S311 - nothing secret
    findings = sorted(iri.local_name for iri in lookup.assertable(v.FINDING) - {v.FINDING})
    exercises = sorted(iri.local_name for iri in lookup.assertable(v.EXERCISE) - {v.EXERCISE})
    while True:
        stated: list[dict[str, Any]] = []
        for name in drawn.sample(findings, drawn.randrange(1, 13)):
            if drawn.random() < 0.6:
                stated.append({"finding": name, "status": "absent"})
                continue
            finding: dict[str, Any] = {"finding": name, "durationHours": drawn.randrange(2000)}
            if drawn.random() < 0.5:
                finding["laterality"] = drawn.choice(["Left", "Right", "Bilateral"])
            stated.append(finding)
        exposures = [{"exercise": drawn.choice(exercises), "hoursBeforeOnset": drawn.randrange(72)}]
        yield json.dumps({"age": drawn.randrange(16, 90), "exposures": exposures, "findings": stated}).encode()


def resident_megabytes() -> float:
    """The resident memory of this process."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit("/proc/self/status says nothing of VmRSS")


def measure_memory(ours: Flask, requests: int) -> Iterator[tuple[int, float]]:
    """How many requests were answered, and the resident megabytes after them; one in four is answered in full."""
    bodies, wanted = draw_from_vocabulary(ours, 11), {requests // 10, requests // 2, requests}
    yield 0, resident_megabytes()
    for number in range(1, requests + 1):
        call(ours, make_environ(*(FULL if number % 4 == 0 else COMPACT), next(bodies)), ("2", "4"))
        if number in wanted:
            yield number, resident_megabytes()


def main() -> int:
    """Measure, print, and say which targets hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--latency", type=float, metavar="SECONDS", help="how long requests arrive at half load")
    parser.add_argument("--memory", type=int, metavar="N", help="how many requests are sent, such as 100000")
    options = parser.parse_args()
    bare, ours = make_apps()
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    cost = measure_routes(bare, ours, options.turns)
    for name, seconds in cost.items():
        goal = f"   (target {GOALS[name]})" if GOALS[name] else ""
        print(f"{name:8} {seconds * 1e6:8.1f} µs, {cost['echo'] / seconds:5.2f} of the echo{goal}")
    print(f"echo is {cost['bare'] / cost['echo']:.2f} of a bare Flask application (target 0.8)")
    if options.latency:
        for name, query in (("compact", COMPACT[1]), ("full", FULL[1])):
            pauses = Pauses()
            for measure, times in measure_p99(ours, query, options.latency).items():
                median, p99 = statistics.median(times), statistics.quantiles(times, n=100)[-1]
                verdict = f"(target {P99_TARGET_MS}): {'holds' if p99 <= P99_TARGET_MS else 'MISSED'}"
                print(f"{name:8} at half load by {measure:9}: median {median:.2f} ms, p99 {p99:.2f} ms {verdict}")
            pauses.end()
            print(f"{name:8} garbage was looked for {pauses.count} times, at most {pauses.longest:.2f} ms")
    if options.memory:
        for number, megabytes in measure_memory(ours, options.memory):
            print(f"after {number:7} varied requests: {megabytes:6.1f} MB resident (target 200)", flush=True)
    ours.extensions["store"].close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
