"""Every call that the benchmark makes into our own reasoner: what changes there is followed here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.ontology.read import Ontology, read_ontology
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.bulk import classify_cases
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer, Goal
from lumbarkg.reasoning.realise import add_bilateral_findings, find_contradictions, realise


@dataclass(frozen=True)
class Answer:
    """What a reasoner says of a case: its named classes, and the conditions that it suggests."""

    types: frozenset[Iri]
    suggests: frozenset[Iri]


@dataclass(frozen=True)
class Why:
    """The minimal justifications of one suggestion: how many, and whether there are no others."""

    justifications: int
    are_all: bool


_MOST_JUSTIFICATIONS = 100
"""The most that ``/why`` can be asked for."""


class Reasoner:
    """Our reasoner over one ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.knowledge = Knowledge(ontology)

    @classmethod
    def load(cls, release: Path) -> Reasoner:
        """The reasoner over a release folder, as the server loads it."""
        triples = parse((release / "lumbarkg.ttl").read_bytes(), source="lumbarkg.ttl")
        return cls(read_ontology(Graph(triples)))

    @cached_property
    def _explainer(self) -> Explainer:
        return Explainer(self.knowledge)

    # ------------------------------------------------------------ one case

    def answer(self, case: Case) -> Answer:
        """The types and suggestions of one case, without proofs: the call whose latency is measured."""
        realised = realise(case, self.knowledge)
        return Answer(realised.types, realised.spoken(v.SUGGESTS))

    def forget(self) -> None:
        """Drop what is remembered of expressions, so that those of the next case have never been seen."""
        self.knowledge.forget()

    def forget_terms(self) -> None:
        """Drop as well what is remembered of the vocabulary: as if each term of the next case were new, too.

        The reasoner itself never does, since the vocabulary bounds it: hence its private memories are named here.
        """
        self.knowledge.forget()
        self.knowledge._fillers.clear()
        self.knowledge.program._reached.clear()

    # ------------------------------------------------------------ many cases

    def answer_all(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """The same of many cases by the bulk path, streaming."""
        for found in classify_cases(cases, self.knowledge):
            yield Answer(found.types, found.suggests)

    def run_through(self, cases: Iterable[Case]) -> Iterator[object]:
        """The answers of the bulk path as they come, for those who only measure."""
        return iter(classify_cases(cases, self.knowledge))

    # ------------------------------------------------------------ proofs

    def justify(self, case: Case, condition: Iri) -> Why:
        """All minimal justifications of one suggestion of a case, up to as many as ``/why`` gives."""
        goal = Goal(condition, v.SUGGESTS)
        found = self._explainer.justify_all(realise(case, self.knowledge), goal, _MOST_JUSTIFICATIONS)
        return Why(len(found.found), found.complete)

    # ------------------------------------------------------------ what the workload and the comparison ask

    def is_fit(self, case: Case) -> bool:
        """Whether a case contradicts nothing and is complete as it stands, without a bilateral finding to be added."""
        return not find_contradictions(case, self.knowledge) and add_bilateral_findings(case, self.knowledge) == case


def without_numbers(case: Case) -> Case:
    """The case as someone reads it who ignores numbers: without age and quantities."""
    return replace(
        case,
        findings=tuple(replace(f, quantities=()) for f in case.findings),
        exposures=tuple(replace(e, quantities=()) for e in case.exposures),
        age=None,
    )
