"""How fast the HTTP API answers, as shares of an echo route of the same application in the same run.

wrk (Debian: apt-get install wrk) loads one worker of the server that `lumbarkg serve` runs. Every route is
measured in turn, and the turns are repeated, so that a busy machine slows all alike; the median of the turns counts.
Printed: requests a second, the share of the echo, the share of a bare Flask application. Each request states twelve
findings, drawn present or absent, so that hardly two are alike: a memory of one case must not flatter the server.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.served import started

HERE = Path(__file__).parent
PRESENT = {"finding": "LowBackPain", "character": ["Dull"], "severity": 4, "hoursAfterExercise": 18}
ABSENT = [
    *("LegNumbness", "BladderDysfunction", "Fever", "LegWeakness", "SaddleAnaesthesia", "NightPain"),
    *("HistoryOfCancer", "LegPain", "UnexplainedWeightLoss", "DarkUrine"),
]
CASE = {
    "age": 34,
    "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": 18}],
    "findings": [PRESENT, {"finding": "LowBackStiffness"}, *({"finding": f, "status": "absent"} for f in ABSENT)],
}
DRAWN = 500
TERM = "/api/v1/conditions/DiscHerniation"
SEARCHES = ("dead", "deadlft", "low ba", "slipped dis", "numbnes leg", "sci", "icd10cm:G83", "pain that wakes", "xqzzy")
TARGETS = {"compact": 0.35, "full": 0.15, "term": 0.8}


def draw_bodies(seed: int, count: int = DRAWN) -> tuple[bytes, ...]:
    """Cases as they are sent, each with the twelve findings of ``CASE``, present or absent as drawn."""
    dice = random.Random(seed)  # noqa: S311 - seeded
    names = ("LowBackStiffness", *ABSENT)
    return tuple(
        json.dumps(
            CASE
            | {"age": dice.randint(18, 80)}
            | {"findings": [PRESENT, *({"finding": f, "status": dice.choice(("present", "absent"))} for f in names)]}
        ).encode()
        for _ in range(count)
    )


def rate_of(address: str, seconds: float, bodies: Sequence[bytes], folder: Path) -> float:
    """Requests a second at full load, by wrk, which sends the bodies in turn; raises where an answer is no 2xx."""
    command = ["wrk", "-t1", "-c4", f"-d{max(1, round(seconds))}s", address]
    if bodies:
        script = folder / "post.lua"
        texts = ", ".join(json.dumps(body.decode()) for body in bodies)
        script.write_text(
            'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
            f"local bodies, turn = {{{texts}}}, 0\n"
            "request = function()\n  turn = turn % #bodies + 1\n  return wrk.format(nil, nil, nil, bodies[turn])\nend\n"
        )
        command[1:1] = ["-s", str(script)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in text, text
    found = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert found, text
    return float(found[1])


def _search_p95() -> tuple[float, float]:
    """Median and 95th percentile of a term search within the process, in ms; none is answered from a cache."""
    from lumbarkg.web.app import create_app

    app = create_app()
    find = app.extensions["catalogue"].typeahead.find
    times = []
    for turn in range(60):
        for text in SEARCHES:
            # Another typo in each turn, because corrections are remembered.
            written = f"{text}{chr(97 + turn % 26)}" if turn % 3 == 2 else text
            start = time.perf_counter()
            find(written, 10)
            times.append((time.perf_counter() - start) * 1000)
    app.extensions["store"].close()
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def main() -> int:
    """Measure, print, and say which targets hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each route is loaded in a turn")
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian: apt-get install wrk); only the search is measured.")
    else:
        _throughput(options.seconds, options.turns)
    median, p95 = _search_p95()
    print(f"search: median {median:.2f} ms, p95 {p95:.2f} ms (target 5): {'holds' if p95 <= 5 else 'MISSED'}")
    return 0


def _throughput(seconds: float, turns: int) -> None:
    with started("ours") as ours, started("bare") as bare:
        print(f"start to ready: {ours.seconds:.2f} s")
        _compare(ours.address, bare.address, draw_bodies(1), seconds, turns)


def _compare(address: str, bare: str, bodies: Sequence[bytes], seconds: float, turns: int) -> None:
    routes = {
        "bare": (f"{bare}/echo", bodies),
        "echo": (f"{address}/echo", bodies),
        "compact": (f"{address}/api/v1/assessments?view=compact", bodies),
        "full": (f"{address}/api/v1/assessments", bodies),
        "term": (f"{address}{TERM}", ()),
    }
    rates: dict[str, list[float]] = {name: [] for name in routes}
    with tempfile.TemporaryDirectory() as folder:
        for url, data in routes.values():
            rate_of(url, 1, data, Path(folder))  # warm
        for _ in range(turns):
            for name, (url, data) in routes.items():
                rates[name].append(rate_of(url, seconds, data, Path(folder)))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    for name, rate in middle.items():
        share, target = rate / middle["echo"], TARGETS.get(name)
        verdict = "" if target is None else f" (target {target}): {'holds' if share >= target else 'MISSED'}"
        print(f"{name:8} {rate:8.0f} requests/s, {share:5.2f} of the echo{verdict}")
    print(f"echo is {middle['echo'] / middle['bare']:.2f} of a bare Flask application (target 0.8)")


if __name__ == "__main__":
    sys.exit(main())
