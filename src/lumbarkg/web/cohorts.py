"""``GET /api/v1/cohort``: counts over the caller's own cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from lumbarkg.assessment import Engine
from lumbarkg.cases.cohort import count_cases
from lumbarkg.identifiers import Iri
from lumbarkg.web.case_request import answer_stored, audit_entry, current_record, current_tenant, read_case_parameters
from lumbarkg.web.current import current_engine
from lumbarkg.web.resource_models import Parameters

blueprint = Blueprint("cohorts", __name__)
MOST_CASES = 20_000


@blueprint.get("/api/v1/cohort")
def get_cohort() -> Response:
    """How many cases there are of each triage level, suggested condition and present finding."""

    def answer() -> Response:
        read_case_parameters(Parameters)
        record, engine = current_record(), current_engine()
        revisions = record.cases.current(current_tenant(), MOST_CASES + 1)
        record.audit.append(audit_entry("case.cohort"))
        found = count_cases(revisions[:MOST_CASES], engine)
        body = {
            "cases": found.size,
            "isWhole": len(revisions) <= MOST_CASES,
            "notAssessable": found.unusable,
            "triage": dict(sorted(found.levels.items())),
            "suggested": _ranked("condition", found.conditions, engine),
            "findings": _ranked("finding", found.findings, engine),
            "reasoning": engine.reasoning,
        }
        return Response(json.dumps(body, ensure_ascii=False), mimetype="application/json")

    return answer_stored(answer)


def _ranked(name: str, counts: Mapping[Iri, int], engine: Engine) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {name: engine.terms.prefixes.shorten(iri), "label": engine.terms.label(iri), "cases": count}
        for iri, count in ordered
    ]
