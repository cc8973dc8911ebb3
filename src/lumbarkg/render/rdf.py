"""An assessment as RDF with PROV: what was concluded, from which rows and axioms, by which release."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.guidance import Aspect
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import (
    BNode,
    Literal,
    Subject,
    Term,
    Triple,
    boolean_literal,
    decimal_literal,
    integer_literal,
)

_ENTITY, _ACTIVITY = Iri(v.PROV + "Entity"), Iri(v.PROV + "Activity")
_GENERATED_BY, _USED, _DERIVED = (
    Iri(v.PROV + "wasGeneratedBy"),
    Iri(v.PROV + "used"),
    Iri(v.PROV + "wasDerivedFrom"),
)

_State = Callable[[Subject, Iri | str, Term | None], None]


def render_turtle(answer: dict[str, Any]) -> bytes:
    """The answer as Turtle. The assessment is a blank node: it is not stored and has no address."""
    return serialise(assessment_triples(answer), Syntax.TURTLE, v.WELL_KNOWN_PREFIXES)


def assessment_triples(answer: dict[str, Any]) -> list[Triple]:
    """The answer as triples, in its order."""
    root, run = BNode("assessment"), BNode("run")
    triples: list[Triple] = []

    def state(subject: Subject, name: Iri | str, value: Term | None) -> None:
        if value is not None:
            triples.append(Triple(subject, name if isinstance(name, Iri) else Iri(v.LKG + name), value))

    state(root, v.RDF_TYPE, Iri(v.LKG + "Assessment"))
    state(root, v.RDF_TYPE, _ENTITY)
    state(root, "disclaimer", Literal(answer["disclaimer"]))
    state(root, v.SETTING, Literal(answer["setting"]))
    state(root, _GENERATED_BY, run)
    state(run, v.RDF_TYPE, _ACTIVITY)
    state(run, "engine", Literal(answer["reasoning"]["engine"]))
    state(run, "complete", boolean_literal(answer["reasoning"]["complete"]))
    state(run, v.OWL_VERSION_INFO, Literal(answer["reasoning"]["ontologyVersion"]))
    state(run, "ontologyDigest", Literal(answer["reasoning"]["ontologyDigest"]))
    triage = answer["triage"]
    state(root, v.TRIAGE_LEVEL, Literal(triage["level"]))
    state(root, "triageComplete", boolean_literal(triage["complete"]))
    state(root, "stop", boolean_literal(answer["stop"]))
    state(root, "asOfHours", decimal_literal(Decimal(repr(answer["asOfHours"]))))
    for question in answer["nextQuestions"]:
        state(root, "nextQuestion", Iri(question["iri"]))
    for other in answer["alsoConsider"]:
        state(root, "alsoConsider", Iri(other["iri"]))
    for reason in triage["reasons"]:
        state(root, "triageReason", Iri(reason["iri"]))
    for condition in triage["toExclude"]:
        state(root, "toExclude", Iri(condition["iri"]))
    for flag in triage["redFlagsNotAsked"]:
        state(root, "redFlagNotAsked", Iri(flag["iri"]))
    for cause in answer["differential"]:
        node = BNode(f"hypothesis{cause['rank']}")
        state(root, "hypothesis", node)
        _state_hypothesis(state, node, cause)
    for number, cause in enumerate(answer["advice"]):
        for aspect in Aspect:
            for place, item in enumerate(cause[aspect.value]):
                node = BNode(f"advice{number}{aspect.value}{place}")
                state(root, "advice", node)
                _state_advice(state, node, cause, aspect, item)
    state(run, _USED, Iri(v.LKG + "ontology"))
    return triples


def _state_hypothesis(state: _State, node: BNode, cause: dict[str, Any]) -> None:
    """One hypothesis: its figures, and the rows and patterns that they are derived from."""
    state(node, v.RDF_TYPE, Iri(v.LKG + "Hypothesis"))
    state(node, "condition", Iri(cause["iri"]))
    state(node, "rank", integer_literal(cause["rank"]))
    state(node, "pretestProbability", _probability(cause["pretestProbability"]))
    state(node, "posttestProbability", _probability(cause["posttestProbability"]))
    state(node, "intervalLow", _probability(cause["interval"][0]))
    state(node, "intervalHigh", _probability(cause["interval"][1]))
    state(node, _DERIVED, Iri(f"{v.LKG}evidence/{cause['prior']['row']}"))
    for item in cause["evidence"]:
        if item["counted"]:
            for row in item["row"].split("+"):
                state(node, _DERIVED, Iri(f"{v.LKG}evidence/{row}"))
    for pattern in cause["patterns"]:
        state(
            node,
            "pattern" if pattern["relation"] == "suggests" else "patternAgainst",
            Iri(pattern["iri"]),
        )
    for contributor in cause["contributors"]:
        name = "contestedContributor" if contributor["contested"] else "contributor"
        state(node, name, Iri(contributor["iri"]))


def _state_advice(state: _State, node: BNode, cause: dict[str, Any], aspect: Aspect, item: dict[str, Any]) -> None:
    """One piece of advice: for what, about what, and the row or the relations that it is derived from."""
    state(node, v.RDF_TYPE, Iri(v.LKG + "AdviceItem"))
    state(node, "condition", Iri(cause["iri"]))
    state(node, "aspect", Literal(aspect.value))
    state(node, v.STATUS, Literal(item["status"]))
    for term in item["about"]:
        state(node, "about", Iri(term["iri"]))
    if item["row"]:
        state(node, _DERIVED, Iri(f"{v.LKG}evidence/{item['row']}"))
    if "insteadOf" in item:
        state(node, "insteadOf", Iri(item["insteadOf"]["iri"]))


def _probability(value: float) -> Literal:
    return decimal_literal(Decimal(repr(value)))
