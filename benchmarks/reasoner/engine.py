"""Every call that the benchmark makes into our own reasoner: what changes there is followed here and nowhere else.

What the reasoner does not offer yet raises NotAvailableError, which the benchmark prints in place of a figure.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.ontology.read import Ontology, read_ontology
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer
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
    """How the justifications of one suggestion are computed, and how many there were in the end."""

    condition: Iri
    justifications: int
    are_all: bool
    """False as long as the reasoner gives one justification a pattern and not all of them."""


class Reasoner:
    """Our reasoner over one ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self._take(Knowledge(ontology))

    @classmethod
    def load(cls, release: Path) -> Reasoner:
        """The reasoner over a release folder, by the quickest way that there is."""
        try:
            load_knowledge = _attribute("lumbarkg.reasoning.knowledge", "load_knowledge")
        except NotAvailableError:
            return cls(read_ontology(Graph(parse((release / "lumbarkg.ttl").read_bytes(), source="lumbarkg.ttl"))))
        loaded = cls.__new__(cls)
        loaded._take(load_knowledge(release))
        return loaded

    def _take(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    # ------------------------------------------------------------ one case

    def answer(self, case: Case) -> Answer:
        """The types and suggestions of one case, without proofs: the call whose latency is measured."""
        realised = realise(case, self.knowledge)
        knowledge = self.knowledge
        role = knowledge.rules.roles.get(v.SUGGESTS)
        targets = realised.root.links.get(role, {}) if role is not None else {}
        conditions = knowledge.subclasses(v.CONDITION)
        suggested = frozenset(c for target in targets for c in knowledge.named(target)) & conditions
        return Answer(knowledge.named(realised.root), suggested)

    def forget(self) -> None:
        """Drop what is remembered of expressions, so that those of the next case have never been seen."""
        forget = getattr(self.knowledge, "forget", None)
        if forget is not None:
            forget()
            return
        for name in ("expression_context", "denied_classes"):
            cache = getattr(getattr(self.knowledge, name, None), "cache_clear", None)
            if cache is None:
                raise NotAvailableError("the expression cache cannot be cleared")
            cache()

    # ------------------------------------------------------------ many cases

    def answer_all(self, cases: Iterable[Case]) -> Iterator[Answer]:
        """The same of many cases, streaming.

        Raises NotAvailableError where there is no bulk path.
        """
        classify_cases = _attribute("lumbarkg.reasoning.bulk", "classify_cases")
        for found in classify_cases(cases, self.knowledge):
            yield Answer(found.types, found.suggests)

    def run_through(self, cases: Iterable[Case]) -> int:
        """Answer many cases by the bulk path without reading the answers; how many there were.

        Raises NotAvailableError where there is no bulk path.
        """
        classify_cases = _attribute("lumbarkg.reasoning.bulk", "classify_cases")
        number = 0
        for _ in classify_cases(cases, self.knowledge):
            number += 1
        return number

    @staticmethod
    def has_bulk() -> bool:
        """Whether there is a bulk path."""
        try:
            _attribute("lumbarkg.reasoning.bulk", "classify_cases")
        except NotAvailableError:
            return False
        return True

    # ------------------------------------------------------------ proofs

    def justify(self, case: Case, condition: Iri) -> Why:
        """All minimal justifications of one suggestion, nothing remembered; today one for each pattern.

        Raises NotAvailableError where the case is suggested nothing by a pattern of its own.
        """
        explainer, realised = Explainer(self.knowledge), realise(case, self.knowledge)
        justify_all = getattr(explainer, "justify_all", None)
        if justify_all is not None:
            return Why(condition, len(tuple(justify_all(realised, condition))), True)
        found = 0
        rules, types = self.knowledge.rules, self.knowledge.named(realised.root)
        for pattern in sorted(types):
            for role, key, axiom in rules.exists_right.get(self.knowledge.known(pattern), ()):
                name = rules.names[key[0]]
                if role == rules.roles.get(v.SUGGESTS) and name is not None:
                    if self.knowledge.is_subclass(name, condition):
                        explainer.justify_pattern(realised, pattern, v.SUGGESTS, name, axiom)
                        found += 1
        if not found:
            raise NotAvailableError(f"no pattern of the case suggests {condition}")
        return Why(condition, found, False)

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
