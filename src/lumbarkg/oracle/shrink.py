"""A differing case → a minimal one: parts are taken out one at a time as long as the case still differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from lumbarkg.model import Case, Exposure, Finding

_Item = TypeVar("_Item")


def shrink(case: Case, disagrees: Callable[[Case], bool]) -> Case:
    """The smallest case found that still disagrees: without any one of its parts it no longer would.

    ``disagrees`` must hold of ``case``. Whole findings and exposures are tried before their qualifiers and numbers.
    """
    while True:
        shrunk = _one_pass(case, disagrees)
        if shrunk == case:
            return case
        case = shrunk


def smaller(case: Case) -> tuple[Case, ...]:
    """The case without one of its parts, for each part, the largest parts first."""
    found = [replace(case, findings=rest) for rest in _without_one(case.findings)]
    found += [replace(case, exposures=rest) for rest in _without_one(case.exposures)]
    if case.age is not None:
        found.append(replace(case, age=None))
    if case.sex is not None:
        found.append(replace(case, sex=None))
    for i, finding in enumerate(case.findings):
        found += [replace(case, findings=_with(case.findings, i, less)) for less in _less_finding(finding)]
    for i, exposure in enumerate(case.exposures):
        found += [replace(case, exposures=_with(case.exposures, i, less)) for less in _less_exposure(exposure)]
    return tuple(found)


def _one_pass(case: Case, disagrees: Callable[[Case], bool]) -> Case:
    """Try each part once; after a part has gone, the next one has moved into its place."""
    position, candidates = 0, smaller(case)
    while position < len(candidates):
        if disagrees(candidates[position]):
            case = candidates[position]
            candidates = smaller(case)
        else:
            position += 1
    return case


def _less_finding(finding: Finding) -> list[Finding]:
    return [
        *(replace(finding, qualifiers=rest) for rest in _without_one(finding.qualifiers)),
        *(replace(finding, quantities=rest) for rest in _without_one(finding.quantities)),
    ]


def _less_exposure(exposure: Exposure) -> list[Exposure]:
    return [
        *(replace(exposure, types=rest) for rest in _without_one(exposure.types)),
        *(replace(exposure, qualifiers=rest) for rest in _without_one(exposure.qualifiers)),
        *(replace(exposure, quantities=rest) for rest in _without_one(exposure.quantities)),
    ]


def _without_one(items: Sequence[_Item]) -> list[tuple[_Item, ...]]:
    return [(*items[:i], *items[i + 1 :]) for i in range(len(items))]


def _with(items: Sequence[_Item], position: int, item: _Item) -> tuple[_Item, ...]:
    return (*items[:position], item, *items[position + 1 :])
