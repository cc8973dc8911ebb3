"""The differential: every hypothesis of the setting's table of priors, ranked, with what moved it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Differential, Entailments, EvidenceItem, Hypothesis, PatternMatch, Probability
from lumbarkg.ontology.evidence import EvidenceTables, PriorRow
from lumbarkg.ranking.also_consider import AlsoConsider
from lumbarkg.ranking.contributions import Contributions, Figures, Key, Weighed
from lumbarkg.ranking.observe import Observations, Observer
from lumbarkg.ranking.posterior import Floats, Posterior, posteriors
from lumbarkg.ranking.rows import JUDGEMENT, usable_rows
from lumbarkg.reasoning.knowledge import Knowledge


@dataclass(frozen=True)
class Standing:
    """The numbers behind a differential, in the order of the table of priors.

    ``logs`` are ln weights, ``order`` the indices of the hypotheses from the first to the last.
    """

    setting: Setting
    seen: Observations
    weighed: tuple[Weighed, ...]
    logs: Floats
    posterior: Posterior
    order: tuple[int, ...]


class Setting:
    """One setting's priors and evidence, prepared once."""

    def __init__(
        self, name: str, priors: tuple[PriorRow, ...], contributions: Contributions, tables: EvidenceTables
    ) -> None:
        self.name, self.priors, self.contributions = name, priors, contributions
        self.conditions = tuple(p.condition for p in priors)
        self.prior_probabilities = tuple(Probability(float(p.probability)) for p in priors)
        by_name = sorted(range(len(priors)), key=lambda i: self.conditions[i])
        self.place_by_name = np.argsort(by_name)
        """The place of each hypothesis in the order of names, which decides between equal probabilities."""
        self.prior_logs = np.array([math.log(float(p.probability)) for p in priors])
        self.prior_variances = np.array([_prior_variance(p, tables) for p in priors])


class Ranker:
    """The evidence of one ontology, prepared once.

    Raises OntologyError where the ontology names no single reference hypothesis, a setting has no row for it, or one
    hypothesis of a setting subsumes another.
    """

    def __init__(self, knowledge: Knowledge, tables: EvidenceTables) -> None:
        self._knowledge, self.tables = knowledge, tables
        self.rows = usable_rows(tables)
        marked = knowledge.ontology.graph.with_predicate(v.REFERENCE_HYPOTHESIS)
        if len(marked) != 1:
            raise OntologyError("Exactly one condition must be marked lkg:referenceHypothesis.")
        self.reference = Iri(marked[0].subject)
        self._quantile = tables.factor("boundQuantile")
        made: dict[Key, Figures] = {}
        self.settings = {name: self._setting(name, made) for name in tables.settings()}
        classes = frozenset(cls for s in self.settings.values() for cls in s.contributions.classes)
        negative = frozenset(r.finding for rows in self.rows.values() for r in rows if r.lr_negative is not None)
        self._observer = Observer(classes, negative, knowledge)
        self._also = AlsoConsider(knowledge)

    def _setting(self, name: str, made: dict[Key, Figures]) -> Setting:
        priors = tuple(p for p in self.tables.priors if p.setting == name)
        conditions = tuple(p.condition for p in priors)
        if self.reference not in conditions:
            raise OntologyError(f"The priors of {name} have no row for {self.reference}.")
        for condition in conditions:
            above = (self._knowledge.superclasses(condition) & set(conditions)) - {condition}
            if above:
                raise OntologyError(f"{name}: the hypothesis {condition} lies under {sorted(above)}.")
        contributions = Contributions(
            conditions, self.rows, name, self.tables, lambda cls: self._knowledge.is_subclass(cls, v.FINDING), made
        )
        return Setting(name, priors, contributions, self.tables)

    @property
    def default_setting(self) -> str:
        """The setting of the first table of priors."""
        return next(iter(self.settings))

    def weigh(self, case: Case, entailments: Entailments, denied: frozenset[Iri]) -> Standing:
        """Weigh the hypotheses of the case's setting by what the case shows.

        The setting must have a table of priors: another setting's prior is never used (KeyError otherwise).
        """
        setting = self.settings[case.setting]
        seen = self._observer.observe(case, entailments, denied)
        contributions = setting.contributions
        weighed = contributions.weigh(contributions.active(seen.present, seen.direct, seen.denied))
        logs = setting.prior_logs + np.array([w.log for w in weighed])
        variances = setting.prior_variances + np.array([w.variance for w in weighed])
        posterior = posteriors(logs, variances, self._quantile)
        order = np.lexsort((setting.place_by_name, -posterior.probabilities))
        return Standing(setting, seen, weighed, logs, posterior, tuple(order.tolist()))

    def rank(self, standing: Standing, entailments: Entailments) -> Differential:
        """The differential of weighed hypotheses."""
        setting, posterior = standing.setting, standing.posterior
        points, low, high = posterior.probabilities.tolist(), posterior.low.tolist(), posterior.high.tolist()
        patterns = self._patterns(entailments, setting)
        hypotheses = tuple(
            Hypothesis(
                condition=setting.conditions[i],
                rank=rank,
                pretest_probability=setting.prior_probabilities[i],
                posttest_probability=Probability(points[i]),
                interval=(Probability(low[i]), Probability(high[i])),
                prior_row=setting.priors[i].id,
                evidence=standing.weighed[i].items,
                patterns=patterns.get(i, ()),
            )
            for rank, i in enumerate(standing.order, start=1)
        )
        return Differential(
            setting=setting.name,
            reference=self.reference,
            hypotheses=hypotheses,
            also_consider=self._also.consider(hypotheses[0], entailments, setting.conditions),
            with_rows=setting.contributions.findings,
            assessed=standing.seen.present | standing.seen.denied,
        )

    def _patterns(self, entailments: Entailments, setting: Setting) -> dict[int, tuple[PatternMatch, ...]]:
        found: dict[int, tuple[PatternMatch, ...]] = {}
        for match in entailments.patterns:
            above = self._knowledge.superclasses(match.condition)
            for index, condition in enumerate(setting.conditions):
                if condition in above:
                    found[index] = (*found.get(index, ()), match)
        return found


def _prior_variance(prior: PriorRow, tables: EvidenceTables) -> float:
    """The variance of ln prior: from its interval, else from the bound of a judgement or of a published figure."""
    quantile = tables.factor("boundQuantile")
    if prior.low is not None and prior.high is not None and 0 < prior.low < prior.high:
        return ((math.log(prior.high) - math.log(prior.low)) / (2 * quantile)) ** 2
    bound = "judgementBoundFactor" if prior.status == JUDGEMENT else "defaultBoundFactor"
    return (math.log(tables.factor(bound)) / quantile) ** 2


def counted(hypothesis: Hypothesis) -> tuple[EvidenceItem, ...]:
    """The rows that entered the product of a hypothesis."""
    return tuple(item for item in hypothesis.evidence if item.counted)
