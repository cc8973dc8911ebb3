"""``python -m lumbarkg.oracle N``: draw N cases and hold the engine against HermiT on each."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from lumbarkg.ontology.build.certificate import (
    LEAST_CASES,
    LEAST_COMPLEMENT_CASES,
    shortfalls,
    write_certificate,
)
from lumbarkg.ontology.read import read_ontology
from lumbarkg.oracle.certify import certificate_of, covered_kinds, denying_cases, edited_triples, read_release
from lumbarkg.oracle.compare import Compared, Oracle, Progress, Report
from lumbarkg.oracle.coverage import cover
from lumbarkg.oracle.draw import Drawn, draw, seed_of
from lumbarkg.oracle.forms import COMPLEMENT, HORN, Form
from lumbarkg.oracle.shrink import shrink
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.render.case import case_document
from lumbarkg.resources import release_dir

_SHRUNK = 5
"""So many differing cases are made small; each takes a run of HermiT for every part tried."""


def main() -> int:
    """Compare the engine with HermiT on drawn cases; returns 1 where they differ on any.

    2,000 cases or more certify the release: some of them are also held against the ontology as edited, and the
    certificate is written into the release folder, or refused with what it lacks.
    """
    parser = argparse.ArgumentParser(prog="lumbarkg.oracle", description=main.__doc__)
    parser.add_argument("number", type=int, metavar="N", help="how many cases")
    parser.add_argument("--seed", type=int, help="what they are drawn with; default: from the digest of the axioms")
    parser.add_argument("--ontology", type=Path, default=Path("ontology"), help="the folder that editors edit")
    parser.add_argument(
        "--journal", type=Path, default=Path("build/oracle"), help="where HermiT's verdicts are kept from run to run"
    )
    options = parser.parse_args()
    if options.number < 1:
        parser.error("N must be at least 1: agreement on nothing would say nothing")
    release = read_release(release_dir())
    seed = seed_of(release.axioms_digest.encode()) if options.seed is None else options.seed
    knowledge = Knowledge(read_ontology(release.graph))
    drawn = draw(knowledge, options.number, seed)
    print(f"{len(drawn)} cases drawn with seed {seed}", flush=True)
    horn = _compare(drawn, knowledge, tuple(release.graph), HORN, options.journal)
    coverage = cover(drawn, horn.compared, knowledge)
    print("\n".join(coverage.lines()))
    if options.number < LEAST_CASES:
        return 1 if horn.differing else 0
    denying = denying_cases(drawn, LEAST_COMPLEMENT_CASES)
    print(f"{len(denying)} of them against the ontology as edited", flush=True)
    edited = edited_triples(options.ontology / "lumbarkg.ttl")
    complement = _compare(denying, knowledge, edited, COMPLEMENT, options.journal)
    date = datetime.now(UTC).date().isoformat()
    certificate = certificate_of(release, seed, date, (horn, complement), coverage)
    if missing := shortfalls(certificate, covered_kinds(knowledge)):
        print("no certificate:\n" + "\n".join(f"  {issue}" for issue in missing))
        return 1
    write_certificate(certificate, release_dir())
    print("certificate written")
    return 0


def _compare(
    drawn: Sequence[Drawn], knowledge: Knowledge, release: Sequence[Triple], form: Form, journal: Path
) -> Report:
    """Compare, and tell what came of it."""
    with Oracle(knowledge, release, form=form, journal=journal) as oracle:
        report = oracle.compare([d.case for d in drawn], _progress(len(drawn)))
        print(
            f"durations: {report.seconds:.0f} s in all; HermiT {report.hermit_seconds:.0f} s in {report.hermit_runs} "
            f"runs, {report.told_runs} of them known from the journal; the engine {report.engine_seconds:.2f} s"
        )
        for lapse in report.lapses:
            print("HermiT left out what it finds of this case alone, or what it refutes the denial of")
            print("\n".join(f"  {difference}" for difference in lapse.differences))
            print(f"  case: {json.dumps(case_document(lapse.case))}")
        _print_differences(report.differing, oracle)
    return report


def _progress(number: int) -> Progress:
    started = time.monotonic()

    def tell(settled: int, differing: int) -> None:
        elapsed = time.monotonic() - started
        print(f"  {settled}/{number} compared, {differing} differ, {elapsed:.0f} s", flush=True)

    return tell


def _print_differences(differing: Sequence[Compared], oracle: Oracle) -> None:
    print(f"differences: {len(differing)} cases")
    for number, one in enumerate(differing):
        print("\n".join(f"  {difference}" for difference in one.differences))
        is_shrunk = number < _SHRUNK
        case = shrink(one.case, oracle.disagree) if is_shrunk and oracle.disagree(one.case) else one.case
        print(f"  {'shrunk to' if is_shrunk else 'case'}: {json.dumps(case_document(case))}", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as an interrupt: HermiT's processes are ended too
    sys.exit(main())
