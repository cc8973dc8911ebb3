"""The evaluation: every labelled case assessed in each of its forms, and all figures over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lumbarkg.assessment import Engine, make_engine
from lumbarkg.evaluation.bootstrap import Estimate, estimate
from lumbarkg.evaluation.calibration import Bin, expected_calibration_error, first_cause_forecasts, reliability
from lumbarkg.evaluation.labelled import Bucket, LabelledCase, known_levels
from lumbarkg.evaluation.metrics import METRICS, mean
from lumbarkg.evaluation.misses import Miss, explain_miss
from lumbarkg.evaluation.outcome import Outcome, score_case
from lumbarkg.evaluation.urgency import (
    TriggerCheck,
    Undetectable,
    Urgency,
    check_triggers,
    judge_urgency,
    list_undetectable,
)
from lumbarkg.reasoning.triage import NOT_ENOUGH_ASKED

ALL, STRICT = "all", "strict"
JUDGEMENT = "judgement"


@dataclass(frozen=True)
class Figures:
    """The figures of a group of cases, each with its interval."""

    group: str
    cases: int
    refused: int
    metrics: tuple[tuple[str, Estimate], ...]
    not_enough_asked: float

    def metric(self, name: str) -> Estimate:
        """One figure with its interval. Raises KeyError where there is none of that name."""
        return dict(self.metrics)[name]


@dataclass(frozen=True)
class Run:
    """One way of running the cases: with or without tests, with or without judgement rows."""

    name: str
    with_tests: bool
    with_judgement: bool
    outcomes: tuple[Outcome, ...]
    groups: tuple[Figures, ...]
    buckets: tuple[Figures, ...]
    calibration: tuple[Bin, ...]
    calibration_error: float
    by_source: Urgency
    by_convention: Urgency
    triggers: TriggerCheck
    undetectable: Undetectable
    misses: tuple[Miss, ...]


@dataclass(frozen=True)
class Evaluation:
    """All runs over one file of cases; the first is the headline."""

    runs: tuple[Run, ...]
    levels: tuple[str, ...]
    settings: tuple[tuple[str, int], ...]
    ontology_version: str
    ontology_digest: str
    resamples: int
    seed: int

    @property
    def headline(self) -> Run:
        """Findings from history and examination only, all rows of evidence."""
        return self.runs[0]


def evaluate(
    cases: Sequence[LabelledCase],
    engine: Engine,
    buckets: tuple[Bucket, ...] = (),
    *,
    resamples: int = 1000,
    seed: int = 1,
) -> Evaluation:
    """Run the cases in every way; ``buckets`` is the table that takes hypotheses together.

    The same cases, engine, ``resamples`` and ``seed`` give the same evaluation.
    """
    without = without_judgement(engine)
    levels = known_levels(engine)
    plan = (
        ("history and examination", False, engine),
        ("with tests", True, engine),
        ("history and examination, judgement rows off", False, without),
        ("with tests, judgement rows off", True, without),
    )
    settings = [case.full.setting for case in cases]
    return Evaluation(
        runs=tuple(
            _run_cases(
                name,
                cases,
                used,
                levels,
                buckets,
                with_tests=tests,
                with_judgement=used is engine,
                draws=(resamples, seed),
            )
            for name, tests, used in plan
        ),
        levels=levels,
        settings=tuple((s, settings.count(s)) for s in sorted(set(settings))),
        ontology_version=engine.version,
        ontology_digest=engine.digest,
        resamples=resamples,
        seed=seed,
    )


def without_judgement(engine: Engine) -> Engine:
    """The same engine without likelihood ratios that rest on judgement; priors stay, for a ranking needs all."""
    tables = engine.ranker.tables
    rows = tuple(row for row in tables.likelihood_ratios if row.lr_origin != JUDGEMENT)
    return make_engine(
        engine.knowledge, engine.terms, replace(tables, likelihood_ratios=rows), engine.shapes, engine.digest
    )


def _run_cases(
    name: str,
    cases: Sequence[LabelledCase],
    engine: Engine,
    levels: tuple[str, ...],
    buckets: tuple[Bucket, ...],
    *,
    with_tests: bool,
    with_judgement: bool,
    draws: tuple[int, int],
) -> Run:
    outcomes = tuple(score_case(c, c.full if with_tests else c.history, engine, buckets) for c in cases)
    strict = [o for o in outcomes if o.label.strict]
    names = sorted({o.label.bucket for o in outcomes})
    bins = reliability(first_cause_forecasts(outcomes))
    misses = [miss for o in outcomes if (miss := explain_miss(o, engine.ranker.tables)) is not None]
    return Run(
        name=name,
        with_tests=with_tests,
        with_judgement=with_judgement,
        outcomes=outcomes,
        groups=(_figures(ALL, outcomes, draws), *([_figures(STRICT, strict, draws)] if strict else [])),
        buckets=tuple(_figures(b, [o for o in outcomes if o.label.bucket == b], draws) for b in names),
        calibration=bins,
        calibration_error=expected_calibration_error(bins),
        by_source=judge_urgency(outcomes, levels, by_convention=False),
        by_convention=judge_urgency(outcomes, levels, by_convention=True),
        triggers=check_triggers(outcomes, levels, with_tests=with_tests),
        undetectable=list_undetectable(outcomes, levels, with_tests=with_tests),
        misses=tuple(sorted(misses, key=lambda m: m.id)),
    )


def _figures(group: str, outcomes: Sequence[Outcome], draws: tuple[int, int]) -> Figures:
    resamples, seed = draws
    return Figures(
        group=group,
        cases=len(outcomes),
        refused=sum(not o.placed for o in outcomes),
        metrics=tuple((n, estimate(m, outcomes, resamples=resamples, seed=seed)) for n, m in METRICS.items()),
        not_enough_asked=mean([o.level == NOT_ENOUGH_ASKED for o in outcomes]),
    )
