"""How long one assessment takes, beside HermiT on the same case in the same run; prints the ratio.

Warm: the expressions of the case have been seen before. Cold: a new engine, so that nothing is remembered.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from lumbarkg.assessment import assess, load_engine, read_case
from lumbarkg.ontology.build.classify import classify, version
from lumbarkg.oracle.translate import case_triples
from lumbarkg.reasoning.realise import add_bilateral_findings, realise
from lumbarkg.resources import release_dir, shapes_dir

RUNS = 200


def _median(run: Callable[[], object], runs: int) -> float:
    """Median seconds of ``runs`` runs."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    """Print the table."""
    document = json.loads((release_dir() / "examples" / "soreness-after-deadlifts.json").read_text())
    started = time.perf_counter()
    engine = load_engine(release_dir(), shapes_dir())
    load = time.perf_counter() - started
    case = read_case(document, engine)
    started = time.perf_counter()
    assess(case, engine)
    cold = time.perf_counter() - started
    warm = _median(lambda: assess(case, engine), RUNS)
    logic = _median(lambda: realise(case, engine.knowledge), RUNS)
    validation = _median(lambda: read_case(document, engine), 20)
    full = add_bilateral_findings(case, engine.knowledge)
    _, stated = case_triples(full, 0, engine.knowledge)
    triples = [*engine.knowledge.ontology.graph, *stated]
    hermit = _median(lambda: classify(triples), 3)
    print(f"load of the release                {load * 1000:9.1f} ms")
    print(f"read and validate the JSON (SHACL) {validation * 1000:9.1f} ms")
    print(f"one assessment, first              {cold * 1000:9.1f} ms")
    print(f"one assessment, warm               {warm * 1000:9.2f} ms   (target: at most 5 ms)")
    print(f"  of it the saturation             {logic * 1000:9.2f} ms")
    print(f"{version()}, same case    {hermit * 1000:9.1f} ms")
    print(f"HermiT / whole warm assessment: {hermit / warm:.0f}; HermiT / saturation: {hermit / logic:.0f}")


if __name__ == "__main__":
    main()
