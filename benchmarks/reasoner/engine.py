"""Every call that the benchmark makes into our own reasoner: what changes there is followed here and nowhere else.

What the reasoner does not offer yet raises NotAvailableError, which the benchmark prints in place of a figure.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

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


class NotAvailableError(Exception):
    """Our reasoner does not offer yet what is to be measured."""


@dataclass(frozen=True)
class Answer:
    """What a reasoner says of a case: its named classes, and the conditions that it suggests."""

    types: frozenset[str]
    suggests: frozenset[str]


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
        self._take(Knowledge(ontology))

    @classmethod
    def load(cls, release: Path) -> Reasoner:
        """The reasoner over a release folder, by the quickest way that there is."""
        loaded = cls.__new__(cls)
        try:
            load_knowledge = _attribute("lumbarkg.reasoning.tables", "load_knowledge")
        except NotAvailableError:
            triples = parse((release / "lumbarkg.ttl").read_bytes(), source="lumbarkg.ttl")
            loaded._take(Knowledge(read_ontology(Graph(triples))))
        else:
            loaded._take(load_knowledge(release))
        return loaded

    def _take(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

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
        """Drop as well what is remembered of the vocabulary: as if each term of the next case were new, too."""
        self.knowledge.forget()
        for owner, name in ((self.knowledge, "_fillers"), (self.knowledge.program, "_reached")):
            memory = getattr(owner, name, None)
            if not isinstance(memory, dict):
                raise NotAvailableError(f"{type(owner).__name__}.{name}, what is remembered of terms, is not there")
            memory.clear()

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

    # ------------------------------------------------------------ what the workload asks

    def is_fit(self, case: Case) -> bool:
        """Whether a case contradicts nothing and is complete as it stands, without a bilateral finding to be added."""
        return not find_contradictions(case, self.knowledge) and add_bilateral_findings(case, self.knowledge) == case


def _attribute(module: str, name: str) -> Any:
    """Something of our reasoner that may not be there yet. Raises NotAvailableError."""
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as problem:
        raise NotAvailableError(f"{module}.{name} is not available yet") from problem
