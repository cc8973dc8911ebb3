"""The counts of a release as plain text."""

from __future__ import annotations

from lumbarkg.ontology.stats import Completeness, Stats

_COLUMNS = ("label", "definition", "source", "parent")


def render_stats_text(stats: Stats) -> str:
    """A table of counts, then a table of completeness."""
    width = max(len(kind) for kind in [*(c.kind for c in stats.counts), *(c.kind for c in stats.completeness)]) + 2
    lines = [f"Lumbarkg ontology {stats.version}", ""]
    for count in stats.counts:
        parts = ", ".join(f"{name or 'none'} {number}" for name, number in count.parts)
        lines.append(f"{count.kind:<{width}}{count.total:>6}" + (f"  {parts}" if parts else ""))
    lines += ["", f"{'complete terms':<{width}}{'total':>6}" + "".join(f"{name:>16}" for name in _COLUMNS)]
    lines += [
        f"{c.kind:<{width}}{c.total:>6}" + "".join(f"{_share(c, name):>16}" for name in _COLUMNS)
        for c in stats.completeness
    ]
    lines += [
        "",
        f"{len(stats.roots)} classes have no parent, the roots: " + ", ".join(r.local_name for r in stats.roots),
    ]
    return "\n".join(lines) + "\n"


def _share(row: Completeness, name: str) -> str:
    number: int | None = getattr(row, name)
    if number is None:
        return "–"
    share = 100 * number / row.total if row.total else 100.0
    # Rounded down, so that only what is whole says 100 %.
    return f"{number} ({int(share * 10) / 10:g} %)"
