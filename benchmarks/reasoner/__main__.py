"""``make bench-reasoner``: run every measurement, print what it says, and whether the reasoner's targets hold.

Everything runs on one core, one program at a time. The exit status is 1 where a peer that could answer differs from us
though it is complete for OWL 2 DL (HermiT): a benchmark of wrong answers would say nothing.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.reasoner.contestants import ROOT, SPECS
from benchmarks.reasoner.engine import Reasoner
from benchmarks.reasoner.exchange import write_question
from benchmarks.reasoner.growth import measure_vocabulary
from benchmarks.reasoner.load import measure_load
from benchmarks.reasoner.report import Circumstances, render, write
from benchmarks.reasoner.rounds import Plan, compete
from benchmarks.reasoner.stream import measure_stream
from benchmarks.reasoner.targets import Measured, judge
from benchmarks.reasoner.why import measure_why
from benchmarks.reasoner.workload import Workload
from lumbarkg import vocabulary as v
from lumbarkg.resources import release_dir

_PAGE = ROOT / "docs" / "benchmarks.md"
_ORIGINALS = 400
_QUICK_WARM_UP = 3
"""Java is warmed up with so many times fewer cases: its figures are somewhat worse than they could be."""
_COMPLETE = ("HermiT in process", "HermiT, a process each")


def main() -> int:
    """Run the benchmark of the reasoner; 1 where HermiT says something else than we do."""
    parser = argparse.ArgumentParser(prog="make bench-reasoner", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="about a minute: fewer rounds, cases and copies")
    parser.add_argument("--write", action="store_true", help="record the result in docs/benchmarks.md")
    parser.add_argument("--seed", type=int, default=20_260_101, help="what the cases are drawn with")
    parser.add_argument(
        "--only", nargs="*", metavar="NAME", help="these peers alone: " + ", ".join(s.name for s in SPECS)
    )
    parser.add_argument("--peers", type=Path, default=Path(".venvs/peers/bin/python"), help="the peers' Python")
    options = parser.parse_args()
    cores = _stay_on_one_core()
    load_before = os.getloadavg()

    found, ontology = _measure(options)
    circumstances = Circumstances(
        datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        options.seed,
        len(found.ours.warm),
        options.quick,
        ontology,
        load_before,
        os.getloadavg(),
        cores,
    )
    report = render(found, judge(found), circumstances)
    print(report)
    if options.write:
        write(_PAGE, report)
    differing = [s for s in found.standings if s.spec.name in _COMPLETE and s.equal != s.compared]
    return 1 if differing else 0


def _measure(options: argparse.Namespace) -> tuple[Measured, str]:
    """Everything, and the version of the ontology."""
    quick = options.quick
    specs = [s for s in SPECS if (s.is_quick or not quick) and (options.only is None or s.name in options.only)]
    if quick:
        specs = [replace(s, warm_up=s.warm_up // _QUICK_WARM_UP) for s in specs]
    rounds, warm_up, per_round = (3, 150, 40) if quick else (10, 400, 60)
    reasoner = Reasoner.load(release_dir())
    workload = Workload(Reasoner.load(release_dir()), options.seed)
    originals = workload.cases(_ORIGINALS)
    cases = workload.recombined(originals, warm_up + rounds * per_round)
    plan = Plan(cases, originals, warm_up, per_round, rounds)
    _say("load and first answer")
    load = measure_load(originals[0], 3 if quick else 9)
    with tempfile.TemporaryDirectory() as folder:
        write_question(Path(folder), cases, reasoner)
        ours, standings = compete(plan, specs, Path(folder), options.peers.absolute(), reasoner)
    _say("justifications")
    why = measure_why(originals[: 40 if quick else 200], reasoner)
    _say("growth with the cases")
    runs = measure_stream(100_000 if quick else 1_000_000, options.seed)
    _say("growth with the vocabulary")
    sizes = (1, 4) if quick else (1, 4, 16)
    graph = reasoner.knowledge.ontology.graph
    grown = measure_vocabulary(tuple(graph), cases[:200], sizes, 3 if quick else 9)
    header = graph.instances(v.OWL_ONTOLOGY)[0]
    version = f"{graph.text(header, v.OWL_VERSION_INFO)} ({len(reasoner.knowledge.ontology.axioms):,} axioms)"
    return Measured(ours, standings, load, runs, why, grown), version


def _stay_on_one_core() -> int:
    """Keep this process, and all it starts, on one core where the system allows it; on how many it is then."""
    if not hasattr(os, "sched_setaffinity"):
        return os.cpu_count() or 1
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return 1


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
