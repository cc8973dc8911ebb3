"""An evaluation as Markdown, for a terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lumbarkg.evaluation.bootstrap import Estimate
from lumbarkg.evaluation.evaluate import Evaluation, Figures, Run
from lumbarkg.evaluation.misses import Miss, Standing
from lumbarkg.evaluation.urgency import Urgency
from lumbarkg.identifiers import Iri
from lumbarkg.model import EvidenceItem

Label = Callable[[Iri], str]
_HEADLINE = (
    "The headline is the differential alone, from history and examination. "
    "Decision support for prototypes, no medical device."
)
_PERCENT = ("top1", "top3", "top3OrToExclude", "top1OfBuckets", "top3OfBuckets")
_HEAD = {
    "top1": "top-1",
    "top3": "top-3",
    "top3OrToExclude": "top-3 or to exclude",
    "top1OfBuckets": "top-1 bucket",
    "top3OfBuckets": "top-3 buckets",
    "meanReciprocalRank": "MRR",
    "brierScore": "Brier",
}


def render_markdown(evaluation: Evaluation, label: Label) -> str:
    """The whole report; ``label`` names a term."""
    head = [
        "# Evaluation",
        "",
        f"Ontology {evaluation.ontology_version}, digest `{evaluation.ontology_digest[:12]}`. "
        f"{evaluation.headline.groups[0].cases} cases, in the settings "
        + ", ".join(f"{name} ({count})" for name, count in evaluation.settings)
        + f". 95 % intervals by {evaluation.resamples} bootstrap draws, seed {evaluation.seed}.",
        _HEADLINE,
        "",
    ]
    run = evaluation.headline
    body = [
        *_section("Ranking", _run_table(evaluation)),
        *_section(f"Ranking by diagnosis: {run.name}", _bucket_table(run)),
        *_section(f"Triage: {run.name}", _triage(run, evaluation.levels)),
        *_section("Triage: with tests", _triage(evaluation.runs[1], evaluation.levels)),
        *_section(f"Calibration of the first cause: {run.name}", _calibration(run)),
        *_section(f"Why not first: {run.name}", [line for m in run.misses for line in _miss(m, label)]),
    ]
    return "\n".join(head + body)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [f"## {title}", "", *lines, ""]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _run_table(evaluation: Evaluation) -> list[str]:
    head = ["findings", "cases", "n", "refused", *_HEAD.values(), "not enough asked"]
    return _table(head, [[run.name, f.group, *_figures(f)] for run in evaluation.runs for f in run.groups])


def _bucket_table(run: Run) -> list[str]:
    return _table(
        ["diagnosis", "n", "refused", *_HEAD.values(), "not enough asked"],
        [[f.group, *_figures(f)] for f in run.buckets],
    )


def _figures(figures: Figures) -> list[str]:
    cells = [_estimate(figures.metric(name), percent=name in _PERCENT) for name in _HEAD]
    return [str(figures.cases), str(figures.refused), *cells, f"{figures.not_enough_asked:.0%}"]


def _estimate(value: Estimate, *, percent: bool) -> str:
    point, low, high = value
    if percent:
        return f"{point:.0%} ({low:.0%}–{high:.0%})"
    return f"{point:.2f} ({low:.2f}–{high:.2f})"


def _triage(run: Run, levels: Sequence[str]) -> list[str]:
    yield_rows = [
        _urgency_row("by the source", run.by_source),
        _urgency_row("by source, else convention", run.by_convention),
    ]
    head = ["right level", "n", "right", "under", "over", "not enough asked", f"{levels[0]} found", "or next level"]
    missed = ", ".join(f"{case} ({rule}: {level})" for case, rule, level in run.triggers.missed) or "none"
    return [
        *_table(head, yield_rows),
        "",
        f"- Under-triage: {_ids(run.by_convention.under)}",
        f"- Over-triage: {_ids(run.by_convention.over)}",
        f"- Not enough asked: {_ids(run.by_convention.not_enough_asked)}",
        f"- A rule's trigger is among the findings: {run.triggers.cases} cases; below its level: {missed}",
        f"- {levels[0]} by source or convention, but no trigger in what was reported: {_ids(run.undetectable.ids)}",
        f"- of them {levels[-3]} or {levels[-2]}: {_ids(run.undetectable.wrongly_calmed)}",
        "",
        *_table(
            ["right level", *levels],
            [
                [expected, *(str(dict(run.by_convention.crossed).get((expected, level), "")) for level in levels)]
                for expected in sorted({e for (e, _), _ in run.by_convention.crossed})
            ],
        ),
    ]


def _urgency_row(name: str, urgency: Urgency) -> list[str]:
    share = "" if urgency.sensitivity is None else f" ({urgency.sensitivity:.0%})"
    return [
        name,
        str(urgency.cases),
        str(urgency.right),
        str(len(urgency.under)),
        str(len(urgency.over)),
        str(len(urgency.not_enough_asked)),
        f"{urgency.most_urgent_found} of {urgency.most_urgent}{share}",
        f"{urgency.most_urgent_seen} of {urgency.most_urgent}",
    ]


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "none"


def _calibration(run: Run) -> list[str]:
    rows = [[f"{b.low:.0%}–{b.high:.0%}", str(b.count), f"{b.stated:.0%}", f"{b.met:.0%}"] for b in run.calibration]
    return [
        *_table(["stated", "cases", "mean stated", "right"], rows),
        "",
        f"Expected calibration error {run.calibration_error:.2f}.",
    ]


def _miss(miss: Miss, label: Label) -> list[str]:
    lines = [f"### {miss.id}: {miss.bucket}", ""]
    if miss.refused:
        return [*lines, *(f"- not ranked: {text}" for text in miss.refused), ""]
    if miss.right is None:
        lines.append("- no hypothesis of this setting is right")
    else:
        lines.append(f"- right: {_standing(miss.right, label)}")
    lines += [f"- above: {_standing(s, label)}" for s in miss.above]
    if miss.excludes_right:
        lines.append("- the right cause is shown first, as one to exclude")
    if miss.not_asked:
        lines.append(f"- not asked: {', '.join(label(f) for f in miss.not_asked)}")
    return [*lines, ""]


def _standing(standing: Standing, label: Label) -> str:
    counted = "; ".join(_item(item, label) for item in standing.counted) or "nothing counted"
    return (
        f"{standing.rank}. {label(standing.condition)}, {standing.pretest:.2%} → {standing.probability:.2%}: {counted}"
    )


def _item(item: EvidenceItem, label: Label) -> str:
    return f"{label(item.finding)} {item.state} ×{item.ratio:.2g} [{item.row}]"
