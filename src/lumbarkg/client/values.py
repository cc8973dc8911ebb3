"""What the API answers, as typed values. ``json`` holds the whole answer, of which the fields are the usual part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

Json = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Mention:
    """A thing that another names."""

    iri: str
    name: str
    label: str

    @classmethod
    def read(cls, json: Json) -> Mention:
        """The value of its JSON."""
        return cls(json["@id"], json["name"], _label(json))


@dataclass(frozen=True)
class Thing(Mention):
    """A term, claim, row of evidence or red-flag group, with its relations both ways."""

    curie: str
    kind: str
    definition: str
    relations: dict[str, tuple[Mention, ...]]
    incoming: dict[str, tuple[Mention, ...]]
    json: Json = field(repr=False)

    @classmethod
    def read(cls, json: Json) -> Thing:
        """The value of its JSON."""
        return cls(
            iri=json["@id"],
            name=json["name"],
            label=_label(json),
            curie=json["curie"],
            kind=json["kind"],
            definition=str(json.get("definition") or json.get("text") or ""),
            relations=_mentions(json.get("relations", {})),
            incoming=_mentions(json.get("incoming", {})),
            json=json,
        )


@dataclass(frozen=True)
class SearchHit(Mention):
    """A thing that a search found, with the name that matched and a score up to 1."""

    kind: str
    matched: str
    score: float

    @classmethod
    def read(cls, json: Json) -> SearchHit:
        """The value of its JSON."""
        return cls(json["@id"], json["name"], _label(json), json["kind"], json["matched"], json["score"])


@dataclass(frozen=True)
class Page(Generic[Item]):
    """A page of a list; ``next_cursor`` is None on the last."""

    items: tuple[Item, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True)
class Hypothesis:
    """One of the ranked causes, with the 95 % interval of its probability."""

    rank: int
    condition: str
    label: str
    probability: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Assessment:
    """Triage and ranked causes."""

    level: str
    is_complete: bool
    statement: str
    hypotheses: tuple[Hypothesis, ...]
    ontology_digest: str
    json: Json = field(repr=False)

    @classmethod
    def read(cls, json: Json) -> Assessment:
        """The value of its JSON."""
        triage = json["triage"]
        return cls(
            level=triage["level"],
            is_complete=triage["complete"],
            statement=triage["statement"],
            hypotheses=tuple(
                Hypothesis(c["rank"], c["condition"], c["label"], c["posttestProbability"], (low, high))
                for c in json["differential"]
                for low, high in (c["interval"],)
            ),
            ontology_digest=json["reasoning"]["ontologyDigest"],
            json=json,
        )


@dataclass(frozen=True)
class BatchLine:
    """The answer to one line of a batch: an assessment, or the problem that refuses the line."""

    line: int
    assessment: Assessment | None
    problem: Json | None

    @classmethod
    def read(cls, json: Json) -> BatchLine:
        """The value of its JSON."""
        found = json.get("assessment")
        return cls(json["line"], None if found is None else Assessment.read(found), json.get("problem"))


@dataclass(frozen=True)
class Written:
    """What a write did: the revision that the case has now, and whether it is new."""

    case_id: UUID
    revision: int
    is_new: bool


@dataclass(frozen=True)
class StoredCase:
    """A case as it is kept, at one of its revisions."""

    case_id: UUID
    revision: int
    case: Json = field(repr=False)


@dataclass(frozen=True)
class CaseSummary:
    """A case in a list; the moments are ISO 8601."""

    case_id: UUID
    revision: int
    created: str
    modified: str

    @classmethod
    def read(cls, json: Json) -> CaseSummary:
        """The value of its JSON."""
        return cls(UUID(json["id"]), json["revision"], json["created"], json["modified"])


@dataclass(frozen=True)
class CaseRevision:
    """A revision of a case: when it was written, and the ontology that it was accepted under."""

    revision: int
    modified: str
    ontology_version: str
    ontology_digest: str

    @classmethod
    def read(cls, json: Json) -> CaseRevision:
        """The value of its JSON."""
        return cls(json["revision"], json["modified"], json["ontologyVersion"], json["ontologyDigest"])


@dataclass(frozen=True)
class Cohort:
    """Counts over cases, by level, by suggested condition (CURIE) and by present finding (CURIE)."""

    size: int
    is_whole: bool
    not_assessable: int
    levels: dict[str, int]
    conditions: dict[str, int]
    findings: dict[str, int]

    @classmethod
    def read(cls, json: Json) -> Cohort:
        """The value of its JSON."""
        return cls(
            size=json["cases"],
            is_whole=json["isWhole"],
            not_assessable=json["notAssessable"],
            levels=dict(json["triage"]),
            conditions={row["condition"]: row["cases"] for row in json["suggested"]},
            findings={row["finding"]: row["cases"] for row in json["findings"]},
        )


def _mentions(json: dict[str, list[Json]]) -> dict[str, tuple[Mention, ...]]:
    return {relation: tuple(Mention.read(m) for m in things) for relation, things in json.items()}


def _label(json: Json) -> str:
    """The label, the name where there is none."""
    return str(json.get("label") or json["name"])
