"""An assessment as a report for the terminal, made from the JSON answer so that both say the same."""

from __future__ import annotations

from typing import Any

from lumbarkg.render.lines import cited, mark, percent, wrap
from lumbarkg.render.text_guidance import advice_lines, contributor_lines, sensitivity_lines

_BAR = 30
_SHOWN = 6


def render_text(answer: dict[str, Any]) -> str:
    """The report: triage, likely causes with their reasons, what to ask next."""
    lines = [
        *_triage(answer["triage"]),
        "",
        *_causes(answer),
        *_also(answer),
        *_questions(answer),
        *advice_lines(answer["advice"]),
        *sensitivity_lines(answer["sensitivity"]),
        *_issues(answer),
    ]
    reasoning = answer["reasoning"]
    lines += [
        "",
        f"Setting {answer['setting']}{_later(answer)}. {_completeness(reasoning)}",
        f"Ontology {reasoning['ontologyVersion']} ({reasoning['ontologyDigest'][:12]}), {reasoning['engine']}.",
        *wrap(answer["disclaimer"]),
    ]
    return "\n".join(lines) + "\n"


def render_problem_text(problem: dict[str, Any]) -> str:
    """A refusal: every issue with its place and remedy, and the triage where there is one."""
    lines = [f"{problem['title']}: {problem['detail']}"]
    lines += [f"  {i['path'] or '(whole input)'}: {i['message']} {i['remedy']}".rstrip() for i in problem["issues"]]
    if "triage" in problem:
        lines += ["", *_triage(problem["triage"]), *wrap(problem["disclaimer"])]
    return "\n".join(lines) + "\n"


def _triage(triage: dict[str, Any]) -> list[str]:
    lines = [f"TRIAGE  {triage['level']}" + ("" if triage["complete"] else "  (not complete)")]
    lines += wrap(triage["statement"], "  ")
    if triage["action"]:
        lines += wrap(triage["action"], "  ")
    for reason in triage["reasons"]:
        marks = mark(reason["levelStatus"]), mark(reason["basisStatus"])
        lines += wrap(
            f"- {reason['rule']} {reason['label']}: {reason['level']}{marks[0]}. Basis: {reason['basis']}{marks[1]}"
            f"{cited(reason['references'])}",
            "  ",
        )
    if triage["toExclude"]:
        lines += wrap("To be excluded first: " + ", ".join(c["label"] for c in triage["toExclude"]) + ".", "  ")
    if triage["selfCare"]:
        advice = triage["selfCare"]
        source = f"({advice['rule']}{mark(advice['levelStatus'])}){cited(advice['references'])}"
        lines += wrap(f"{advice['text']} {source}", "  ")
    if triage["redFlagsNotAsked"]:
        lines.append("  Not asked yet:")
        lines += [line for flag in triage["redFlagsNotAsked"] for line in wrap(f"- {flag['question']}", "    ")]
    return lines


def _causes(answer: dict[str, Any]) -> list[str]:
    lines = ["LIKELY CAUSES  (before → after the evidence, 95 % interval)"]
    for cause in answer["differential"][:_SHOWN]:
        after, (low, high) = cause["posttestProbability"], cause["interval"]
        bar = "█" * round(after * _BAR)
        lines.append(
            f"{cause['rank']:>2}. {cause['label']:<44.44} {percent(cause['pretestProbability']):>5} → "
            f"{percent(after):>5}  [{percent(low)}–{percent(high)}]  {bar}"
        )
        for item in (i for i in cause["evidence"] if i["counted"]):
            lines += wrap(_evidence(item), "      ")
        for pattern in cause["patterns"]:
            lines += wrap(
                f"{'speaks for' if pattern['relation'] == 'suggests' else 'speaks against'}: {pattern['label']}",
                "      ",
            )
        lines += [line for c in cause["contributors"] for line in contributor_lines(c)]
        lines += wrap(f"prior {cause['prior']['row']}{mark(cause['prior']['status'])}", "      ")
    rest = answer["differential"][_SHOWN:]
    if rest:
        total = sum(c["posttestProbability"] for c in rest)
        lines.append(f"    {len(rest)} others together {percent(total)}.")
    return lines


def _evidence(item: dict[str, Any]) -> str:
    return (
        f"{item['label']} ({item['state']}): × {item['likelihoodRatio']:.3g}, "
        f"row {item['row']}{mark(item['status'])}{cited(item['references'])}"
    )


def _also(answer: dict[str, Any]) -> list[str]:
    if not answer["alsoConsider"]:
        return []
    return [
        "",
        "ALSO CONSIDER",
        *(line for c in answer["alsoConsider"] for line in wrap(f"- {c['label']}{_explains(c)}", "  ")),
    ]


def _completeness(reasoning: dict[str, Any]) -> str:
    return f"Reasoning {'complete' if reasoning['complete'] else 'incomplete'}."


def _later(answer: dict[str, Any]) -> str:
    return f", {answer['asOfHours']:g} hours after the report" if answer["asOfHours"] else ""


def _explains(considered: dict[str, Any]) -> str:
    findings = ", ".join(f["label"] for f in considered["explains"])
    pattern = considered["patterns"][0]["label"]
    return f": would explain {findings} ({pattern})" if findings else f" ({pattern})"


def _questions(answer: dict[str, Any]) -> list[str]:
    if answer["stop"]:
        return ["", "No answer that is still open would change the first three causes or the urgency."]
    if not answer["nextQuestions"]:
        return []
    lines = ["", "ASK NEXT"]
    for number, question in enumerate(answer["nextQuestions"], start=1):
        lines += wrap(f"{number}. {question['question']}  [{question['label']}] {question['reason']}", "  ")
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
