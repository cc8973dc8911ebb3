"""The differential: every hypothesis of the setting's table of priors, ranked, with what moved it."""

from __future__ import annotations

import math

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Differential, Entailments, EvidenceItem, Hypothesis, PatternMatch, Probability
from lumbarkg.ontology.evidence import EvidenceTables, PriorRow
from lumbarkg.ranking.likelihood import Observations, usable_rows, weigh_evidence
from lumbarkg.ranking.posterior import Weight, posteriors
from lumbarkg.reasoning.knowledge import Knowledge


class Ranker:
    """The evidence of one ontology, prepared once.

    Raises OntologyError where the ontology names no single reference hypothesis, a setting has no row for it, or one
    hypothesis of a setting subsumes another.
    """

    def __init__(self, knowledge: Knowledge, tables: EvidenceTables) -> None:
        self._knowledge, self.tables = knowledge, tables
        self._rows = usable_rows(tables)
        marked = knowledge.ontology.graph.with_predicate(v.REFERENCE_HYPOTHESIS)
        if len(marked) != 1:
            raise OntologyError("Exactly one condition must be marked lkg:referenceHypothesis.")
        self.reference = Iri(marked[0].subject)
        self._priors = {s: tuple(p for p in tables.priors if p.setting == s) for s in tables.settings()}
        for setting, rows in self._priors.items():
            self._check(setting, {row.condition for row in rows})

    def _check(self, setting: str, conditions: set[Iri]) -> None:
        if self.reference not in conditions:
            raise OntologyError(f"The priors of {setting} have no row for {self.reference}.")
        for condition in conditions:
            above = (self._knowledge.superclasses(condition) & conditions) - {condition}
            if above:
                raise OntologyError(f"{setting}: the hypothesis {condition} lies under {sorted(above)}.")

    @property
    def default_setting(self) -> str:
        """The setting of the first table of priors."""
        return next(iter(self._priors))

    def rank(self, entailments: Entailments, denied: frozenset[Iri], setting: str) -> Differential:
        """Rank the hypotheses of a setting by what the case shows.

        ``setting`` must have a table of priors: another setting's prior is never used (KeyError otherwise).
        """
        priors = self._priors[setting]
        seen = self._observe(entailments, denied)
        evidence = [weigh_evidence(self._rows.get(p.condition, ()), seen, setting, self.tables) for p in priors]
        weights = [
            Weight(
                math.log(float(prior.probability)) + math.fsum(math.log(i.ratio) for i in items if i.counted),
                self._prior_variance(prior) + math.fsum(i.variance for i in items if i.counted),
            )
            for prior, items in zip(priors, evidence, strict=True)
        ]
        results = posteriors(weights, self.tables.factor("boundQuantile"))
        order = sorted(range(len(priors)), key=lambda i: (-results[i].probability.value, priors[i].condition))
        hypotheses = tuple(
            Hypothesis(
                condition=priors[i].condition,
                rank=rank,
                pretest_probability=Probability(float(priors[i].probability)),
                posttest_probability=results[i].probability,
                interval=(results[i].low, results[i].high),
                prior_row=priors[i].id,
                evidence=evidence[i],
                patterns=self._patterns(entailments, priors[i].condition),
            )
            for rank, i in enumerate(order, start=1)
        )
        return Differential(
            setting=setting,
            reference=self.reference,
            hypotheses=hypotheses,
            also_consider=self._also_consider(entailments, {p.condition for p in priors}),
            not_assessed=self._not_assessed(priors, seen),
        )

    def _observe(self, entailments: Entailments, denied: frozenset[Iri]) -> Observations:
        direct: set[Iri] = set(entailments.types | entailments.exposure_types)
        present: set[Iri] = set(direct)
        for finding, types in entailments.finding_types:
            present |= types
            direct.add(finding.term)
            direct |= self._knowledge.most_specific(types)
        return Observations(frozenset(present), frozenset(direct), denied - present)

    def _prior_variance(self, prior: PriorRow) -> float:
        quantile = self.tables.factor("boundQuantile")
        if prior.low is not None and prior.high is not None and prior.low > 0:
            return ((math.log(prior.high) - math.log(prior.low)) / (2 * quantile)) ** 2
        bound = "judgementBoundFactor" if prior.status == "judgement" else "defaultBoundFactor"
        return (math.log(self.tables.factor(bound)) / quantile) ** 2

    def _patterns(self, entailments: Entailments, condition: Iri) -> tuple[PatternMatch, ...]:
        return tuple(m for m in entailments.patterns if self._knowledge.is_subclass(m.condition, condition))

    def _also_consider(
        self, entailments: Entailments, hypotheses: set[Iri]
    ) -> tuple[tuple[Iri, tuple[PatternMatch, ...]], ...]:
        """Suggested conditions that are no hypothesis of the table, nor a kind of one."""
        found: dict[Iri, list[PatternMatch]] = {}
        for match in entailments.patterns:
            if match.supports and not self._knowledge.superclasses(match.condition) & hypotheses:
                found.setdefault(match.condition, []).append(match)
        return tuple((condition, tuple(matches)) for condition, matches in sorted(found.items()))

    def _not_assessed(self, priors: tuple[PriorRow, ...], seen: Observations) -> tuple[Iri, ...]:
        """Findings that some row speaks of and the case says nothing about: they contribute 1."""
        asked = seen.present | seen.denied
        return tuple(
            sorted(
                {
                    row.row.finding
                    for prior in priors
                    for row in self._rows.get(prior.condition, ())
                    if row.row.finding is not None
                    and row.row.finding not in asked
                    and self._knowledge.is_subclass(row.row.finding, v.FINDING)
                }
            )
        )


def counted(hypothesis: Hypothesis) -> tuple[EvidenceItem, ...]:
    """The rows that entered the product of a hypothesis."""
    return tuple(item for item in hypothesis.evidence if item.counted)
