"""The worked example of docs/how-ranking-works.md, made from the engine.

``python -m tests.worked_example`` writes it into the page after the tables of evidence have changed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from lumbarkg.assessment import Engine, assess, conclude, load_engine, read_case
from lumbarkg.model import Assessment, EvidenceItem, Hypothesis
from lumbarkg.ranking.rank import counted
from lumbarkg.resources import release_dir, shapes_dir
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "how-ranking-works.md"
START, END = "<!-- worked example: begin -->", "<!-- worked example: end -->"
CASE: dict[str, Any] = {
    "age": 44,
    "findings": [
        {"finding": "PainBelowKnee"},
        {"finding": "PositiveStraightLegRaise"},
        {"finding": "PainOnCoughOrSneeze"},
        {"finding": "SuddenOnsetDuringEffort", "status": "absent"},
    ],
}
SHOWN = ("NonSpecificLowBackPain", "DiscHerniation", "LumbarRadiculopathy", "MuscleStrain")
IN_FULL = "LumbarRadiculopathy"


def number(value: float) -> str:
    """Four significant digits, without an exponent."""
    return f"{value:.4g}" if value >= 1e-4 else f"{value:.7f}"


def weight(hypothesis: Hypothesis) -> float:
    """Prior times the ratios that count."""
    return hypothesis.pretest_probability.value * math.prod(i.ratio for i in counted(hypothesis))


def section(engine: Engine) -> str:
    """The whole example as Markdown."""
    case = read_case(CASE, engine)
    assessment = assess(case, engine)
    hypotheses = {h.condition.local_name: h for h in assessment.differential.hypotheses}
    findings = ",\n  ".join(json.dumps(f) for f in CASE["findings"])
    told = f'{{"age": {CASE["age"]}, "findings": [\n  {findings}]}}'
    lines = ["```json", told, "```", "", *_rows(hypotheses, engine)]
    lines += ["", *_weights(hypotheses, engine), "", *_interval(assessment, hypotheses, engine)]
    return "\n".join([*lines, "", *_question(assessment, engine)])


def _rows(hypotheses: dict[str, Hypothesis], engine: Engine) -> Iterator[str]:
    yield "Every row that the case bears on, for four of the hypotheses:"
    yield ""
    yield "| hypothesis | finding | row | ratio | counts | why |"
    yield "|---|---|---|---|---|---|"
    for name in SHOWN:
        for item in hypotheses[name].evidence:
            label, finding = engine.terms.label(hypotheses[name].condition), _finding(item, engine)
            counts = f"× {number(item.ratio)}" if item.counted else "no"
            yield f"| {label} | {finding} | {item.row} | {_ratio(item)} | {counts} | {item.reason} |"


def _finding(item: EvidenceItem, engine: Engine) -> str:
    return f"{engine.terms.label(item.finding)}, {item.state}"


def _ratio(item: EvidenceItem) -> str:
    if item.published_ratio is None:
        return "none"
    return number(item.published_ratio) + (f"^{item.damping:g}" if item.damping != 1 else "")


def _weights(hypotheses: dict[str, Hypothesis], engine: Engine) -> Iterator[str]:
    total = math.fsum(weight(h) for h in hypotheses.values())
    yield "Prior times ratios gives the weight, weight over the sum of all weights the probability:"
    yield ""
    yield "| hypothesis | prior × ratios | weight | probability |"
    yield "|---|---|---|---|"
    for name in SHOWN:
        h = hypotheses[name]
        product = " × ".join([number(h.pretest_probability.value), *(number(i.ratio) for i in counted(h))])
        label = engine.terms.label(h.condition)
        yield f"| {label} | {product} | {number(weight(h))} | {number(h.posttest_probability.value)} |"
    others = math.fsum(weight(h) for name, h in hypotheses.items() if name not in SHOWN)
    yield f"| the {len(hypotheses) - len(SHOWN)} others together | | {number(others)} | {number(others / total)} |"
    yield f"| sum | | {number(total)} | 1 |"


def _interval(assessment: Assessment, hypotheses: dict[str, Hypothesis], engine: Engine) -> Iterator[str]:
    standing = conclude(read_case(CASE, engine), engine).standing
    prior_variances = dict(
        zip((c.local_name for c in standing.setting.conditions), standing.setting.prior_variances, strict=True)
    )
    h = hypotheses[IN_FULL]
    own = [float(prior_variances[IN_FULL]), *(i.variance for i in counted(h))]
    rest = math.fsum(weight(o) for o in hypotheses.values() if o is not h)
    from_others = math.fsum(
        (weight(o) / rest) ** 2 * (float(prior_variances[n]) + math.fsum(i.variance for i in counted(o)))
        for n, o in hypotheses.items()
        if o is not h
    )
    error = math.sqrt(math.fsum(own) + from_others)
    logit = math.log(weight(h) / rest)
    low, high = h.interval
    yield f"The interval of {engine.terms.label(h.condition)}, step by step:"
    yield ""
    summed = " + ".join(number(x) for x in own)
    yield f"- its own variance: {summed} = {number(math.fsum(own))} (the prior, then the rows);"
    yield f"- from the weights of the others, which share the rest: {number(from_others)};"
    yield f"- standard error of the logit: √{number(math.fsum(own) + from_others)} = {number(error)};"
    yield f"- logit: ln({number(weight(h))} / {number(rest)}) = {logit:.4g};"
    yield (
        f"- mapped back: {logit:.4g} ± 1.96 × {number(error)} gives {number(low.value)} to {number(high.value)} "
        f"around {number(h.posttest_probability.value)}."
    )


def _question(assessment: Assessment, engine: Engine) -> Iterator[str]:
    question = next(q for q in assessment.next_questions if q.gain is not None and q.property is None)
    assert question.reference_rate is not None
    yield f"After the warning signs, the question with the largest gain is “{question.question}”:"
    yield ""
    yield (
        f"- it is answered yes by {number(question.reference_rate)} of people with the reference hypothesis "
        f"(row {question.rate_row});"
    )
    yield f"- rows that a yes would bring: {', '.join(question.rows)};"
    yield f"- a yes would move most: {', '.join(engine.terms.label(c) for c in question.separates)};"
    yield f"- expected gain: {question.gain:.3f} bits."


def with_section(page: str, made: str) -> str:
    """The page with the example between its two marks."""
    head, rest = page.split(START)
    return f"{head}{START}\n\n{made}\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    made = section(load_engine(release_dir(), shapes_dir()))
    PAGE.write_text(with_section(PAGE.read_text("utf-8"), made), encoding="utf-8")
    print(f"The example stands in {PAGE}.")
