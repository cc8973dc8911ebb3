"""The evidence tables as RDF, so that SPARQL reaches every row: ``lkg:evidence/{id}`` and ``lkg:reference/{key}``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables, FactorRow, FactRow, LikelihoodRow, PriorRow, ReferenceRow
from lumbarkg.rdf.terms import Literal, Triple, decimal_literal

FACT_CLASSES = {
    "base_rates": v.BASE_RATE,
    "timing": v.TIME_COURSE,
    "loads": v.LOAD_MEASUREMENT,
    "triggers": v.ONSET_TRIGGER,
    "advice": v.ADVICE,
    "reference_rates": v.BASE_RATE,
}
"""Table of facts → the class of its rows."""


def evidence_triples(tables: EvidenceTables) -> list[Triple]:
    """Every row of every table."""
    writer = _Writer()
    for reference in tables.references.values():
        writer.reference(reference)
    for row in tables.likelihood_ratios:
        writer.likelihood(row)
    for prior in tables.priors:
        writer.prior(prior)
    for fact in tables.facts:
        writer.fact(fact)
    for factor in tables.factors.values():
        writer.factor(factor)
    return writer.triples


class _Writer:
    def __init__(self) -> None:
        self.triples: list[Triple] = []

    def reference(self, row: ReferenceRow) -> None:
        subject = self._describe(
            f"reference/{row.key}",
            v.REFERENCE,
            {
                "citation": row.citation,
                "year": row.year,
                "doi": row.doi,
                "pmid": row.pmid,
                "status": row.status,
                "note": row.note,
            },
        )
        self.triples.append(Triple(subject, v.RDFS_LABEL, Literal(row.citation)))

    def likelihood(self, row: LikelihoodRow) -> None:
        subject = self._describe(
            f"evidence/{row.id}",
            v.LIKELIHOOD_RATIO,
            {
                "evidenceFinding": row.finding,
                "evidenceCondition": row.condition,
                "targetAsStudied": row.target,
                "setting": row.setting,
                "referenceStandard": row.reference_standard,
                "sampleSize": row.n,
                "sensitivity": row.sensitivity,
                "specificity": row.specificity,
                "likelihoodRatioPositive": row.lr_positive,
                "likelihoodRatioNegative": row.lr_negative,
                "origin": row.lr_origin,
                "rowKind": row.row_kind,
                "cluster": row.cluster,
                "notUsedBecause": row.not_used_because,
                "status": row.status,
                "note": row.note,
                **_interval("likelihoodRatioPositive", row.lr_positive_interval),
                **_interval("likelihoodRatioNegative", row.lr_negative_interval),
            },
        )
        self._cite(subject, row.reference)

    def prior(self, row: PriorRow) -> None:
        subject = self._describe(
            f"evidence/{row.id}",
            v.PRIOR,
            {
                "setting": row.setting,
                "evidenceCondition": row.condition,
                "probability": row.probability,
                "probabilityLow": row.low,
                "probabilityHigh": row.high,
                "status": row.status,
                "note": row.note,
            },
        )
        self._cite(subject, row.reference)

    def fact(self, row: FactRow) -> None:
        fields: dict[str, object] = {
            _camel_case(column): _number_or_text(value) for column, value in row.cells.items() if column != "reference"
        }
        subject = self._describe(f"evidence/{row.id}", FACT_CLASSES[row.table], fields)
        for column, iri in row.terms:
            self._state(subject, "evidenceCondition" if column == "condition" else "evidenceTerm", iri)
        self._cite(subject, row.reference)

    def factor(self, row: FactorRow) -> None:
        subject = self._describe(
            f"evidence/{row.id}", v.FACTOR, {"value": row.value, "status": row.status, "note": row.note}
        )
        self._cite(subject, row.reference)

    def _describe(self, path: str, cls: Iri, fields: dict[str, object]) -> Iri:
        subject = Iri(v.LKG + path)
        self.triples.append(Triple(subject, v.RDF_TYPE, cls))
        for name, value in fields.items():
            self._state(subject, name, value)
        return subject

    def _state(self, subject: Iri, name: str, value: object) -> None:
        if value is None or value == "":
            return
        term: Iri | Literal
        if isinstance(value, Iri):
            term = value
        elif isinstance(value, Decimal):
            term = decimal_literal(value)
        elif isinstance(value, int):
            term = Literal(str(value), v.XSD_INTEGER)
        else:
            term = Literal(str(value))
        self.triples.append(Triple(subject, _named(name), term))

    def _cite(self, subject: Iri, keys: str) -> None:
        self.triples.extend(Triple(subject, v.SOURCE, _named(f"reference/{key}")) for key in keys.split(";") if key)


def _interval(name: str, interval: tuple[Decimal, Decimal] | None) -> dict[str, object]:
    return {} if interval is None else {f"{name}Low": interval[0], f"{name}High": interval[1]}


@lru_cache(maxsize=1_000)
def _named(path: str) -> Iri:
    """A property or a reference: one object for all rows."""
    return Iri(v.LKG + path)


def _camel_case(column: str) -> str:
    head, *rest = column.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _number_or_text(value: str) -> Decimal | str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return number if number.is_finite() else value
