"""Which question tells the likely causes apart best, and whether any could still change the first three."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Entailments, Question
from lumbarkg.ontology.owl import EquivalentClasses, Facet, Named, Some, conjuncts
from lumbarkg.ranking.contributions import choice_of
from lumbarkg.ranking.gain import Askable, Questions
from lumbarkg.ranking.rank import Ranker, Setting, Standing
from lumbarkg.ranking.rows import UsableRow
from lumbarkg.reasoning.knowledge import Knowledge

MOST_SHOWN = 5
MOST_SEPARATED = 3
SMALLEST_GAIN = 0.001
"""Bits; a question that promises less is shown only where its answer could change the first three."""


@dataclass(frozen=True)
class Detail:
    """A class of cases that one number on a finding decides: ``classes`` of the finding, ``property`` of the number."""

    cls: Iri
    classes: frozenset[Iri]
    property: Iri


@dataclass(frozen=True)
class Chosen:
    """The questions that tell causes apart best, and whether the answer to any could change the first three."""

    questions: tuple[Question, ...]
    could_change: bool


class QuestionChooser:
    """The questions of an ontology that tell causes apart, prepared once.

    ``not_self_reportable`` are findings that a person cannot be asked about.
    """

    def __init__(self, knowledge: Knowledge, ranker: Ranker, not_self_reportable: frozenset[Iri]) -> None:
        self._knowledge, self._ranker = knowledge, ranker
        self._graph = knowledge.ontology.graph
        self._not_self_reportable = not_self_reportable
        self._stated_rates = {
            iri: (float(row.cells["probability"]), row.id)
            for row in ranker.tables.table("reference_rates")
            for _, iri in row.terms
        }
        self._details = {d.cls: d for d in self._read_details()}
        ceiling = ranker.tables.factor("maxFindingProbability")
        self.questions = {
            name: Questions(self._askable(setting), setting, ceiling) for name, setting in ranker.settings.items()
        }

    # ------------------------------------------------------------ what can be asked

    def _read_details(self) -> tuple[Detail, ...]:
        found = []
        for axiom in self._knowledge.ontology.axioms:
            if isinstance(axiom, EquivalentClasses) and axiom.named.iri in self._stated_rates:
                parts = [p for p in conjuncts(axiom.definition) if p != Named(v.PATIENT_CASE)]
                if len(parts) == 1 and isinstance(parts[0], Some) and parts[0].property == v.HAS_FINDING:
                    inner = conjuncts(parts[0].filler)
                    named = frozenset(p.iri for p in inner if isinstance(p, Named))
                    facets = [p for p in inner if isinstance(p, Facet)]
                    if len(facets) == 1 and len(named) + 1 == len(inner):
                        found.append(Detail(axiom.named.iri, named, facets[0].property))
        return tuple(found)

    def _askable(self, setting: Setting) -> tuple[Askable, ...]:
        contributions, knowledge = setting.contributions, self._knowledge
        rates = self._rates(setting)
        found = []
        for finding in contributions.findings:
            if finding in self._not_self_reportable or finding not in rates or not self._words(finding):
                continue
            above = sorted((knowledge.superclasses(finding) - {finding}) & contributions.classes)
            below = sorted(knowledge.subclasses(finding) & contributions.classes)
            yes = (*contributions.direct[finding], *(n for c in above for n in contributions.inherited[c]))
            no = tuple(n for c in below for n in contributions.denied[c])
            found.append(Askable(finding, *rates[finding], yes, no))
        found.extend(
            Askable(cls, *self._stated_rates[cls], contributions.direct[cls], ())
            for cls in sorted(self._details.keys() & contributions.classes)
            if self._words(self._details[cls].property)
        )
        return tuple(found)

    def _words(self, iri: Iri) -> str:
        return self._graph.text(iri, v.QUESTION)

    def _rates(self, setting: Setting) -> dict[Iri, tuple[float, str]]:
        """Finding → how often it comes with the reference hypothesis, and the row that says so.

        A row of reference_rates.tsv, else 1 − specificity of the row in use: the first, in the order of use, of the
        rows on the finding that have one.
        """
        best: dict[Iri, UsableRow] = {}
        for condition in setting.conditions:
            for row in self._ranker.rows.get(condition, ()):
                specificity = row.row.specificity
                if row.row.not_used_because or specificity is None or not 0 < specificity < 1:
                    continue
                known = best.get(row.finding)
                if known is None or choice_of(row, setting.name) < choice_of(known, setting.name):
                    best[row.finding] = row
        found = {f: (float(1 - r.row.specificity), r.ids) for f, r in best.items() if r.row.specificity is not None}
        return {**found, **self._stated_rates}

    # ------------------------------------------------------------ what is worth asking

    def choose(self, standing: Standing, entailments: Entailments, skipped: frozenset[Iri]) -> Chosen:
        """The questions with the largest gain; ``skipped`` are asked for another reason, or cannot be answered."""
        questions = self.questions[standing.setting.name]
        outlook = questions.outlook(standing)
        is_open = self._open(questions, standing, entailments, skipped)
        changes = outlook.changes & is_open
        worth = is_open & ((outlook.gains >= SMALLEST_GAIN) | changes)
        gains = np.where(worth, outlook.gains, -1.0)
        best = np.argsort(-gains, kind="stable")[:MOST_SHOWN]
        numbers = best[worth[best]].tolist()
        chosen = []
        separated = questions.separates(numbers, outlook, standing, MOST_SEPARATED)
        for number, separates in zip(numbers, separated, strict=True):
            gain = float(gains[number])
            asked = questions.askable[number]
            detail = self._details.get(asked.cls)
            if detail is None:
                kind, term, prop = "finding", asked.cls, None
            else:
                kind, term, prop = "quantity", self._lacking(detail, entailments)[0], detail.property
            chosen.append(
                Question(
                    kind=kind,
                    term=term,
                    question=self._words(prop or term),
                    reason=f"Tells the likely causes apart: expected gain {gain:.3f} bits.",
                    property=prop,
                    gain=gain,
                    reference_rate=asked.rate,
                    rate_row=asked.row,
                    separates=separates,
                    rows=questions.rows_of(number, outlook),
                )
            )
        return Chosen(tuple(chosen), could_change=bool(changes.any()))

    def _open(
        self, questions: Questions, standing: Standing, entailments: Entailments, skipped: frozenset[Iri]
    ) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        seen, found = standing.seen, np.ones(len(questions.askable), dtype=bool)
        settled = questions.classes & (seen.present | seen.denied | skipped)
        found[[questions.index[cls] for cls in settled]] = False
        for cls, detail in self._details.items():
            number = questions.index.get(cls)
            if number is not None and (detail.property in skipped or not self._lacking(detail, entailments)):
                found[number] = False
        return found

    def _lacking(self, detail: Detail, entailments: Entailments) -> list[Iri]:
        """The present findings that the number would decide about, and that do not state it."""
        return [
            finding.term
            for finding, types in entailments.finding_types
            if detail.classes <= types and finding.quantity(detail.property) is None
        ]
