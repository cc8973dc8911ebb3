"""Every number of an answer is followed to its row, constant or input; one that cannot be followed fails."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from lumbarkg.assessment import ContradictoryCaseError, assess, load_engine
from lumbarkg.intake.case_json import draft_case
from lumbarkg.ontology.evidence import LikelihoodRow, PriorRow
from lumbarkg.render.json import render_assessment
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sensitivity import with_sensitivity
from tests.laws.cases import cases

ENGINE = load_engine(release_dir(), shapes_dir())
TABLES = ENGINE.ranker.tables
RATIOS = {row.id: row for row in TABLES.likelihood_ratios}
PRIORS = {row.id: row for row in TABLES.priors}
RATES = {row.id: row for row in TABLES.table("reference_rates")}
EXAMPLES = sorted((release_dir() / "examples").glob("*.json"))
QUANTILE = TABLES.factor("boundQuantile")


def _answer(document: dict[str, Any]) -> dict[str, Any]:
    case = draft_case(document, ENGINE.lookup, TABLES.settings()).case()
    return render_assessment(with_sensitivity(case, assess(case, ENGINE), ENGINE), ENGINE.sources)


def _numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _numbers(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _numbers(inner, f"{path}/{index}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def _at(answer: Any, path: str) -> Any:
    for step in path.strip("/").split("/"):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer


def _parent(answer: dict[str, Any], path: str, up: int = 1) -> Any:
    return _at(answer, "/".join(path.split("/")[:-up]))


# ---------------------------------------------------------------- each kind of number, from its source


def _row_ratio(item: dict[str, Any]) -> float:
    rows: list[LikelihoodRow] = [RATIOS[id_] for id_ in item["row"].split("+")]
    found = [r.lr_positive if item["state"] == "present" else r.lr_negative for r in rows]
    known = [float(x) for x in found if x is not None]
    return math.exp(math.fsum(math.log(x) for x in known) / len(known))


def _log_variance(item: dict[str, Any]) -> float:
    """As docs/how-ranking-works.md tells it, written once more."""
    rows = [RATIOS[id_] for id_ in item["row"].split("+")]
    present = item["state"] == "present"
    ends: tuple[float, float] | None = None
    if len(rows) > 1:
        known = [float(x) for r in rows if (x := r.lr_positive if present else r.lr_negative) is not None]
        ends = (min(known), max(known)) if len(known) > 1 else None
    elif (told := rows[0].lr_positive_interval if present else rows[0].lr_negative_interval) is not None:
        ends = (float(told[0]), float(told[1]))
    row = rows[0]
    if ends is not None and 0 < ends[0] < ends[1]:
        variance = (math.log(ends[1] / ends[0]) / (2 * QUANTILE)) ** 2
    elif row.lr_origin == "judgement":
        variance = (math.log(TABLES.factor("judgementBoundFactor")) / QUANTILE) ** 2
    elif row.n and row.sensitivity and row.specificity and max(row.sensitivity, row.specificity) < 1:
        se, sp, half = float(row.sensitivity), float(row.specificity), row.n / 2
        hit, miss = (se, 1 - sp) if present else (1 - se, sp)
        variance = (1 - hit) / (half * hit) + (1 - miss) / (half * miss)
    else:
        variance = (math.log(TABLES.factor("defaultBoundFactor")) / QUANTILE) ** 2
    if not item["settingMatches"]:
        variance += TABLES.factor("otherSettingSd") ** 2
    return float(item["damping"] ** 2 * variance)


def _prior_variance(prior: PriorRow) -> float:
    if prior.low is not None and prior.high is not None:
        return (math.log(prior.high / prior.low) / (2 * QUANTILE)) ** 2
    bound = "judgementBoundFactor" if prior.status == "judgement" else "defaultBoundFactor"
    return (math.log(TABLES.factor(bound)) / QUANTILE) ** 2


def _weights(answer: dict[str, Any]) -> list[tuple[float, float]]:
    """Weight and variance of each hypothesis, from what the answer shows of its rows."""
    return [
        (
            c["pretestProbability"] * math.prod(i["likelihoodRatio"] for i in c["evidence"] if i["counted"]),
            _prior_variance(PRIORS[c["prior"]["row"]])
            + math.fsum(i["standardError"] ** 2 for i in c["evidence"] if i["counted"]),
        )
        for c in answer["differential"]
    ]


def _posttest(answer: dict[str, Any], path: str) -> float:
    weights = [w for w, _ in _weights(answer)]
    return weights[int(path.split("/")[2])] / math.fsum(weights)


def _interval(answer: dict[str, Any], path: str) -> float:
    index, end = int(path.split("/")[2]), int(path.split("/")[-1])
    weights = _weights(answer)
    others = [w for i, w in enumerate(weights) if i != index]
    rest = math.fsum(w for w, _ in others)
    variance = weights[index][1] + math.fsum((w / rest) ** 2 * v for w, v in others)
    logit = math.log(weights[index][0] / rest) + (-1, 1)[end] * QUANTILE * math.sqrt(variance)
    return 1 / (1 + math.exp(-logit))


def _ratio(answer: dict[str, Any], path: str) -> float:
    item = _parent(answer, path)
    return float(item["publishedRatio"] ** item["damping"]) if item["counted"] else 1.0


def _damping(answer: dict[str, Any], path: str) -> float:
    item = _parent(answer, path)
    assert item["damping"] == 1 or item["state"] == "present"
    return 1.0 if item["damping"] == 1 else TABLES.factor("ancestorDamping")


def _rate(answer: dict[str, Any], path: str) -> float:
    row = _parent(answer, path)["row"]
    if row in RATES:
        return float(RATES[row].cells["probability"])
    specificity = RATIOS[row.split("+")[0]].specificity
    assert specificity is not None
    return 1 - float(specificity)


def _gain(answer: dict[str, Any], path: str) -> float:
    """Bounded by what it is made of; its formula is tested in tests/ranking/test_next_questions.py."""
    question = _parent(answer, path)
    rate = question["referenceRate"]["probability"]
    assert question["rows"]
    assert set("+".join(question["rows"]).split("+")) <= RATIOS.keys()
    assert 0 < question["gain"] <= 1
    assert 0 < rate < 1
    return float(question["gain"])


KINDS: dict[str, Callable[[dict[str, Any], str], float]] = {
    r"/asOfHours": lambda a, p: float(a["asOfHours"]),
    r"/differential/\d+/rank": lambda _, p: int(p.split("/")[2]) + 1,
    r"/differential/\d+/pretestProbability": lambda a, p: float(PRIORS[_parent(a, p)["prior"]["row"]].probability),
    r"/differential/\d+/posttestProbability": _posttest,
    r"/differential/\d+/interval/[01]": _interval,
    r"/differential/\d+/evidence/\d+/publishedRatio": lambda a, p: _row_ratio(_parent(a, p)),
    r"/differential/\d+/evidence/\d+/likelihoodRatio": _ratio,
    r"/differential/\d+/evidence/\d+/damping": _damping,
    r"/differential/\d+/evidence/\d+/standardError": lambda a, p: math.sqrt(_log_variance(_parent(a, p))),
    r"/nextQuestions/\d+/gain": _gain,
    r"/nextQuestions/\d+/referenceRate/probability": _rate,
}


def _follow(answer: dict[str, Any]) -> set[str]:
    """Hold every number of an answer against its source; the kinds that were met."""
    met = set()
    for path, value in _numbers(answer):
        kinds = [kind for kind in KINDS if re.fullmatch(kind, path)]
        assert len(kinds) == 1, f"{path} is a number that nothing accounts for"
        assert math.isclose(value, KINDS[kinds[0]](answer, path), rel_tol=1e-9, abs_tol=1e-12), path
        met.add(kinds[0])
    return met


def _rows_have_sources(answer: dict[str, Any]) -> int:
    """Every row names a source that exists, or says that it is a judgement or unverified."""
    rows = [i for c in answer["differential"] for i in (*c["evidence"], c["prior"])]
    rows += [i for a in answer["advice"] for part in a.values() if isinstance(part, list) for i in part if i["row"]]
    for row in rows:
        assert row["references"] or row["status"] in ("judgement", "unverified"), row
        for reference in row["references"]:
            assert reference["key"] in TABLES.references
            assert reference["citation"]
    return len(rows)


# ---------------------------------------------------------------- over whole answers

RICH: dict[str, Any] = {
    "setting": "primary-care",
    "age": 75,
    "asOf": 30,
    "findings": [
        {"finding": "PainBelowKnee"},
        {"finding": "PositiveStraightLegRaise"},
        {"finding": "FootDrop"},
        {"finding": "RaisedESR"},
        {"finding": "PainRelievedBySitting"},
        {"finding": "Fever", "status": "absent"},
        {"finding": "PositiveSlumpTest", "status": "absent"},
        {"finding": "LowBackPain", "durationHours": 100, "course": "Worsening"},
    ],
}


def test_every_kind_of_number_is_met_and_followed() -> None:
    documents = [RICH, *(json.loads(file.read_text()) for file in EXAMPLES)]
    assert len(documents) >= 4
    met: set[str] = set()
    sourced = 0
    for document in documents:
        answer = _answer(document)
        met |= _follow(answer)
        sourced += _rows_have_sources(answer)
    assert met == set(KINDS)
    assert sourced > 200


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(cases(ENGINE))
def test_every_number_of_a_drawn_answer_is_followed(document: dict[str, Any]) -> None:
    try:
        answer = _answer(document)
    except ContradictoryCaseError:
        assume(False)
    _follow(answer)
    _rows_have_sources(answer)


def test_a_number_that_nothing_accounts_for_is_found() -> None:
    answer = _answer(RICH)
    answer["differential"][0]["score"] = 3
    with pytest.raises(AssertionError, match="nothing accounts for"):
        _follow(answer)
    wrong = _answer(RICH)
    wrong["differential"][2]["posttestProbability"] *= 1.001
    with pytest.raises(AssertionError, match="posttestProbability"):
        _follow(wrong)
