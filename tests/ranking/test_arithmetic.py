"""The written rules for rows, one by one, on made-up tables: which is used, with what ratio and variance."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables, LikelihoodRow
from lumbarkg.ranking.contributions import Contributions, Weighed
from lumbarkg.ranking.rows import ABSENT, PRESENT, log_variance, usable_rows

CONDITION, FINDING, OTHER = Iri("urn:x:Condition"), Iri("urn:x:Finding"), Iri("urn:x:Other")
SETTING = "gym"
BLANK = LikelihoodRow(
    id="A",
    finding=FINDING,
    condition=CONDITION,
    target="",
    setting="gym",
    reference_standard="",
    n=None,
    sensitivity=None,
    specificity=None,
    lr_positive=Decimal(4),
    lr_negative=Decimal("0.5"),
    lr_positive_interval=None,
    lr_negative_interval=None,
    lr_origin="published",
    row_kind="finding",
    range_end="",
    range_of="",
    cluster="one",
    not_used_because="",
    reference="",
    status="abstract",
    note="made up",
)


@pytest.fixture
def factors(engine: Engine) -> EvidenceTables:
    return engine.ranker.tables


def _tables(factors: EvidenceTables, *rows: LikelihoodRow) -> EvidenceTables:
    return replace(factors, likelihood_ratios=rows)


def _weigh(factors: EvidenceTables, *rows: LikelihoodRow, direct: bool = True, denied: bool = False) -> Weighed:
    tables = _tables(factors, *rows)
    found = Contributions((CONDITION,), usable_rows(tables), SETTING, tables, lambda _: True)
    seen = frozenset(r.finding for r in rows if r.finding is not None)
    active = found.active((), frozenset(), seen) if denied else found.active(seen, seen if direct else frozenset(), ())
    return found.weigh(active)[0]


def _counted(weighed: Weighed) -> list[str]:
    return [i.row for i in weighed.items if i.counted]


# ---------------------------------------------------------------- conflicting rows on one finding

BETTER = {
    "published before judged": (
        {"setting": "clinic", "status": "unverified"},
        {"lr_origin": "judgement", "status": "judgement", "setting": "", "lr_positive": Decimal(5)},
        "published, not judged",
    ),
    "the setting of the case": (
        {"status": "unverified", "n": 10},
        {"setting": "clinic", "n": 5000},
        "measured in the setting of the case",
    ),
    "the better verified": ({"status": "secondary"}, {"status": "unverified", "n": 5000}, "better verified"),
    "the larger": ({"n": 200}, {"n": 100}, "from more patients"),
    "the first of equals": ({"id": "A"}, {"id": "B"}, "the first by id of equals"),
}


@pytest.mark.parametrize("name", BETTER)
@pytest.mark.parametrize("swapped", [False, True])
def test_of_two_rows_on_one_finding_one_is_used_and_both_are_shown(
    name: str, swapped: bool, factors: EvidenceTables
) -> None:
    better, worse, why = BETTER[name]
    # Under two names of clusters too: one answer to one question counts once.
    rows = [replace(BLANK, **{"id": "A", **better}), replace(BLANK, **{"id": "B", "cluster": "two", **worse})]
    weighed = _weigh(factors, *(rows[::-1] if swapped else rows))
    assert _counted(weighed) == ["A"]
    assert {i.row: i.reason for i in weighed.items}["B"] == f"row A on the same finding is used: {why}"
    assert len(weighed.items) == 2


# ---------------------------------------------------------------- clusters


def test_the_strongest_of_a_cluster_counts(factors: EvidenceTables) -> None:
    weak, strong = BLANK, replace(BLANK, id="B", finding=OTHER, lr_positive=Decimal("0.1"))
    weighed = _weigh(factors, weak, strong)
    assert _counted(weighed) == ["B"]
    assert math.isclose(math.exp(weighed.log), 0.1)


def test_in_a_tie_the_one_nearer_one_counts(factors: EvidenceTables) -> None:
    five, fifth = (
        replace(BLANK, lr_positive=Decimal(5)),
        replace(BLANK, id="B", finding=OTHER, lr_positive=Decimal("0.2")),
    )
    assert _counted(_weigh(factors, five, fifth)) == ["B"]
    assert _counted(_weigh(factors, replace(five, id="B"), replace(fifth, id="A"))) == ["A"]


def test_a_score_counts_before_a_pattern_and_a_pattern_before_findings(factors: EvidenceTables) -> None:
    finding = replace(BLANK, id="F", lr_positive=Decimal(50))
    pattern = replace(BLANK, id="P", finding=OTHER, row_kind="pattern", lr_positive=Decimal(3))
    score = replace(BLANK, id="S", finding=Iri("urn:x:Score"), row_kind="score", lr_positive=Decimal("1.5"))
    assert _counted(_weigh(factors, finding, pattern)) == ["P"]
    assert _counted(_weigh(factors, finding, pattern, score)) == ["S"]
    reasons = {i.row: i.reason for i in _weigh(factors, finding, pattern, score).items}
    assert "in place of the other rows of its cluster" in reasons["S"]
    assert reasons["F"] == reasons["P"] == "row S counts for the cluster one"


def test_clusters_multiply(factors: EvidenceTables) -> None:
    weighed = _weigh(factors, BLANK, replace(BLANK, id="B", finding=OTHER, cluster="two", lr_positive=Decimal("2.5")))
    assert math.isclose(math.exp(weighed.log), 10)


# ---------------------------------------------------------------- ratios


def test_a_blank_ratio_contributes_one_and_no_ratio_is_made_of_the_other(factors: EvidenceTables) -> None:
    weighed = _weigh(factors, replace(BLANK, lr_negative=None), denied=True)
    assert (weighed.log, weighed.variance, _counted(weighed)) == (0, 0, [])
    assert weighed.items[0].reason == "no ratio is known for a finding that is absent"
    assert weighed.items[0].published_ratio is None


def test_a_row_with_a_reason_not_to_be_used_is_shown_and_not_counted(factors: EvidenceTables) -> None:
    weighed = _weigh(factors, replace(BLANK, not_used_because="measured among other people"))
    assert weighed.log == 0
    assert weighed.items[0].reason == "measured among other people"


def test_an_ancestor_is_damped(factors: EvidenceTables) -> None:
    full, damped = _weigh(factors, BLANK), _weigh(factors, BLANK, direct=False)
    power = factors.factor("ancestorDamping")
    assert math.isclose(damped.log, power * full.log)
    assert math.isclose(damped.variance, power**2 * full.variance)


def test_the_ends_of_a_range_are_one_row(factors: EvidenceTables) -> None:
    low = replace(BLANK, id="A1", range_end="low", range_of="A", lr_positive=Decimal(2), lr_negative=None)
    high = replace(BLANK, id="A2", range_end="high", range_of="A", lr_positive=Decimal(8), lr_negative=None)
    weighed = _weigh(factors, low, high)
    assert _counted(weighed) == ["A1+A2"]
    assert math.isclose(math.exp(weighed.log), 4)
    assert math.isclose(weighed.variance, ((math.log(8) - math.log(2)) / (2 * 1.96)) ** 2)
    assert weighed.items[0].variance_from == "range of published ratios"


# ---------------------------------------------------------------- variances

STUDY = replace(BLANK, n=200, sensitivity=Decimal("0.8"), specificity=Decimal("0.9"))


@pytest.mark.parametrize(
    ("row", "state", "expected", "source"),
    [
        (
            replace(STUDY, lr_positive_interval=(Decimal(2), Decimal(8))),
            PRESENT,
            (math.log(4) / 3.92) ** 2,
            "published interval",
        ),
        (STUDY, PRESENT, 0.2 / (100 * 0.8) + 0.9 / (100 * 0.1), "sensitivity, specificity and n"),
        (STUDY, ABSENT, 0.8 / (100 * 0.2) + 0.1 / (100 * 0.9), "sensitivity, specificity and n"),
        (BLANK, PRESENT, (math.log(2) / 1.96) ** 2, "default bound"),
        (replace(STUDY, specificity=Decimal(1)), PRESENT, (math.log(2) / 1.96) ** 2, "default bound"),
        (
            replace(STUDY, lr_positive_interval=(Decimal(0), Decimal(8)), n=None),
            PRESENT,
            (math.log(2) / 1.96) ** 2,
            "default bound",
        ),
        (replace(STUDY, lr_origin="judgement"), PRESENT, (math.log(3) / 1.96) ** 2, "judgement bound"),
    ],
)
def test_the_variance_comes_from_the_best_that_a_row_gives(
    row: LikelihoodRow, state: str, expected: float, source: str, factors: EvidenceTables
) -> None:
    usable = usable_rows(_tables(factors, row))[CONDITION][0]
    here, elsewhere = (log_variance(usable, state, matches, factors) for matches in (True, False))
    assert here[1] == source
    assert math.isclose(here[0], expected, rel_tol=1e-12)
    assert math.isclose(elsewhere[0] - here[0], math.log(1.5) ** 2, rel_tol=1e-9)


def test_a_row_of_another_setting_is_widened_and_marked(factors: EvidenceTables) -> None:
    here, elsewhere = _weigh(factors, BLANK), _weigh(factors, replace(BLANK, setting="clinic"))
    assert elsewhere.log == here.log
    assert elsewhere.variance > here.variance
    assert [w.items[0].setting_matches for w in (here, elsewhere)] == [True, False]
