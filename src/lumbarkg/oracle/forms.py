"""The two forms in which a case is held against HermiT.

``HORN`` is the release: a denied finding puts its case under generated classes, and the two must derive the same.
``COMPLEMENT`` is the ontology as editors write it: a pattern says ``not (hasFinding some X)``, a case that denies X
says so too. There HermiT also reasons by cases (X is present or not), so the engine need not derive all that HermiT
does, but nothing else: it must be sound. What contradicts itself there, the engine must refuse, by its own reasoning or
by the closure of the denied findings at intake, and refuse nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lumbarkg.model import Case
from lumbarkg.oracle.answers import INCONSISTENT, Answer, Difference, differences, engine_answer, unsound
from lumbarkg.oracle.translate import CaseNodes, case_triples, complement_triples
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import find_contradictions


@dataclass(frozen=True)
class Form:
    """How the engine answers, what HermiT reads of a case, and where the two differ."""

    answer: Callable[[Case, Knowledge], Answer]
    state: Callable[[Case, int, Knowledge], tuple[CaseNodes, list[Triple]]]
    differences: Callable[[Answer, Answer], tuple[Difference, ...]]


def _answer_to_complement(case: Case, knowledge: Knowledge) -> Answer:
    """The engine's answer without the generated classes, which the form as edited has none of."""
    if find_contradictions(case, knowledge):
        return INCONSISTENT
    answer = engine_answer(case, knowledge)
    generated = frozenset(knowledge.denials.values())
    return replace(answer, types={place: classes - generated for place, classes in answer.types.items()})


def _state_complement(case: Case, number: int, _: Knowledge) -> tuple[CaseNodes, list[Triple]]:
    return complement_triples(case, number)


HORN = Form(engine_answer, case_triples, differences)
COMPLEMENT = Form(_answer_to_complement, _state_complement, unsound)
