"""Labelled cases in phrases → labelled cases in the terms of the ontology, by tables alone.

    python tools/convert_cases.py cases.jsonl > converted.jsonl

Reads one JSON object a line (id, kind, bucket, age, sex, onset, activity, present, absent, …) and writes case JSON with
``expected`` fields, as docs/evaluation.md describes. Every step is a row of a table in tests/cases/; a phrase that no
table knows is an error, and all of them are named at once. Nothing here looks at a diagnosis to choose a term.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TABLES = Path(__file__).resolve().parent.parent / "tests" / "cases"
_NUMBERS = {"severity", "hoursAfterExercise", "durationHours", "value"}
_EXPRESSION = re.compile(r"(?P<denied>not )?(?P<term>\w+)(\((?P<qualifiers>[^)]*)\))?")


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a table of tests/cases/."""
    with (TABLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


class Converter:
    """The tables, read once."""

    def __init__(self) -> None:
        self._phrases = {row["phrase"]: row for row in read_table("finding_phrases.tsv")}
        self._onsets = {row["phrase"]: row["findings"] for row in read_table("onset_phrases.tsv")}
        self._activities = {row["phrase"]: row for row in read_table("activity_phrases.tsv")}
        self._settings = {row["kind"]: row for row in read_table("kind_settings.tsv")}
        self._levels = {row["word"]: row["levels"].split(", ") for row in read_table("triage_words.tsv")}
        self._buckets: dict[str, list[str]] = {}
        for row in read_table("bucket_conditions.tsv"):
            self._buckets.setdefault(row["bucket"], []).append(row["condition"])
        self._parts: dict[str, set[str]] = {}
        for row in read_table("trigger_phrases.tsv"):
            self._parts.setdefault(row["phrase"], set()).add(row["part"])
        self._rules = read_table("trigger_rules.tsv")

    def unknown(self, source: dict[str, Any]) -> Iterator[str]:
        """What no table knows of a case, as ``table: phrase``."""
        for phrase in [*source["present"], *source["absent"]]:
            if phrase not in self._phrases:
                yield f"finding_phrases.tsv: {phrase}"
        for field, table, name in (
            ("onset", self._onsets, "onset_phrases.tsv"),
            ("activity", self._activities, "activity_phrases.tsv"),
            ("kind", self._settings, "kind_settings.tsv"),
            ("bucket", self._buckets, "bucket_conditions.tsv"),
        ):
            if source[field] is not None and source[field] not in table:
                yield f"{name}: {source[field]}"

    def convert(self, source: dict[str, Any]) -> dict[str, Any]:
        """One case in our terms."""
        findings: list[dict[str, Any]] = []
        tests: list[int] = []
        age = source["age"]
        for phrase, status in [(p, "present") for p in source["present"]] + [(p, "absent") for p in source["absent"]]:
            row = self._phrases[phrase]
            stated, stated_age = _findings_of(row, status)
            age = stated_age if age is None and stated_age is not None else age
            if row["test"] or phrase in source["present_tests"]:
                tests.extend(range(len(findings), len(findings) + len(stated)))
            findings.extend(stated)
        present = {f["finding"] for f in findings if "status" not in f}
        # A case is one moment, a report may span days: what was present at some time outweighs its denial at another.
        kept = [i for i, f in enumerate(findings) if "status" not in f or f["finding"] not in present]
        findings, tests = [findings[i] for i in kept], [n for n, i in enumerate(kept) if i in tests]
        activity = self._activities.get(source["activity"] or "", {"exposures": "", "findings": ""})
        findings.extend(_expressions(self._onsets.get(source["onset"] or "", ""), "present"))
        findings.extend(_expressions(activity["findings"], "present"))
        case: dict[str, Any] = {
            "id": source["id"],
            "setting": self._setting(source["kind"], activity["exposures"]),
            "age": age,
            "sex": {"female": "Female", "male": "Male"}.get(source["sex"]),
            "exposures": [_fields(part) for part in activity["exposures"].split(" + ") if part],
            "findings": findings,
            "expected": self._expected(source, age, tests),
        }
        return {field: value for field, value in case.items() if value is not None and value != []}

    def _setting(self, kind: str, exposures: str) -> str:
        """The setting whose priors fit, by the kind of the source and whether an exercise is told of."""
        return self._settings[kind]["setting_with_exercise" if "exercise=" in exposures else "setting"]

    def _expected(self, source: dict[str, Any], age: int | None, tests: list[int]) -> dict[str, Any]:
        gold, convention = source["gold_triage"], source["triage_convention"]
        return {
            "bucket": source["bucket"],
            "conditions": self._buckets[source["bucket"]],
            "kind": source["kind"],
            "strict": source["strict"],
            "confidence": source["label_confidence"],
            "triage": self._levels[gold] if gold else None,
            "triageConvention": self._levels[convention] if convention else None,
            "tests": tests,
            "triggers": list(self._triggers(source, age)),
        }

    def _triggers(self, source: dict[str, Any], age: int | None) -> Iterator[dict[str, Any]]:
        """The rules whose trigger the phrases contain, found by phrases alone; ``needsTests`` where a test is part."""
        everything = [*source["present"], *([source["activity"]] if source["activity"] else [])]
        tests = {p for p in source["present"] if p in source["present_tests"] or self._phrases[p]["test"]}
        parts = self._parts_of(everything)
        from_history = self._parts_of(p for p in everything if p not in tests)
        seen = set()
        for rule in self._rules:
            wanted = set(rule["parts"].split(" + "))
            old_enough = not rule["age_from"] or (age is not None and age >= int(rule["age_from"]))
            older = not rule["age_over"] or (age is not None and age > int(rule["age_over"]))
            if wanted <= parts and old_enough and older and rule["rule"] not in seen:
                seen.add(rule["rule"])
                yield {"rule": rule["rule"], "level": rule["level"], "needsTests": not wanted <= from_history}

    def _parts_of(self, phrases: Iterable[str]) -> set[str]:
        return {part for phrase in phrases for part in self._parts.get(phrase, ())}


def _findings_of(row: dict[str, str], status: str) -> tuple[list[dict[str, Any]], int | None]:
    """The findings of one phrase, and the age that it states; a denied phrase denies its main term only."""
    fields = _fields(row["qualifiers"])
    if "age" in fields:
        return [], int(fields["age"])
    polarity = fields.pop("status", "present")
    if status == "absent":
        # The denial of a negative is no report of the positive.
        plain = {name: value for name, value in fields.items() if name not in _NUMBERS}
        return ([{"finding": row["term"], "status": "absent", **plain}] if polarity == "present" else []), None
    main = {"finding": row["term"], **({"status": "absent"} if polarity == "absent" else {}), **fields}
    return [main, *_expressions(row["also"], "present")], None


def _expressions(text: str, status: str) -> list[dict[str, Any]]:
    """``Term(field=value; …) + not Term`` as findings of case JSON."""
    found = []
    for part in filter(None, text.split(" + ")):
        match = _EXPRESSION.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"not an expression: {part!r}")
        denied = bool(match["denied"]) or status == "absent"
        found.append(
            {
                "finding": match["term"],
                **({"status": "absent"} if denied else {}),
                **_fields(match["qualifiers"] or ""),
            }
        )
    return found


def _fields(text: str) -> dict[str, Any]:
    """``name=value; name=value, value`` as fields of case JSON."""
    fields: dict[str, Any] = {}
    for part in filter(None, (p.strip() for p in text.split(";"))):
        name, value = part.split("=")
        if value in ("true", "false"):
            fields[name] = value == "true"
        elif name in _NUMBERS or name == "hoursBeforeOnset":
            fields[name] = float(value) if "." in value else int(value)
        elif name == "character":
            fields[name] = value.split(", ")
        else:
            fields[name] = value
    return fields


def convert_file(lines: Iterable[str]) -> str:
    """The converted file. Raises ValueError naming every phrase that no table knows."""
    converter, sources = Converter(), [json.loads(line) for line in lines if line.strip()]
    unknown = sorted({problem for source in sources for problem in converter.unknown(source)})
    if unknown:
        raise ValueError("No table knows\n" + "\n".join(unknown))
    return "".join(json.dumps(converter.convert(source), ensure_ascii=False) + "\n" for source in sources)


def main() -> int:
    """Convert the file that the command line names to standard output."""
    parser = argparse.ArgumentParser(description="Convert labelled cases in phrases to case JSON.")
    parser.add_argument("cases", type=Path)
    try:
        sys.stdout.write(convert_file(parser.parse_args().cases.read_text("utf-8").splitlines()))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
