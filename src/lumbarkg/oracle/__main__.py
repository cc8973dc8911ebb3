"""``python -m lumbarkg.oracle N [--seed S]``: draw N cases and hold the engine against HermiT on each."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from lumbarkg.ontology.read import read_ontology
from lumbarkg.oracle.compare import Compared, Oracle
from lumbarkg.oracle.coverage import cover
from lumbarkg.oracle.draw import draw, seed_of
from lumbarkg.oracle.shrink import shrink
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.render.case import case_document
from lumbarkg.resources import release_dir

_SHRUNK = 5
"""So many differing cases are made small; each takes a run of HermiT for every part tried."""


def main() -> int:
    """Compare the engine with HermiT on drawn cases; returns 1 where they differ on any."""
    parser = argparse.ArgumentParser(prog="lumbarkg.oracle", description=main.__doc__)
    parser.add_argument("number", type=int, metavar="N", help="how many cases")
    parser.add_argument("--seed", type=int, help="what they are drawn with; default: from the digest of the release")
    options = parser.parse_args()
    if options.number < 1:
        parser.error("N must be at least 1: agreement on nothing would say nothing")
    content = (release_dir() / "lumbarkg.ttl").read_bytes()
    release = parse(content, source="lumbarkg.ttl")
    seed = seed_of(content) if options.seed is None else options.seed
    knowledge = Knowledge(read_ontology(Graph(release)))
    drawn = draw(knowledge, options.number, seed)
    print(f"{len(drawn)} cases drawn with seed {seed}", flush=True)
    started = time.monotonic()

    def progress(settled: int, differing: int) -> None:
        elapsed = time.monotonic() - started
        print(f"  {settled}/{len(drawn)} compared, {differing} differ, {elapsed:.0f} s", flush=True)

    with Oracle(knowledge, release) as oracle:
        report = oracle.compare([d.case for d in drawn], progress)
        print("\n".join(cover(drawn, report.compared, knowledge).lines()))
        print(
            f"durations: {report.seconds:.0f} s in all; HermiT {report.hermit_seconds:.0f} s in {report.hermit_runs} "
            f"runs; the engine {report.engine_seconds:.2f} s"
        )
        for lapse in report.lapses:
            print("HermiT contradicts itself: what it finds of this case alone, it leaves out in company")
            print("\n".join(f"  {difference}" for difference in lapse.differences))
            print(f"  case: {json.dumps(case_document(lapse.case))}")
        _print_differences(report.differing, oracle)
    return 1 if report.differing else 0


def _print_differences(differing: Sequence[Compared], oracle: Oracle) -> None:
    print(f"differences: {len(differing)} cases")
    for number, one in enumerate(differing):
        print("\n".join(f"  {difference}" for difference in one.differences))
        is_shrunk = number < _SHRUNK
        case = shrink(one.case, oracle.disagree) if is_shrunk and oracle.disagree(one.case) else one.case
        print(f"  {'shrunk to' if is_shrunk else 'case'}: {json.dumps(case_document(case))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
