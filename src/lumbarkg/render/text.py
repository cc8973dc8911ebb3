"""An assessment as a report for the terminal, made from the JSON answer so that both say the same."""

from __future__ import annotations

import textwrap
from typing import Any

_WIDTH = 100
_BAR = 30
_SHOWN = 6
_MARKS = {"judgement": "judgement", "unverified": "not verified", "secondary": "second-hand"}


def render_text(answer: dict[str, Any]) -> str:
    """The report: triage, likely causes with their reasons, what to ask next."""
    lines = [
        *_triage(answer["triage"]),
        "",
        *_causes(answer),
        *_also(answer),
        *_questions(answer),
        *_issues(answer),
    ]
    reasoning = answer["reasoning"]
    lines += [
        "",
        f"Setting {answer['setting']}. Reasoning {'complete' if reasoning['complete'] else 'incomplete'}.",
        f"Ontology {reasoning['ontologyVersion']} ({reasoning['ontologyDigest'][:12]}), {reasoning['engine']}.",
        *_wrap(answer["disclaimer"]),
    ]
    return "\n".join(lines) + "\n"


def render_problem_text(problem: dict[str, Any]) -> str:
    """A refusal: every issue with its place and remedy, and the triage where there is one."""
    lines = [f"{problem['title']}: {problem['detail']}"]
    lines += [f"  {i['path'] or '(whole input)'}: {i['message']} {i['remedy']}".rstrip() for i in problem["issues"]]
    if "triage" in problem:
        lines += ["", *_triage(problem["triage"]), *_wrap(problem["disclaimer"])]
    return "\n".join(lines) + "\n"


def _triage(triage: dict[str, Any]) -> list[str]:
    lines = [f"TRIAGE  {triage['level']}" + ("" if triage["complete"] else "  (not complete)")]
    lines += _wrap(triage["statement"], "  ")
    if triage["action"]:
        lines += _wrap(triage["action"], "  ")
    for reason in triage["reasons"]:
        marks = _mark(reason["levelStatus"]), _mark(reason["basisStatus"])
        lines += _wrap(
            f"- {reason['rule']} {reason['label']}: {reason['level']}{marks[0]}. Basis: {reason['basis']}{marks[1]}"
            f"{_cited(reason['references'])}",
            "  ",
        )
    if triage["toExclude"]:
        lines += _wrap("To be excluded first: " + ", ".join(c["label"] for c in triage["toExclude"]) + ".", "  ")
    if triage["selfCare"]:
        advice = triage["selfCare"]
        source = f"({advice['rule']}{_mark(advice['levelStatus'])}){_cited(advice['references'])}"
        lines += _wrap(f"{advice['text']} {source}", "  ")
    if triage["redFlagsNotAsked"]:
        lines.append("  Not asked yet:")
        lines += [line for flag in triage["redFlagsNotAsked"] for line in _wrap(f"- {flag['question']}", "    ")]
    return lines


def _causes(answer: dict[str, Any]) -> list[str]:
    lines = ["LIKELY CAUSES  (before → after the evidence, 95 % interval)"]
    for cause in answer["differential"][:_SHOWN]:
        after, (low, high) = cause["posttestProbability"], cause["interval"]
        bar = "█" * round(after * _BAR)
        lines.append(
            f"{cause['rank']:>2}. {cause['label']:<44.44} {_percent(cause['pretestProbability']):>5} → "
            f"{_percent(after):>5}  [{_percent(low)}–{_percent(high)}]  {bar}"
        )
        for item in (i for i in cause["evidence"] if i["counted"]):
            lines += _wrap(_evidence(item), "      ")
        for pattern in cause["patterns"]:
            lines += _wrap(
                f"{'speaks for' if pattern['relation'] == 'suggests' else 'speaks against'}: {pattern['label']}",
                "      ",
            )
        lines += _wrap(f"prior {cause['prior']['row']}{_mark(cause['prior']['status'])}", "      ")
    rest = answer["differential"][_SHOWN:]
    if rest:
        total = sum(c["posttestProbability"] for c in rest)
        lines.append(f"    {len(rest)} others together {_percent(total)}.")
    return lines


def _evidence(item: dict[str, Any]) -> str:
    return (
        f"{item['label']} ({item['state']}): × {item['likelihoodRatio']:.3g}, "
        f"row {item['row']}{_mark(item['status'])}{_cited(item['references'])}"
    )


def _also(answer: dict[str, Any]) -> list[str]:
    if not answer["alsoConsider"]:
        return []
    return [
        "",
        "ALSO CONSIDER",
        *(f"  - {c['label']} ({c['patterns'][0]['label']})" for c in answer["alsoConsider"]),
    ]


def _questions(answer: dict[str, Any]) -> list[str]:
    if not answer["nextQuestions"]:
        return []
    lines = ["", "ASK NEXT"]
    for number, question in enumerate(answer["nextQuestions"], start=1):
        lines += _wrap(f"{number}. {question['question']}  [{question['label']}] {question['reason']}", "  ")
    return lines


def _issues(answer: dict[str, Any]) -> list[str]:
    return (
        [
            "",
            *(f"{i['severity'].upper()} {i['path']}: {i['message']} {i['remedy']}" for i in answer["issues"]),
        ]
        if answer["issues"]
        else []
    )


def _mark(status: str) -> str:
    return f" [{_MARKS[status]}]" if status in _MARKS else ""


def _cited(references: list[dict[str, Any]]) -> str:
    return "" if not references else " — " + "; ".join(r["citation"] + _mark(r["status"]) for r in references)


def _percent(probability: float) -> str:
    if 0 < probability < 0.01:
        return "<1 %"
    if 0.99 < probability < 1:
        return ">99 %"
    return f"{probability * 100:.0f} %"


def _wrap(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
