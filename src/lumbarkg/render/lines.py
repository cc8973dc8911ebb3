"""Lines of a report for the terminal: wrapping, figures, and marks for what is not verified."""

from __future__ import annotations

import textwrap
from typing import Any

_WIDTH = 100
_MARKS = {"judgement": "judgement", "unverified": "not verified", "secondary": "second-hand"}


def wrap(text: str, indent: str = "") -> list[str]:
    """The text as lines, those after the first indented further."""
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def mark(status: str) -> str:
    """A mark behind what is not verified at its source, nothing otherwise."""
    return f" [{_MARKS[status]}]" if status in _MARKS else ""


def cited(references: list[dict[str, Any]]) -> str:
    """The sources, each with its own mark."""
    return "" if not references else " — " + "; ".join(r["citation"] + mark(r["status"]) for r in references)


def percent(probability: float) -> str:
    """A probability in whole per cent; what rounds to 0 or 100 says so."""
    if 0 < probability < 0.01:
        return "<1 %"
    if 0.99 < probability < 1:
        return ">99 %"
    return f"{probability * 100:.0f} %"
