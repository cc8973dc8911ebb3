"""An interview: one question after another, each answer put into the case, until none is worth asking.

Nothing is kept between two questions but the case itself: an answer that is not known is the status ``unknown``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, read_draft
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY
from lumbarkg.model import Assessment, Question, Status

Document = dict[str, Any]
MOST_QUESTIONS = 1000
"""An interview ends here; each question is asked once, so that it ends long before: there are fewer questions."""


class Answer(Enum):
    """An answer to a question for a finding."""

    YES = Status.PRESENT.value
    NO = Status.ABSENT.value
    NOT_KNOWN = Status.UNKNOWN.value


Value = Decimal | Iri
Respond = Callable[[Question], Answer | Value | None]
"""Answers a question: yes, no or not known, a number or a term; None ends the interview."""


@dataclass(frozen=True)
class Step:
    """Where an interview stands: the assessment of the case so far, and the next questions."""

    assessment: Assessment

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to ask next, the first first."""
        return self.assessment.next_questions

    @property
    def stop(self) -> bool:
        """Whether no answer that is still open would change the first three or the triage."""
        return self.assessment.stop


def next_step(document: Document, engine: Engine, skipped: frozenset[Iri] = frozenset()) -> Step:
    """The next questions of a case as far as it is told.

    Findings with the status unknown count as asked, and so do ``skipped`` properties. Raises InvalidInputError
    with every issue of the case, ContradictoryCaseError where it contradicts itself.
    """
    draft = read_draft(document, engine)
    return Step(assess(draft.case(), engine, frozenset(draft.not_known) | skipped))


def with_answer(document: Document, question: Question, answer: Answer | Value) -> Document:
    """The case with one more answer; one that is not known leaves numbers and qualifiers as they are."""
    if question.property is None:
        if not isinstance(answer, Answer):
            raise ValueError(f"'{question.question}' is answered with yes, no or not known, not with {answer}.")
        entry = {"finding": question.term.local_name, "status": answer.value}
        return {**document, "findings": [*document.get("findings", []), entry]}
    if isinstance(answer, Answer):
        return document
    field, value = FIELD_OF_PROPERTY[question.property], _plain(answer)
    if question.term == v.PATIENT_CASE:
        return {**document, field: value}
    return {
        **document,
        "findings": [
            {**f, field: value} if _is_about(f, question) and field not in f else f for f in document["findings"]
        ],
    }


def _is_about(entry: Document, question: Question) -> bool:
    """Whether an entry is the present finding that a question about a detail means."""
    name = str(entry.get("finding", ""))
    return entry.get("status", Status.PRESENT.value) == Status.PRESENT.value and name in (
        question.term.local_name,
        str(question.term),
        f"lkg:{question.term.local_name}",
    )


def _plain(value: Value) -> Decimal | str:
    return value if isinstance(value, Decimal) else value.local_name


@dataclass(frozen=True)
class Interview:
    """How an interview went: the case at its end, the questions in the order of asking, the last assessment."""

    document: Document
    asked: tuple[Question, ...]
    assessment: Assessment
    stopped: bool


def hold_interview(document: Document, engine: Engine, respond: Respond) -> Interview:
    """Ask the first question again and again, until none is worth asking or the level can rise no further.

    An answer that contradicts the case is not taken: its question counts as not known.
    """
    asked: dict[tuple[Iri | None, Iri], Question] = {}
    skipped: set[Iri] = set()
    highest = max(level.rank for level in engine.rules.levels)
    step = next_step(document, engine)
    while not step.stop and step.assessment.disposition.rank < highest and len(asked) < MOST_QUESTIONS:
        question = next((q for q in step.questions if (q.property, q.term) not in asked), None)
        answer = None if question is None else respond(question)
        if question is None or answer is None:
            break
        asked[question.property, question.term] = question
        if question.property is not None and answer is Answer.NOT_KNOWN:
            skipped.add(question.property)
        told = with_answer(document, question, answer)
        try:
            step = next_step(told, engine, frozenset(skipped))
            document = told
        except ContradictoryCaseError:
            skipped.add(question.property or question.term)
            step = next_step(document, engine, frozenset(skipped))
    return Interview(document, tuple(asked.values()), step.assessment, step.stop)
