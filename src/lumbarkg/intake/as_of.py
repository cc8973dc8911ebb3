"""``asOf``: the same case, assessed later. Time moves durations and nothing else.

A finding that began 18 hours after exercise did so for good; how long it has lasted grows with the hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.issues import Issue, error
from lumbarkg.model import Case, Finding

AS_OF, REPORTED_AT = "asOf", "reportedAt"
_MOST_HOURS = Decimal(24 * 366 * 10)
_REMEDY = (
    f"Give '{AS_OF}' as hours after the report, or as a moment (ISO 8601 with time zone) together with '{REPORTED_AT}'."
)


def read_as_of(document: Mapping[str, Any]) -> tuple[Decimal, tuple[Issue, ...]]:
    """The hours from the report to the moment of assessment, 0 where the case names none; and what is wrong."""
    as_of, reported_at = document.get(AS_OF), document.get(REPORTED_AT)
    if as_of is None:
        issues = () if reported_at is None else _moment(reported_at, REPORTED_AT)[1]
        return Decimal(0), issues
    if isinstance(as_of, str):
        hours, issues = _between(reported_at, as_of)
    elif isinstance(as_of, bool) or not isinstance(as_of, int | float | Decimal):
        return Decimal(0), (error("wrong-type", f"/{AS_OF}", f"'{AS_OF}' is neither hours nor a moment.", _REMEDY),)
    else:
        # A float can only come from Python; its shortest form is the decimal that its writer meant.
        hours = Decimal(repr(as_of)) if isinstance(as_of, float) else Decimal(as_of)
        issues = () if reported_at is None else _moment(reported_at, REPORTED_AT)[1]
    if not issues and not (hours.is_finite() and 0 <= hours <= _MOST_HOURS):
        message = f"The moment of assessment lies {hours} hours after the report; it must be 0 to {_MOST_HOURS}."
        return Decimal(0), (error("out-of-range", f"/{AS_OF}", message, _REMEDY),)
    return hours, issues


def _between(reported_at: Any, as_of: str) -> tuple[Decimal, tuple[Issue, ...]]:
    if reported_at is None:
        message = f"'{AS_OF}' is a moment, but '{REPORTED_AT}' does not say when the findings were reported."
        return Decimal(0), (error("missing-field", f"/{REPORTED_AT}", message, _REMEDY),)
    (start, start_issues), (end, end_issues) = _moment(reported_at, REPORTED_AT), _moment(as_of, AS_OF)
    if start is None or end is None:
        return Decimal(0), (*start_issues, *end_issues)
    passed = end - start
    # In minutes: durations are told in hours, and a decimal with many places would say more than is known.
    minutes = passed.days * 24 * 60 + passed.seconds // 60
    return (Decimal(minutes) / 60).quantize(Decimal("0.01")), ()


def _moment(value: Any, name: str) -> tuple[datetime | None, tuple[Issue, ...]]:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None, (error("wrong-type", f"/{name}", f"'{name}' is no moment in ISO 8601.", _REMEDY),)
    if moment.tzinfo is None:
        return None, (error("wrong-type", f"/{name}", f"'{name}' names no time zone.", _REMEDY),)
    return moment, ()


def assess_later(case: Case, hours: Decimal) -> Case:
    """The case so many hours later: present findings have lasted longer, where their duration is known."""
    if hours == 0:
        return case
    return replace(
        case,
        findings=tuple(_later(f, hours) for f in case.findings),
        as_of_hours=case.as_of_hours + hours,
    )


def _later(finding: Finding, hours: Decimal) -> Finding:
    moved = tuple((p, n + hours if p == v.DURATION_HOURS else n) for p, n in finding.quantities)
    return replace(finding, quantities=moved)
