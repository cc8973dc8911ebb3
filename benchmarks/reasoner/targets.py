"""The targets of the reasoner, each with what was measured and whether it holds.

What runs on one core without waiting is judged by processor time, which other programs do not change; the load, which
reads files and starts a process, by the wall clock.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.reasoner.growth import Size
from benchmarks.reasoner.load import Load
from benchmarks.reasoner.peers.clock import Spent
from benchmarks.reasoner.rounds import Ours, Standing, median_of
from benchmarks.reasoner.stream import Run
from benchmarks.reasoner.why import WhyTimes

WARM_MS, COLD_MS, WHY_MS = 0.3, 3.0, 20.0
TIMES_ELK, TIMES_HERMIT = 15.0, 200.0
LOAD_SECONDS, LOAD_MB = 1.0, 150.0
PER_SECOND = 20_000.0
_FLAT, _LINEAR = 1.10, 1.25
"""What counts as flat memory and as linear growth: the longest run against the next shorter ones, noise allowed."""


@dataclass(frozen=True)
class Verdict:
    """One target: what, how much was asked for, what was measured; ``holds`` is None where nothing was measured."""

    what: str
    target: str
    measured: str
    holds: bool | None


@dataclass(frozen=True)
class Measured:
    """Everything that one run of the benchmark measured."""

    ours: Ours
    standings: Sequence[Standing]
    load: Load
    runs: Sequence[Run]
    why: WhyTimes
    sizes: Sequence[Size]


def judge(found: Measured) -> list[Verdict]:
    """Every target against what was measured."""
    load, last = found.load, found.runs[-1]
    megabytes = "memory unknown" if load.megabytes is None else f"{load.megabytes:.0f} MB"
    return [
        _latency("one case of 12 findings, warm", median_of(found.ours.warm), WARM_MS),
        _ratio("… against ELK in process", "ELK in process", TIMES_ELK, found),
        _ratio("… against HermiT in process", "HermiT in process", TIMES_HERMIT, found),
        _latency("one case, never-seen expressions", median_of(found.ours.cold), COLD_MS),
        Verdict(
            "load of the release to first answer, new process",
            f"≤ {LOAD_SECONDS:g} s, ≤ {LOAD_MB:g} MB",
            f"{load.seconds:.2f} s ({load.cpu_seconds:.2f} s of the processor, of which "
            f"{load.interpreter_seconds:.2f} s start Python and numpy), {megabytes}",
            load.seconds <= LOAD_SECONDS and (load.megabytes or 0.0) <= LOAD_MB,
        ),
        Verdict(
            "bulk types and suggestions",
            f"≥ {PER_SECOND:,.0f} cases/s/core",
            f"{last.per_second:,.0f} cases/s over {last.cases:,} cases",
            last.per_second >= PER_SECOND,
        ),
        _memory(found.runs),
        _latency("all minimal justifications of one suggestion", found.why.median, WHY_MS),
        Verdict("… nine tenths of the suggestions", "–", f"{found.why.ninth_decile * 1e3:.1f} ms", None),
        _linear(found.runs),
        _vocabulary(
            "growth with the vocabulary, a case", [(s.classes, statistics.median(s.seconds)) for s in found.sizes]
        ),
        _vocabulary("… a case in bulk", [(s.classes, statistics.median(s.bulk_seconds)) for s in found.sizes]),
    ]


def _latency(what: str, spent: Spent, target: float) -> Verdict:
    milliseconds = spent.cpu * 1e3
    told = f"{milliseconds:.3g} ms (wall: {spent.wall * 1e3:.3g} ms)"
    return Verdict(what, f"≤ {target:g} ms", told, milliseconds <= target)


def _ratio(what: str, name: str, target: float, found: Measured) -> Verdict:
    standing = next((s for s in found.standings if s.spec.name == name), None)
    asked = f"≥ {target:g}× faster"
    if standing is None or not (ratios := standing.ratios(found.ours)):
        reason = "not asked to run" if standing is None else standing.failure or "not run"
        return Verdict(what, asked, reason, None)
    median = statistics.median(ratios)
    return Verdict(what, asked, f"{median:,.0f}× (rounds: {min(ratios):,.0f} to {max(ratios):,.0f})", median >= target)


def _memory(runs: Sequence[Run]) -> Verdict:
    """Memory of the longest run against the shortest of more than one chunk."""
    held = [(run.cases, run.megabytes) for run in runs[1:] if run.megabytes is not None]
    told = " · ".join(f"{cases:,}: {megabytes:.0f} MB" for cases, megabytes in held)
    holds = held[-1][1] <= held[0][1] * _FLAT if len(held) > 1 else None
    return Verdict("memory in bulk", "independent of the number of cases", told or "one run only", holds)


def _linear(runs: Sequence[Run]) -> Verdict:
    told = " · ".join(f"{run.cases:,}: {run.seconds / run.cases * 1e6:.1f} µs" for run in runs)
    longer = [run.seconds / run.cases for run in runs[1:]]  # the shortest is less than the table that it needs
    holds = longer[-1] <= longer[0] * _LINEAR if len(longer) > 1 else None
    return Verdict("growth with the cases, a case", "linear: the same a case", told, holds)


def _vocabulary(what: str, sizes: Sequence[tuple[int, float]]) -> Verdict:
    """Sub-linear: the time a case grows with a power of the number of classes below 1."""
    told = " · ".join(f"{classes:,} classes: {seconds * 1e6:.1f} µs" for classes, seconds in sizes)
    if len(sizes) < 2:
        return Verdict(what, "sub-linear", told, None)
    exponent = math.log(sizes[-1][1] / sizes[0][1]) / math.log(sizes[-1][0] / sizes[0][0])
    return Verdict(what, "sub-linear", f"{told} (exponent {exponent:.2f})", exponent < 1.0)
