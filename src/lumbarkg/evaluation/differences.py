"""What two releases answer differently to the same cases: urgency, rules, the first causes, and their probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lumbarkg.assessment import ContradictoryCaseError, Engine, assess, read_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import parse_json
from lumbarkg.issues import Issue, error


@dataclass(frozen=True)
class UnlabelledCase:
    """A case document as it was read, to be given to either release."""

    id: str
    document: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What one release says to a case; ``refused`` where it was not ranked, with the reasons."""

    level: str
    complete: bool
    rules: frozenset[str]
    ranking: tuple[tuple[Iri, float], ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """One difference: the kind, what it concerns ('' for the case), and the two values, '' where there is none."""

    kind: str
    subject: str
    old: str
    new: str


@dataclass(frozen=True)
class CaseDifference:
    """All changes to one case's answer."""

    id: str
    changes: tuple[Change, ...]


def read_documents(content: bytes) -> tuple[UnlabelledCase, ...]:
    """The cases of a JSON Lines document; ``id`` and ``expected`` are set aside, a case without id is named by line.

    Raises InvalidInputError with every issue.
    """
    issues: list[Issue] = []
    found: list[UnlabelledCase] = []
    for number, line in enumerate(content.splitlines()):
        if not line.strip():
            continue
        try:
            document = parse_json(line)
        except InvalidInputError as refused:
            issues += [Issue(i.severity, i.code, f"/{number}{i.path}", i.message, i.remedy) for i in refused.issues]
            continue
        if not isinstance(document, dict):
            issues.append(error("wrong-type", f"/{number}", "A case is a JSON object.", "Write one object a line."))
            continue
        case = {name: value for name, value in document.items() if name not in ("id", "expected")}
        found.append(UnlabelledCase(str(document.get("id") or f"line {number + 1}"), case))
    if not found and not issues:
        issues.append(error("no-cases", "", "The file holds no case.", "Write one JSON object a line."))
    if issues:
        raise InvalidInputError(tuple(issues))
    return tuple(found)


def answer(case: UnlabelledCase, engine: Engine) -> Answer:
    """What a release says to a case; a case that it cannot read is an answer too."""
    try:
        assessment = assess(read_case(case.document, engine), engine)
    except ContradictoryCaseError as refused:
        disposition = refused.disposition
        rules = frozenset(m.pattern.local_name for m in disposition.rules)
        return Answer(disposition.level, disposition.complete, rules, (), tuple(map(str, refused.issues)))
    except InvalidInputError as refused:
        return Answer("", False, frozenset(), (), tuple(map(str, refused.issues)))
    return Answer(
        level=assessment.disposition.level,
        complete=assessment.disposition.complete,
        rules=frozenset(m.pattern.local_name for m in assessment.disposition.rules),
        ranking=tuple((h.condition, h.posttest_probability.value) for h in assessment.differential.hypotheses),
    )


def compare_releases(
    cases: tuple[UnlabelledCase, ...], old: Engine, new: Engine, threshold: float
) -> tuple[CaseDifference, ...]:
    """The cases whose answers differ, in their order; a probability counts when it moves by more than ``threshold``."""
    found = []
    for case in cases:
        changes = tuple(compare_answers(answer(case, old), answer(case, new), threshold))
        if changes:
            found.append(CaseDifference(case.id, changes))
    return tuple(found)


def compare_answers(old: Answer, new: Answer, threshold: float) -> Iterator[Change]:
    """Every change from one answer to another; none between equal answers."""
    if old.refused != new.refused:
        yield Change("refused", "", "; ".join(old.refused), "; ".join(new.refused))
    if (old.level, old.complete) != (new.level, new.complete):
        yield Change("triage", "", _level(old), _level(new))
    for rule in sorted(old.rules - new.rules):
        yield Change("rule", rule, "fired", "")
    for rule in sorted(new.rules - old.rules):
        yield Change("rule", rule, "", "fired")
    if not old.ranking or not new.ranking:
        return
    first = old.ranking[0][0], new.ranking[0][0]
    if first[0] != first[1]:
        yield Change("first", "", first[0].local_name, first[1].local_name)
    three = [", ".join(c.local_name for c, _ in a.ranking[:3]) for a in (old, new)]
    if three[0] != three[1]:
        yield Change("firstThree", "", *three)
    before, after = dict(old.ranking), dict(new.ranking)
    for condition in sorted(before.keys() | after.keys()):
        was, now = before.get(condition), after.get(condition)
        if was is None or now is None or abs(now - was) > threshold:
            yield Change("posttest", condition.local_name, _percent(was), _percent(now))


def _level(given: Answer) -> str:
    return f"{given.level}{'' if given.complete else ', not complete'}" if given.level else ""


def _percent(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.1%}"
