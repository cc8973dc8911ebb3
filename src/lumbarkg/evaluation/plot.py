"""Two pictures in one SVG, written by hand: the reliability of the first cause, and triage expected against given.

SVG is text: the same figures give the same bytes, and no plotting library is needed for two small pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from lumbarkg.evaluation.evaluate import Evaluation

_SIDE, _LEFT, _TOP, _CELL = 240, 70, 60, 58
_WIDTH, _HEIGHT = 900, 400
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.title{font-weight:bold;font-size:14px}"
    ".axis{stroke:#444;fill:none}.ideal{stroke:#999;stroke-dasharray:4 4}.dot{fill:#1f6feb;fill-opacity:.75}"
)


def render_plot(evaluation: Evaluation) -> str:
    """The pictures of the headline."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        "<title>Reliability of the first cause, and triage expected against given</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        *_reliability(evaluation),
        *_crossed(evaluation),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _reliability(evaluation: Evaluation) -> list[str]:
    run, base = evaluation.headline, _TOP + _SIDE
    parts = [
        _text(_LEFT, 24, f"First cause: stated against right ({run.groups[0].cases} cases)", "title"),
        _text(_LEFT, 42, f"expected calibration error {run.calibration_error:.2f}; area is the number of cases"),
        f'<rect class="axis" x="{_LEFT}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>',
        f'<line class="ideal" x1="{_LEFT}" y1="{base}" x2="{_LEFT + _SIDE}" y2="{_TOP}"/>',
        _text(_LEFT + _SIDE / 2 - 70, base + 40, "stated probability"),
        f'<text transform="translate(24 {_TOP + _SIDE / 2 + 50:g}) rotate(-90)">share that was right</text>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(_text(_LEFT + tick * _SIDE - 8, base + 18, f"{tick:.0%}"))
        parts.append(_text(_LEFT - 40, base - tick * _SIDE + 4, f"{tick:.0%}"))
    for b in run.calibration:
        x, y = _LEFT + b.stated * _SIDE, base - b.met * _SIDE
        parts.append(
            f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{3 + 2 * b.count**0.5:.1f}">'
            f"<title>stated {b.stated:.0%}, right {b.met:.0%}, {b.count} cases</title></circle>"
        )
    return parts


def _crossed(evaluation: Evaluation) -> list[str]:
    counts = dict(evaluation.headline.by_convention.crossed)
    rows = sorted({expected for expected, _ in counts}, key=lambda e: _place(e, evaluation.levels))
    left, most = 470, max(counts.values(), default=1)
    parts = [
        _text(left - 40, 24, "Triage: right level (rows) against level given", "title"),
        _text(left - 40, 42, "right by the source, else by convention"),
    ]
    for column, level in enumerate(evaluation.levels):
        x = left + 60 + column * _CELL
        parts.append(f'<text transform="translate({x + 20:g} {_TOP + 78:g}) rotate(-50)">{escape(level)}</text>')
    for row, expected in enumerate(rows):
        y = _TOP + 90 + row * 40
        parts.append(_text(left - 40, y + 24, expected))
        for column, level in enumerate(evaluation.levels):
            count = counts.get((expected, level), 0)
            x = left + 60 + column * _CELL
            parts.append(
                f'<rect x="{x:g}" y="{y:g}" width="{_CELL - 4}" height="36" fill="#1f6feb" '
                f'fill-opacity="{0.08 + 0.7 * count / most:.2f}"/>'
            )
            parts.append(_text(x + 22, y + 23, str(count) if count else "·"))
    return parts


def _place(expected: str, levels: Sequence[str]) -> int:
    return levels.index(expected.split(" or ", 1)[0])


def _text(x: float, y: float, content: str, cls: str = "") -> str:
    marked = f' class="{cls}"' if cls else ""
    return f'<text{marked} x="{x:g}" y="{y:g}">{escape(content)}</text>'
