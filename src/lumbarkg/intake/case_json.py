"""A case as JSON → a draft in RDF with a JSON Pointer for every node.

The draft is what the shapes look at; only a draft without errors becomes a ``Case``. Numbers are read as decimals,
never as floats. A field that is not known is an error: nothing is dropped in silence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.as_of import AS_OF, REPORTED_AT, assess_later, read_as_of
from lumbarkg.intake.lookup import TermLookup
from lumbarkg.issues import Issue, error, has_errors
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.rdf.terms import Triple, decimal_literal

CASE_NODE = Iri("urn:lumbarkg:case#")
_MAX_FINDINGS = 500
_MOST_DIGITS = 12
_MOST_SUGGESTED = 20
"""Past so many issues no near names are looked for: a hostile case would buy seconds of work with one request."""

# JSON field → (property, root class of its values)
FINDING_TERMS = {
    "location": (v.LOCATED_IN, v.ANATOMICAL_STRUCTURE),
    "radiatesTo": (v.RADIATES_TO, v.ANATOMICAL_STRUCTURE),
    "character": (v.HAS_CHARACTER, v.FINDING_CHARACTER),
    "laterality": (v.HAS_LATERALITY, v.LATERALITY),
    "course": (v.HAS_COURSE, v.COURSE),
    "aggravatedBy": (v.AGGRAVATED_BY, v.MODIFYING_FACTOR),
    "relievedBy": (v.RELIEVED_BY, v.MODIFYING_FACTOR),
}
FINDING_NUMBERS = {
    "severity": v.SEVERITY_SCORE,
    "hoursAfterExercise": v.HOURS_AFTER_EXERCISE,
    "durationHours": v.DURATION_HOURS,
    "value": v.MEASURED_VALUE,
}
EXPOSURE_TERMS = {"exercise": (v.OF_EXERCISE, v.EXERCISE), "faults": (v.WITH_FAULT, v.TECHNIQUE_FAULT)}
EXPOSURE_NUMBERS = {"hoursBeforeOnset": v.HOURS_BEFORE_ONSET}
EXPOSURE_FLAGS = {"unaccustomed": v.UNACCUSTOMED_EXPOSURE, "heavyLoad": v.HEAVY_LOAD_EXPOSURE}
_STATUSES = {status.value: status for status in Status}
_CASE_FIELDS = ("setting", "age", "sex", REPORTED_AT, AS_OF, "exposures", "findings")
_FINDING_FIELDS = ("finding", "status", *FINDING_TERMS, *FINDING_NUMBERS)
_EXPOSURE_FIELDS = (*EXPOSURE_TERMS, *EXPOSURE_NUMBERS, *EXPOSURE_FLAGS)

ROOT_OF_PROPERTY = dict((FINDING_TERMS | EXPOSURE_TERMS).values())
"""Property → the root class of its values."""

FIELD_OF_PROPERTY = {
    **{prop: name for name, (prop, _) in (FINDING_TERMS | EXPOSURE_TERMS).items()},
    **{prop: name for name, prop in (FINDING_NUMBERS | EXPOSURE_NUMBERS).items()},
    v.AGE_YEARS: "age",
    v.HAS_SEX: "sex",
}
"""Property → the JSON field that states it, so that a shape's verdict finds its place in the input."""


def parse_json(text: bytes) -> Any:
    """The JSON value of a document, numbers as ``int`` or ``Decimal``.

    Raises InvalidInputError (code ``malformed-json``) with line and column.
    """
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InvalidInputError(
            (error("malformed-json", "", f"The body is not UTF-8 (byte {problem.start}).", "Send UTF-8."),)
        ) from problem
    try:
        value = json.loads(
            decoded, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_no_duplicates
        )
        if "\\ud" in decoded or "\\uD" in decoded:
            # An escape may stand for half of a pair, which is no character and which nothing can write.
            json.dumps(value, ensure_ascii=False, default=str).encode()
        return value
    except UnicodeEncodeError as problem:
        message = "The body is not acceptable JSON: it holds half of a surrogate pair."
        raise InvalidInputError((error("malformed-json", "", message, "Write the whole character."),)) from problem
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise InvalidInputError(
            (
                error(
                    "malformed-json",
                    "",
                    f"The body is not JSON: {problem.msg} at {where}.",
                    "Correct the syntax.",
                ),
            )
        ) from problem
    except (RecursionError, ValueError) as problem:
        message = "it is nested too deeply" if isinstance(problem, RecursionError) else str(problem)
        raise InvalidInputError(
            (error("malformed-json", "", f"The body is not acceptable JSON: {message}.", "Correct it."),)
        ) from problem


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field '{next(n for n in names if names.count(n) > 1)}' stands twice in one object")
    return found


@dataclass
class Draft:
    """What could be read of a case: a graph for the shapes, the parts of the case, and the issues so far."""

    triples: list[Triple] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    exposures: list[dict[str, Any]] = field(default_factory=list)
    age: Decimal | None = None
    sex: Iri | None = None
    setting: str = ""
    as_of_hours: Decimal = Decimal(0)
    not_known: set[Iri] = field(default_factory=set)
    """Terms with the status unknown: asked, perhaps, and not answered."""
    issues: list[Issue] = field(default_factory=list)

    def case(self) -> Case:
        """The case of a draft without errors. Raises InvalidInputError where there are any."""
        if has_errors(self.issues):
            raise InvalidInputError(tuple(self.issues))
        case = Case(
            findings=tuple(Finding(**f) for f in self.findings if f["status"] is not Status.UNKNOWN),
            exposures=tuple(Exposure(**e) for e in self.exposures),
            age=self.age,
            sex=self.sex,
            setting=self.setting,
        )
        return assess_later(case, self.as_of_hours)


def node(path: str) -> Iri:
    """The IRI that stands for a place of the input."""
    return Iri(CASE_NODE + path)


def draft_case(document: Any, lookup: TermLookup, settings: tuple[str, ...]) -> Draft:
    """Read a JSON document as far as it can be read.

    ``settings`` are those that have priors; the first is the default.
    """
    return _Reader(lookup, settings).read(document)


class _Reader:
    def __init__(self, lookup: TermLookup, settings: tuple[str, ...]) -> None:
        self._lookup, self._settings = lookup, settings
        self.draft = Draft()

    def read(self, document: Any) -> Draft:
        draft = self.draft
        if not isinstance(document, dict):
            self._problem("wrong-type", "", "A case is a JSON object.", 'Send {"findings": [...]}.')
            return draft
        self._known_fields(document, _CASE_FIELDS, "")
        draft.triples.append(Triple(CASE_NODE, v.RDF_TYPE, v.PATIENT_CASE))
        draft.setting = self._setting(document)
        draft.age = self._number(document, "age", v.AGE_YEARS, "")
        draft.as_of_hours, issues = read_as_of(document)
        draft.issues.extend(issues)
        if document.get("sex") is not None:
            sexes = self._terms(document, "sex", v.HAS_SEX, v.SEX, "")
            draft.sex = sexes[0] if sexes else None
        for index, exposure in enumerate(self._list(document, "exposures", required=False)):
            self._exposure(exposure, f"/exposures/{index}")
        for index, finding in enumerate(self._list(document, "findings", required=True)):
            self._finding(finding, f"/findings/{index}")
        return draft

    # ------------------------------------------------------------ parts

    def _finding(self, entry: Any, path: str) -> None:
        if not self._is_object(entry, path, '{"finding": "..."}'):
            return
        self._known_fields(entry, _FINDING_FIELDS, path)
        status = self._status(entry, path)
        term = self._term(entry, "finding", v.FINDING, path)
        here = node(path)
        qualifiers = self._qualifiers(entry, FINDING_TERMS, path)
        quantities = self._quantities(entry, FINDING_NUMBERS, path)
        if status is Status.UNKNOWN and term is not None:
            self.draft.not_known.add(term)
        if status is Status.UNKNOWN or status is None:
            return
        link = v.HAS_FINDING if status is Status.PRESENT else v.DENIES_FINDING
        self.draft.triples += [Triple(CASE_NODE, link, here), Triple(here, v.RDF_TYPE, v.FINDING)]
        if term is not None:
            self.draft.triples.append(Triple(here, v.RDF_TYPE, term))
            self.draft.findings.append(
                {
                    "term": term,
                    "status": status,
                    "qualifiers": qualifiers,
                    "quantities": quantities,
                    "path": path,
                }
            )

    def _exposure(self, entry: Any, path: str) -> None:
        if not self._is_object(entry, path, '{"exercise": "..."}'):
            return
        self._known_fields(entry, _EXPOSURE_FIELDS, path)
        here = node(path)
        self.draft.triples += [Triple(CASE_NODE, v.HAS_EXPOSURE, here), Triple(here, v.RDF_TYPE, v.EXPOSURE)]
        qualifiers = self._qualifiers(entry, EXPOSURE_TERMS, path)
        quantities = self._quantities(entry, EXPOSURE_NUMBERS, path)
        stated: dict[bool, list[Iri]] = {True: [], False: []}
        for name, cls in EXPOSURE_FLAGS.items():
            flag = entry.get(name)
            if flag is None:
                continue
            if not isinstance(flag, bool):
                self._problem(
                    "wrong-type",
                    f"{path}/{name}",
                    f"{flag!r} is not true or false.",
                    "Use true or false, or leave it out.",
                )
                continue
            stated[flag].append(cls)
        self.draft.triples += [Triple(here, v.RDF_TYPE, cls) for cls in stated[True]]
        self.draft.exposures.append(
            {
                "types": tuple(stated[True]),
                "excluded_types": tuple(stated[False]),
                "qualifiers": qualifiers,
                "quantities": quantities,
                "path": path,
            }
        )

    def _setting(self, document: dict[str, Any]) -> str:
        setting = document.get("setting")
        if setting is None:
            return self._settings[0]
        if setting not in self._settings:
            self._problem(
                "unknown-setting",
                "/setting",
                f"No priors can be cited for the setting {setting!r}.",
                f"Use one of {', '.join(self._settings)}, or leave it out.",
            )
            return self._settings[0]
        return str(setting)

    def _status(self, entry: dict[str, Any], path: str) -> Status | None:
        name = entry.get("status", Status.PRESENT.value)
        status = _STATUSES.get(name) if isinstance(name, str) else None
        if status is None:
            message = f"{name!r} is not a status."
            self._problem("wrong-status", f"{path}/status", message, "Use present, absent or unknown.")
        return status

    # ------------------------------------------------------------ values

    def _qualifiers(
        self, entry: dict[str, Any], fields: dict[str, tuple[Iri, Iri]], path: str
    ) -> tuple[tuple[Iri, Iri], ...]:
        """The terms of an entry's fields, in the order of ``fields``."""
        if entry.keys().isdisjoint(fields):
            return ()
        return tuple(
            (prop, value)
            for name, (prop, root) in fields.items()
            if entry.get(name) is not None
            for value in self._terms(entry, name, prop, root, path)
        )

    def _quantities(self, entry: dict[str, Any], fields: dict[str, Iri], path: str) -> tuple[tuple[Iri, Decimal], ...]:
        """The numbers of an entry's fields, in the order of ``fields``."""
        if entry.keys().isdisjoint(fields):
            return ()
        return tuple(
            (prop, number)
            for name, prop in fields.items()
            if (number := self._number(entry, name, prop, path)) is not None
        )

    def _term(self, entry: dict[str, Any], name: str, root: Iri, path: str) -> Iri | None:
        if name not in entry:
            self._problem("missing-field", f"{path}/{name}", f"The field '{name}' is missing.", "Name a term.")
            return None
        return self._resolve(entry[name], root, f"{path}/{name}")

    def _resolve(self, value: Any, root: Iri, path: str) -> Iri | None:
        if not isinstance(value, str) or not value.strip():
            self._problem(
                "wrong-type",
                path,
                f"{_shown(value)} is not a term.",
                "Use a local name, CURIE, IRI or label.",
            )
            return None
        found = self._lookup.resolve(value, root, path, is_suggesting=len(self.draft.issues) < _MOST_SUGGESTED)
        if isinstance(found, Issue):
            self.draft.issues.append(found)
            return None
        return found

    def _terms(self, entry: dict[str, Any], name: str, prop: Iri, root: Iri, path: str) -> list[Iri]:
        """The terms of a field that holds one or a list; each is also stated in the draft's graph."""
        value = entry[name]
        many = value if isinstance(value, list) else [value]
        found = []
        for index, item in enumerate(many):
            place = f"{path}/{name}/{index}" if isinstance(value, list) else f"{path}/{name}"
            term = self._resolve(item, root, place)
            if term is not None:
                found.append(term)
                filler = node(place)
                self.draft.triples += [
                    Triple(node(path), prop, filler),
                    Triple(filler, v.RDF_TYPE, term),
                    Triple(filler, v.RDF_TYPE, root),
                ]
        return found

    def _number(self, entry: dict[str, Any], name: str, prop: Iri, path: str) -> Decimal | None:
        value = entry.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self._problem("wrong-type", f"{path}/{name}", f"{_shown(value)} is not a number.", "Use a JSON number.")
            return None
        # A float can only come from Python; its shortest form is the decimal that its writer meant.
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
            self._problem(
                "out-of-range",
                f"{path}/{name}",
                f"{_shown(value)} is out of any range.",
                "Use a plausible number.",
            )
            return None
        self.draft.triples.append(Triple(node(path), prop, decimal_literal(number)))
        return number

    # ------------------------------------------------------------ structure

    def _list(self, document: dict[str, Any], name: str, *, required: bool) -> list[Any]:
        value = document.get(name)
        if value is None:
            if required:
                self._problem(
                    "missing-field",
                    f"/{name}",
                    f"The field '{name}' is missing.",
                    "Send a list; it may be empty.",
                )
            return []
        if not isinstance(value, list):
            self._problem("wrong-type", f"/{name}", f"'{name}' is not a list.", "Send a JSON array.")
            return []
        if len(value) > _MAX_FINDINGS:
            self._problem(
                "too-many",
                f"/{name}",
                f"'{name}' has {len(value)} entries.",
                f"Send at most {_MAX_FINDINGS}.",
            )
            return []
        return value

    def _is_object(self, entry: Any, path: str, example: str) -> bool:
        if isinstance(entry, dict):
            return True
        self._problem("wrong-type", path, f"{_shown(entry)} is not an object.", f"Send {example}.")
        return False

    def _known_fields(self, entry: dict[str, Any], known: tuple[str, ...], path: str) -> None:
        for name in entry:
            if name not in known:
                near = nearest(name, {field: field for field in known}, 1)
                remedy = f"Did you mean '{near[0][0]}'?" if near else f"Known fields: {', '.join(known)}."
                self._problem(
                    "unknown-field",
                    f"{path}/{_escaped(name)}",
                    f"The field '{name[:80]}' is not known.",
                    remedy,
                )

    def _problem(self, code: str, path: str, message: str, remedy: str) -> None:
        self.draft.issues.append(error(code, path, message, remedy))


def _escaped(name: str) -> str:
    """A field name as one step of a JSON Pointer (RFC 6901)."""
    return name[:80].replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
