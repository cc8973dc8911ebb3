"""The evidence tables as RDF, so that SPARQL reaches every row: ``lkg:evidence/{id}`` and ``lkg:reference/{key}``."""

from __future__ import annotations

from decimal import Decimal

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.rdf.terms import Literal, Triple, decimal_literal


def evidence_triples(tables: EvidenceTables) -> list[Triple]:
    """Every row as RDF, so that SPARQL reaches it: lkg:evidence/{id} and lkg:reference/{key}."""
    triples: list[Triple] = []

    def node(path: str) -> Iri:
        return Iri(f"{v.LKG}{path}")

    def state(subject: Iri, name: str, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, Iri):
            literal: Iri | Literal = value
        elif isinstance(value, Decimal):
            literal = decimal_literal(value)
        elif isinstance(value, int):
            literal = Literal(str(value), v.XSD_INTEGER)
        else:
            literal = Literal(str(value))
        triples.append(Triple(subject, Iri(v.LKG + name), literal))

    def describe(path: str, cls: Iri, fields: dict[str, object]) -> Iri:
        subject = node(path)
        triples.append(Triple(subject, v.RDF_TYPE, cls))
        for name, value in fields.items():
            state(subject, name, value)
        return subject

    def cite(subject: Iri, keys: str) -> None:
        triples.extend(Triple(subject, v.SOURCE, node(f"reference/{key}")) for key in keys.split(";") if key)

    for ref in tables.references.values():
        subject = describe(
            f"reference/{ref.key}",
            v.REFERENCE,
            {
                "citation": ref.citation,
                "year": ref.year,
                "doi": ref.doi,
                "pmid": ref.pmid,
                "status": ref.status,
                "note": ref.note,
            },
        )
        triples.append(Triple(subject, v.RDFS_LABEL, Literal(ref.citation)))
    for row in tables.likelihood_ratios:
        subject = describe(
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
                **_interval_fields("likelihoodRatioPositive", row.lr_positive_interval),
                **_interval_fields("likelihoodRatioNegative", row.lr_negative_interval),
            },
        )
        cite(subject, row.reference)
    for prior in tables.priors:
        subject = describe(
            f"evidence/{prior.id}",
            v.PRIOR,
            {
                "setting": prior.setting,
                "evidenceCondition": prior.condition,
                "probability": prior.probability,
                "probabilityLow": prior.low,
                "probabilityHigh": prior.high,
                "status": prior.status,
                "note": prior.note,
            },
        )
        cite(subject, prior.reference)
    for factor in tables.factors.values():
        subject = describe(
            f"evidence/{factor.id}",
            v.FACTOR,
            {"value": factor.value, "status": factor.status, "note": factor.note},
        )
        cite(subject, factor.reference)
    return triples


def _interval_fields(name: str, interval: tuple[Decimal, Decimal] | None) -> dict[str, object]:
    return {} if interval is None else {f"{name}Low": interval[0], f"{name}High": interval[1]}
