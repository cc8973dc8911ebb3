"""What was measured as tables in Markdown, for the terminal and for ``docs/benchmarks.md`` alike."""

from __future__ import annotations

import os
import platform
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reasoner.rounds import Ours, Standing, median_of
from benchmarks.reasoner.targets import Measured, Verdict
from lumbarkg.identifiers import Iri

_BEGIN, _END = "<!-- bench-reasoner: begin -->", "<!-- bench-reasoner: end -->"
_EXAMPLES = 3
_HOLDS = {True: "yes", False: "**no**", None: "not measured"}


@dataclass(frozen=True)
class Circumstances:
    """Under which a run took place."""

    date: str
    seed: int
    rounds: int
    is_quick: bool
    ontology: str
    load_before: tuple[float, ...]
    load_after: tuple[float, ...]
    cores: int

    def line(self) -> str:
        """One sentence."""
        loads = [" ".join(f"{n:.1f}" for n in load) for load in (self.load_before, self.load_after)]
        return (
            f"{self.date}{', --quick' if self.is_quick else ''}: {_processor()}, {os.cpu_count()} cores, of which "
            f"{self.cores} used, by one at a time; load average before {loads[0]}, after {loads[1]} (1, 5, 15 min); "
            f"Python {platform.python_version()}; ontology {self.ontology}; seed {self.seed}, {self.rounds} rounds."
        )


def render(found: Measured, verdicts: Sequence[Verdict], circumstances: Circumstances) -> str:
    """The whole report."""
    ours, why = found.ours, found.why
    terms = median_of(ours.terms).cpu * 1e3
    loads = " · ".join(f"{s.classes:,} classes, {s.axioms:,} axioms: {s.load_seconds:.1f} s" for s in found.sizes)
    lines = [
        circumstances.line(),
        "",
        *_table(
            ("target", "asked for", "measured", "holds"),
            [(v.what, v.target, v.measured, _HOLDS[v.holds]) for v in verdicts],
        ),
        "",
        *_table(
            ("reasoner", "one case", "processor", "times ours", "ready after", "peak", "compared", "same answer"),
            [_our_row(ours), *(_row(standing, ours) for standing in found.standings)],
        ),
        "",
        *_differences(found.standings),
        "",
        f"Justified: {why.suggestions} suggestions in {why.justifications} ways; all ways: {why.complete} of them.",
        "",
        f"Never-seen expressions of terms that were never seen either: {terms:.2f} ms.",
        "",
        f"Processor time to saturate the ontology and its copies: {loads}.",
    ]
    return "\n".join(lines)


def write(page: Path, report: str) -> None:
    """Put the report between the marks of the page."""
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    _, found, after = rest.partition(_END)
    if not found:
        raise ValueError(f"{page} lacks the marks {_BEGIN} and {_END}")
    page.write_text(f"{before}{_BEGIN}\n{report}\n{_END}{after}", "utf-8")


def _our_row(ours: Ours) -> tuple[str, ...]:
    number = sum(map(len, ours.warm))
    median = median_of(ours.warm)
    return ("Lumbarkg", _duration(median.wall), _duration(median.cpu), "1", "as above", "as above", str(number), "–")


def _row(standing: Standing, ours: Ours) -> tuple[str, ...]:
    loaded, ratios = standing.loaded, standing.ratios(ours)
    name = loaded.version if loaded else standing.spec.name
    ready = _duration(loaded.seconds) if loaded else "–"
    peak = f"{standing.megabytes:.0f} MB" if standing.megabytes else "–"
    if standing.median is None:
        return (name, f"none: {standing.failure or 'not run'}", "–", "–", ready, peak, "0", "–")
    return (
        name,
        _duration(standing.median.wall) + (f"; then: {standing.failure}" if standing.failure else ""),
        _duration(standing.median.cpu),
        f"{statistics.median(ratios):,.0f} ({min(ratios):,.0f} to {max(ratios):,.0f})",
        ready,
        peak,
        str(standing.compared),
        f"{standing.equal} ({standing.equal / standing.compared:.0%})",
    )


def _differences(standings: Sequence[Standing]) -> list[str]:
    lines = ["Where answers differ from ours:", ""]
    for standing in standings:
        if not standing.compared:
            continue
        name = standing.spec.name
        if standing.equal == standing.compared:
            lines.append(f"- {name}: nowhere, in {standing.compared} cases.")
            continue
        parts = [
            _told("lacks", standing.missing, "types"),
            _told("lacks", standing.missing_suggestions, "suggestions"),
            _told("has besides", standing.additional, "types or suggestions"),
        ]
        if standing.equal_without_numbers:
            parts.append(f"{standing.equal_without_numbers} answers are ours to the case without its numbers")
        told = "; ".join(part for part in parts if part)
        note = f" It {standing.spec.note}." if standing.spec.note else ""
        lines.append(f"- {name}: in {standing.compared - standing.equal} of {standing.compared} cases. {told}.{note}")
    return lines


def _told(verb: str, names: Counter[str], what: str) -> str:
    if not names:
        return ""
    examples = ", ".join(f"`{_short(name)}` {number}×" for name, number in names.most_common(_EXAMPLES))
    return f"{verb} {sum(names.values())} {what} (most often {examples})"


def _short(name: str) -> str:
    words, _, iri = name.rpartition(" ")
    return f"{words} {Iri(iri).local_name}".strip()


def _duration(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1e3:.0f} ms" if seconds >= 0.1 else f"{seconds * 1e3:.2g} ms"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (header, ("---",) * len(header), *rows)]


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
