"""docs/how-ranking-works.md is executed: its example is the engine's, and its arithmetic holds by hand."""

from __future__ import annotations

import math
import re

import pytest

from lumbarkg.assessment import Engine
from tests.worked_example import END, PAGE, SHOWN, START, section, with_section

TEXT = PAGE.read_text("utf-8")
EXAMPLE = TEXT.split(START)[1].split(END)[0]


def _table(heading: str) -> list[list[str]]:
    """The rows of the table whose header begins so."""
    lines = EXAMPLE.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| hypothesis | {heading}"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_the_example_is_what_the_engine_says(engine: Engine) -> None:
    """If this fails because a table changed: ``python -m tests.worked_example``."""
    assert with_section(TEXT, section(engine)) == TEXT


def test_the_products_hold_by_hand() -> None:
    rows = _table("prior")
    assert len(rows) == len(SHOWN) + 2
    total = float(rows[-1][2])
    for _, product, weight, probability in rows[: len(SHOWN)]:
        factors = [float(x) for x in product.split(" × ")]
        assert math.isclose(math.prod(factors), float(weight), rel_tol=2e-3)
        assert math.isclose(float(weight) / total, float(probability), rel_tol=2e-3)
    assert math.isclose(sum(float(r[2]) for r in rows[:-1]), total, rel_tol=2e-3)
    assert math.isclose(sum(float(r[3]) for r in rows[:-1]), 1, rel_tol=2e-3)


def test_the_ratios_that_count_are_those_multiplied() -> None:
    counted: dict[str, list[float]] = {}
    for label, _, _, ratio, counts, _ in _table("finding"):
        if counts != "no":
            base, _, power = ratio.partition("^")
            factor = float(counts.removeprefix("× "))
            assert math.isclose(float(base) ** float(power or 1), factor, rel_tol=2e-3)
            counted.setdefault(label, []).append(factor)
    for label, product, _, _ in _table("prior")[: len(SHOWN)]:
        assert sorted(float(x) for x in product.split(" × ")[1:]) == sorted(counted.get(label, []))


def test_the_interval_holds_by_hand() -> None:
    numbers = {
        name: [float(x) for x in re.findall(r"-?\d+\.\d+", line)]
        for line in EXAMPLE.split("\n")
        if line.startswith("- ")
        for name in ("own variance", "others, which", "standard error", "logit: ln", "mapped back")
        if name in line
    }
    *parts, own = numbers["own variance"]
    assert math.isclose(sum(parts), own, rel_tol=2e-3)
    variance, error = numbers["standard error"]
    assert math.isclose(own + numbers["others, which"][0], variance, rel_tol=2e-3)
    assert math.isclose(math.sqrt(variance), error, rel_tol=2e-3)
    weight, rest, logit = numbers["logit: ln"]
    assert math.isclose(math.log(weight / rest), logit, rel_tol=2e-3)
    _, quantile, _, low, high, point = numbers["mapped back"]
    assert quantile == 1.96
    for end, shown in ((logit - 1.96 * error, low), (logit, point), (logit + 1.96 * error, high)):
        assert math.isclose(1 / (1 + math.exp(-end)), shown, rel_tol=5e-3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ancestorDamping", "to the power 0.5 (`ancestorDamping`)"),
        ("judgementBoundFactor", "a factor of 3 either way"),
        ("defaultBoundFactor", "a factor of 2 either way"),
        ("maxFindingProbability", "min(0.99, L × q)"),
    ],
)
def test_the_constants_of_the_page_are_those_of_the_table(name: str, said: str, engine: Engine) -> None:
    assert said in " ".join(TEXT.split())
    assert re.search(rf"\b{engine.ranker.tables.factor(name):g}\b", said)


def test_the_widening_of_another_setting_is_that_of_the_table(engine: Engine) -> None:
    assert "(ln 1.5)²" in TEXT
    assert math.isclose(engine.ranker.tables.factor("otherSettingSd"), math.log(1.5))


def test_every_setting_is_named(engine: Engine) -> None:
    assert all(f"`{setting}`" in TEXT for setting in engine.ranker.settings)
