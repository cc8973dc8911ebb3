"""Labelled cases: JSON lines of case JSON with ``id`` and ``expected`` → values, every issue of every line at once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, read_case
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import parse_json
from lumbarkg.issues import Issue, error
from lumbarkg.model import Case
from lumbarkg.reasoning.triage import NOT_ENOUGH_ASKED, SELF_CARE

_FIELDS = (
    "bucket",
    "conditions",
    "kind",
    "strict",
    "confidence",
    "triage",
    "triageConvention",
    "tests",
    "triggers",
)


@dataclass(frozen=True)
class Trigger:
    """A triage rule whose trigger the case's own words contain, found without the engine, and the level it sets."""

    rule: str
    level: str
    needs_tests: bool = False


@dataclass(frozen=True)
class Label:
    """What is expected of a case.

    ``conditions`` are the classes of which one must be named: they and what lies below them count. ``triage`` holds the
    levels that are right according to the source, ``triage_convention`` those of a fixed table; either may be empty.
    """

    id: str
    bucket: str
    conditions: frozenset[Iri]
    kind: str = ""
    strict: bool = False
    confidence: str = ""
    triage: tuple[str, ...] = ()
    triage_convention: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True)
class Bucket:
    """A coarse diagnosis, and the classes that it takes together: they and what lies below them."""

    name: str
    conditions: frozenset[Iri]


@dataclass(frozen=True)
class LabelledCase:
    """A case with all its findings, the same without laboratory and imaging results, and its label."""

    label: Label
    full: Case
    history: Case


def read_labelled(content: bytes, engine: Engine, setting: str | None = None) -> tuple[LabelledCase, ...]:
    """The labelled cases of a JSON Lines document, all in ``setting`` where one is given.

    Raises InvalidInputError with every issue; a path begins with the number of the line, from 0.
    """
    issues: list[Issue] = []
    found: list[LabelledCase] = []
    seen: set[str] = set()
    for number, line in enumerate(content.splitlines()):
        if not line.strip():
            continue
        try:
            case = _read_line(parse_json(line), engine, setting)
        except InvalidInputError as refused:
            issues += [Issue(i.severity, i.code, f"/{number}{i.path}", i.message, i.remedy) for i in refused.issues]
            continue
        if case.label.id in seen:
            issues.append(error("duplicate-id", f"/{number}/id", f"The id '{case.label.id}' stands twice.", "Rename."))
        seen.add(case.label.id)
        found.append(case)
    if not found and not issues:
        issues.append(error("no-cases", "", "The file holds no case.", "Write one JSON object a line."))
    if issues:
        raise InvalidInputError(tuple(issues))
    return tuple(found)


def _read_line(document: Any, engine: Engine, setting: str | None) -> LabelledCase:
    if not isinstance(document, dict):
        raise InvalidInputError((error("wrong-type", "", "A labelled case is a JSON object.", "One object a line."),))
    case = dict(document)
    identifier, expected = case.pop("id", None), case.pop("expected", None)
    if setting is not None:
        case["setting"] = setting
    issues: list[Issue] = []
    if not isinstance(identifier, str) or not identifier:
        issues.append(error("missing-field", "/id", "A labelled case has an id.", "Give it a text."))
    if not isinstance(expected, dict):
        issues.append(error("missing-field", "/expected", "What is expected is missing.", "See docs/evaluation.md."))
        expected = {}
    label, label_issues = _label(str(identifier), expected, engine)
    issues += label_issues
    tests, test_issues = _tests(expected, len(case.get("findings") or ()))
    issues += test_issues
    try:
        full = read_case(case, engine)
        kept = [f for i, f in enumerate(case["findings"]) if i not in tests]
        history = read_case({**case, "findings": kept}, engine)
    except InvalidInputError as refused:
        raise InvalidInputError((*issues, *refused.issues)) from refused
    if issues:
        raise InvalidInputError(tuple(issues))
    return LabelledCase(label, full, history)


def _label(identifier: str, expected: Mapping[str, Any], engine: Engine) -> tuple[Label, list[Issue]]:
    issues = [
        error("unknown-field", f"/expected/{name}", f"'{name}' is not known.", f"Known: {', '.join(_FIELDS)}.")
        for name in expected
        if name not in _FIELDS
    ]
    conditions = []
    names = expected.get("conditions")
    if not isinstance(names, list) or not names:
        issues.append(
            error("missing-field", "/expected/conditions", "No condition is expected.", "List one or more conditions.")
        )
        names = []
    for index, name in enumerate(names):
        resolved = engine.lookup.resolve(str(name), v.CONDITION, f"/expected/conditions/{index}")
        if isinstance(resolved, Issue):
            issues.append(resolved)
        else:
            conditions.append(resolved)
    levels = known_levels(engine)
    triage = {field: tuple(expected.get(field) or ()) for field in ("triage", "triageConvention")}
    triggers = tuple(
        Trigger(str(t.get("rule", "")), str(t.get("level", "")), bool(t.get("needsTests", False)))
        for t in expected.get("triggers") or ()
    )
    for field, values in (*triage.items(), ("triggers", tuple(t.level for t in triggers))):
        issues += [
            error("unknown-level", f"/expected/{field}", f"'{value}' is not a level.", f"Use {', '.join(levels)}.")
            for value in values
            if value not in levels
        ]
    label = Label(
        id=identifier,
        bucket=str(expected.get("bucket") or "all"),
        conditions=frozenset(conditions),
        kind=str(expected.get("kind") or ""),
        strict=bool(expected.get("strict", False)),
        confidence=str(expected.get("confidence") or ""),
        triage=triage["triage"],
        triage_convention=triage["triageConvention"],
        triggers=triggers,
    )
    return label, issues


def _tests(expected: Mapping[str, Any], findings: int) -> tuple[frozenset[int], list[Issue]]:
    """The places of the findings that are laboratory or imaging results."""
    places = expected.get("tests") or []
    if isinstance(places, list) and all(isinstance(p, int) and 0 <= p < findings for p in places):
        return frozenset(places), []
    return frozenset(), [
        error("wrong-type", "/expected/tests", "It must list places in findings, from 0.", "Count from 0.")
    ]


def read_buckets(content: str, engine: Engine) -> tuple[Bucket, ...]:
    """The table from bucket to conditions: TSV with the columns bucket and condition, one condition a row.

    Raises InvalidInputError with every issue.
    """
    issues: list[Issue] = []
    found: dict[str, set[Iri]] = {}
    rows = csv.DictReader(content.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows):
        resolved = engine.lookup.resolve(row.get("condition") or "", v.CONDITION, f"/{number}/condition")
        if isinstance(resolved, Issue):
            issues.append(resolved)
        else:
            found.setdefault(row.get("bucket") or "", set()).add(resolved)
    if issues:
        raise InvalidInputError(tuple(issues))
    return tuple(Bucket(name, frozenset(conditions)) for name, conditions in found.items())


def known_levels(engine: Engine) -> tuple[str, ...]:
    """The names of the levels, most urgent first; the last two tie."""
    return (*(level.name for level in engine.rules.levels if level.rank > 0), SELF_CARE, NOT_ENOUGH_ASKED)
