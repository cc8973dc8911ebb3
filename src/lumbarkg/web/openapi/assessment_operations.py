"""The operations on cases that are sent and not kept, with examples made from those of the release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess, read_case
from lumbarkg.catalogue.represent import ROOT
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import BNode, Triple
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web import batch
from lumbarkg.web.assessment_models import AssessmentParameters, BatchParameters
from lumbarkg.web.openapi import answers, cases
from lumbarkg.web.openapi.operation import JSON, JSON_LD, TEXT, TURTLE, Operation, Sources


class SkippedParameters(BaseModel):
    """What need not be asked."""

    model_config = ConfigDict(extra="allow")

    skip: str | None = Field(default=None, description="A property that cannot be answered, such as ageYears.")


def assessment_operations(sources: Sources) -> Iterator[Operation]:
    """Assessments, explanations and questions."""
    case = sources.cases[0]
    condition = leading_cause(case, sources.engine)
    question = {"case": case, "condition": condition}
    refusals = (400, 413, 415, 422)
    yield Operation(
        "POST",
        f"{ROOT}/assessments",
        "assess",
        "assessments",
        "Assess a case",
        answers.Assessment,
        "Triage, ranked causes with intervals, reasons, next questions and advice. Nothing is stored.",
        query=AssessmentParameters,
        body=cases.Case,
        bodies={JSON: case, JSON_LD: case_as_json_ld(sources), TURTLE: case_as_turtle(sources)},
        gives=(JSON, JSON_LD, TURTLE, TEXT),
        query_example={"view": "compact"},
        refusals=(*refusals[:1], 406, *refusals[1:]),
        scope=Scope.ASSESS,
    )
    yield Operation(
        "POST",
        f"{ROOT}/assessments/batch",
        "assessBatch",
        "assessments",
        "Assess many cases, one a line",
        None,
        f"NDJSON: a case a line, at most {batch.MOST_LINES} of at most {batch.LONGEST_LINE} bytes. The answer is, for "
        'each in the same order, {"line": n, "assessment": …} or {"line": n, "problem": …}.',
        query=BatchParameters,
        bodies={batch.NDJSON: "\n".join(json.dumps(c) for c in sources.cases) + "\n"},
        gives=(batch.NDJSON,),
        refusals=(400, 413, 415),
        scope=Scope.ASSESS,
    )
    for path, name, summary, answer in (
        ("why", "explain", "Why a condition is suggested", answers.Why),
        ("why-not", "explainAbsence", "What is missing for a condition", answers.WhyNot),
    ):
        yield Operation(
            "POST",
            f"{ROOT}/assessments/{path}",
            name,
            "assessments",
            summary,
            answer,
            body=cases.WhyRequest,
            bodies={JSON: question},
            gives=(JSON, TURTLE),
            refusals=refusals,
            scope=Scope.ASSESS,
        )
    yield Operation(
        "POST",
        f"{ROOT}/assessments/questions",
        "nextQuestions",
        "assessments",
        "What to ask next",
        answers.Questions,
        query=SkippedParameters,
        body=cases.Case,
        bodies={JSON: case},
        refusals=refusals,
        scope=Scope.ASSESS,
    )


def leading_cause(case: dict[str, Any], engine: Engine) -> str:
    """The first cause of a case that some pattern suggests."""
    hypotheses = assess(read_case(case, engine), engine).differential.hypotheses
    return next((h for h in hypotheses if h.patterns), hypotheses[0]).condition.local_name


def case_as_json_ld(sources: Sources) -> dict[str, Any]:
    """The same case in JSON-LD."""
    finding = read_case(sources.cases[0], sources.engine).findings[0]
    return {
        "@context": {"@vocab": v.LKG},
        "@type": v.PATIENT_CASE.local_name,
        v.HAS_FINDING.local_name: {"@type": finding.term.local_name},
    }


def case_as_turtle(sources: Sources) -> str:
    """A case in Turtle: the first finding of the first example, with its term alone."""
    finding = read_case(sources.cases[0], sources.engine).findings[0]
    triples = [
        Triple(BNode("case"), v.RDF_TYPE, v.PATIENT_CASE),
        Triple(BNode("case"), v.HAS_FINDING, BNode("finding")),
        Triple(BNode("finding"), v.RDF_TYPE, finding.term),
    ]
    return serialise(triples, Syntax.TURTLE, {"lkg": v.LKG}).decode()
