"""The parts of the report that guide: contributors, advice, and what would change the answer."""

from __future__ import annotations

from typing import Any

from lumbarkg.render.lines import cited, mark, wrap

_HEADINGS = {
    "leaveOut": "leave out",
    "modify": "modify",
    "substitute": "instead",
    "firstDays": "first days",
    "returnRule": "resume when",
    "watchFor": "watch for",
    "seeAgain": "see someone when",
}


def contributor_lines(contributor: dict[str, Any]) -> list[str]:
    """One contributor with the relations that lead to the cause and the stance of their claims."""
    contested = " (contested)" if contributor["contested"] else ""
    return wrap(f"contributes{contested}: {contributor['label']}{_because(contributor['steps'])}", "      ")


def advice_lines(advice: list[dict[str, Any]]) -> list[str]:
    """The advice by cause and aspect."""
    lines = ["", "ADVICE"] if advice else []
    for cause in advice:
        lines.append(f"  {cause['label']}")
        if cause["withheld"]:
            lines += wrap(cause["withheld"], "    ")
        for aspect, heading in _HEADINGS.items():
            for item in cause[aspect]:
                lines += wrap(f"{heading}: {_said(item)}", "    ")
    return lines


def sensitivity_lines(flips: list[dict[str, Any]] | None) -> list[str]:
    """Which findings decide: what would come first, or how urgent it would be, without them."""
    if not flips:
        return []
    lines = ["", "WHAT WOULD CHANGE THE ANSWER"]
    for flip in flips:
        parts = [f"{flip['first']['label']} would come first"] if flip["first"] else []
        parts += [f"triage would be {flip['level']}"] if flip["level"] else []
        lines += wrap(f"- {flip['label']} {flip['flippedTo']}: {', and '.join(parts)}", "  ")
    return lines


def _said(item: dict[str, Any]) -> str:
    names = ", ".join(term["label"] for term in item["about"])
    if item["text"]:
        grade = f", grade {item['grade']}" if item["grade"] else ""
        return f"{item['text']} ({item['row']}{grade}){mark(item['status'])}{cited(item['references'])}"
    instead = f" for {item['insteadOf']['label']}" if "insteadOf" in item else ""
    return f"{names}{instead}{_because(item['steps'])}"


def _because(steps: list[dict[str, Any]]) -> str:
    """The stated relations in words, each with its claims or the mark of a judgement."""
    parts = [
        f"{s['subject']['label']} {s['relation']['label']} {s['object']['label']}"
        + ("".join(f" [{c['claim']}, {c['stance']}]" for c in s["claims"]) or mark(s["status"]))
        for s in steps
    ]
    return f" ({'; '.join(parts)})" if parts else ""
