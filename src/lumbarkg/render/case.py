"""A case as the JSON document that intake reads, so that what is shown of it can be sent to the engine as it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY
from lumbarkg.model import Case, Exposure, Finding, Status

_FLAGS = {v.UNACCUSTOMED_EXPOSURE: "unaccustomed", v.HEAVY_LOAD_EXPOSURE: "heavyLoad"}
_LISTS = frozenset({"faults"})


def case_document(case: Case) -> dict[str, Any]:
    """The document of a case."""
    document: dict[str, Any] = {}
    if case.age is not None:
        document["age"] = _number(case.age)
    if case.sex is not None:
        document["sex"] = case.sex.local_name
    if case.setting:
        document["setting"] = case.setting
    if case.exposures:
        document["exposures"] = [_exposure(e) for e in case.exposures]
    document["findings"] = [_finding(f) for f in case.findings]
    return document


def _finding(finding: Finding) -> dict[str, Any]:
    entry: dict[str, Any] = {"finding": finding.term.local_name}
    if finding.status is not Status.PRESENT:
        entry["status"] = finding.status.value
    return {**entry, **_stated(finding.qualifiers, finding.quantities)}


def _exposure(exposure: Exposure) -> dict[str, Any]:
    flags = {
        _FLAGS[cls]: stated
        for stated, types in ((True, exposure.types), (False, exposure.excluded_types))
        for cls in types
    }
    return {**_stated(exposure.qualifiers, exposure.quantities), **flags}


def _stated(qualifiers: tuple[tuple[Iri, Iri], ...], quantities: tuple[tuple[Iri, Decimal], ...]) -> dict[str, Any]:
    terms: dict[str, list[str]] = {}
    for prop, term in qualifiers:
        terms.setdefault(FIELD_OF_PROPERTY[prop], []).append(term.local_name)
    single = {name: found if len(found) > 1 or name in _LISTS else found[0] for name, found in terms.items()}
    return {**single, **{FIELD_OF_PROPERTY[prop]: _number(number) for prop, number in quantities}}


def _number(number: Decimal) -> int | float:
    """The number as JSON writes it; what a person enters survives the way through a float unchanged."""
    return int(number) if number == number.to_integral_value() else float(number)
