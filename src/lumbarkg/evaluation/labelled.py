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


def read_labelled(
    content: bytes, engine: Engine, setting: str | None = None, buckets: tuple[Bucket, ...] = ()
) -> tuple[LabelledCase, ...]:
    """The labelled cases of a JSON Lines document, all in ``setting`` where one is given.

    Where a case names a bucket of ``buckets`` and no conditions, those of the bucket are expected.

    Raises InvalidInputError with every issue; a path begins with the number of the line, from 0.
    """
    issues: list[Issue] = []
    found: list[LabelledCase] = []
    seen: set[str] = set()
    table = {bucket.name: bucket.conditions for bucket in buckets}
    for number, line in enumerate(content.splitlines()):
        if not line.strip():
            continue
        try:
            case = _read_line(parse_json(line), engine, setting, table)
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


def _read_line(
    document: Any, engine: Engine, setting: str | None, buckets: Mapping[str, frozenset[Iri]]
) -> LabelledCase:
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
    label, label_issues = _label(str(identifier), expected, engine, buckets)
    issues += label_issues
    findings = case.get("findings")
    tests, test_issues = _tests(expected, len(findings) if isinstance(findings, list) else 0)
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


def _label(
    identifier: str, expected: Mapping[str, Any], engine: Engine, buckets: Mapping[str, frozenset[Iri]]
) -> tuple[Label, list[Issue]]:
    issues = [
        error("unknown-field", f"/expected/{name}", f"'{name}' is not known.", f"Known: {', '.join(_FIELDS)}.")
        for name in expected
        if name not in _FIELDS
    ]
    bucket = str(expected.get("bucket") or "all")
    if "conditions" not in expected and bucket in buckets:
        conditions = buckets[bucket]
    else:
        conditions = _conditions(expected, engine, issues)
    levels = known_levels(engine)
    triggers = tuple(
        Trigger(
            str(t.get("rule", "")),
            _level(t.get("level"), f"/expected/triggers/{n}/level", levels, issues),
            bool(t.get("needsTests")),
        )
        for n, t in enumerate(_list(expected, "triggers", dict, issues))
    )
    triage, convention = (
        tuple(
            _level(name, f"/expected/{field}/{n}", levels, issues)
            for n, name in enumerate(_list(expected, field, str, issues))
        )
        for field in ("triage", "triageConvention")
    )
    label = Label(
        id=identifier,
        bucket=bucket,
        conditions=conditions,
        kind=str(expected.get("kind") or ""),
        strict=bool(expected.get("strict", False)),
        confidence=str(expected.get("confidence") or ""),
        triage=triage,
        triage_convention=convention,
        triggers=triggers,
    )
    return label, issues


def _conditions(expected: Mapping[str, Any], engine: Engine, issues: list[Issue]) -> frozenset[Iri]:
    names = _list(expected, "conditions", str, issues)
    if not names:
        issues.append(
            error("missing-field", "/expected/conditions", "No condition is expected.", "List one or more conditions.")
        )
    found = [engine.lookup.resolve(n, v.CONDITION, f"/expected/conditions/{i}") for i, n in enumerate(names)]
    issues += [f for f in found if isinstance(f, Issue)]
    return frozenset(f for f in found if not isinstance(f, Issue))


def _list(expected: Mapping[str, Any], field: str, kind: type, issues: list[Issue]) -> list[Any]:
    """A field that may be left out and else lists values of one kind."""
    values = expected.get(field)
    if values is None:
        return []
    if isinstance(values, list) and all(isinstance(value, kind) for value in values):
        return values
    wanted = "objects" if kind is dict else "texts"
    issues.append(error("wrong-type", f"/expected/{field}", f"'{field}' is not a list of {wanted}.", "Send a list."))
    return []


def _level(name: Any, path: str, levels: tuple[str, ...], issues: list[Issue]) -> str:
    if name not in levels:
        issues.append(error("unknown-level", path, f"'{name}' is not a level.", f"Use {', '.join(levels)}."))
    return str(name)


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
