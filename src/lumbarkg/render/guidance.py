"""Contributors, advice, questions and flips as JSON: each with the stated relation or the row that it rests on."""

from __future__ import annotations

from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.guidance import AdviceItem, Aspect, CauseAdvice, Contributor, StatedLink
from lumbarkg.identifiers import Iri
from lumbarkg.model import Flip, Question
from lumbarkg.rdf.terms import Literal
from lumbarkg.render.sources import Sources

JUDGEMENT = "judgement"


def render_contributor(contributor: Contributor, sources: Sources) -> dict[str, Any]:
    """What contributes to a cause, by which relation, and what stands behind it."""
    return {
        **sources.term(contributor.term, "term"),
        "kind": contributor.kind,
        "relation": contributor.property.local_name,
        "contested": contributor.contested,
        "steps": [_step(step, sources) for step in contributor.steps],
    }


def render_advice(advice: CauseAdvice, sources: Sources) -> dict[str, Any]:
    """The advice for one cause, by aspect."""
    return {
        **sources.term(advice.condition, "condition"),
        "withheld": advice.withheld or None,
        **{aspect.value: [_item(item, sources) for item in advice.items if item.aspect is aspect] for aspect in Aspect},
    }


def render_question(question: Question, sources: Sources) -> dict[str, Any]:
    """A question with why it is asked, and what its answer promises where that can be said."""
    found: dict[str, Any] = {
        "kind": question.kind,
        **sources.term(question.term, "term"),
        "question": question.question,
        "reason": question.reason,
    }
    if question.property is not None:
        found["property"] = question.property.local_name
    if question.members:
        found["members"] = [
            {**sources.term(m, "finding"), "question": _text(m, v.QUESTION, sources)} for m in question.members
        ]
    if question.gain is not None:
        found["gain"] = question.gain
        found["referenceRate"] = {"probability": question.reference_rate, "row": question.rate_row}
        found["separates"] = [sources.term(condition, "condition") for condition in question.separates]
        found["rows"] = list(question.rows)
    return found


def render_flip(flip: Flip, sources: Sources) -> dict[str, Any]:
    """A finding that would change the answer, were it the other way round."""
    return {
        **sources.finding(flip.finding),
        "flippedTo": flip.flipped_to.value,
        "first": sources.term(flip.first, "condition") if flip.first is not None else None,
        "level": flip.level or None,
    }


def _item(item: AdviceItem, sources: Sources) -> dict[str, Any]:
    """A piece of advice; one that is read off the ontology is an editor's judgement but for the claims it names."""
    found: dict[str, Any] = {
        "about": [sources.term(iri, "term") for iri in item.exercises],
        "reported": item.reported,
        "text": item.text or None,
        "origin": "table" if item.row else "ontology",
        "row": item.row or None,
        "grade": item.grade or None,
        "status": item.status or JUDGEMENT,
        "references": sources.references(item.reference),
        "note": item.note or None,
        "steps": [_step(step, sources) for step in item.steps],
    }
    if item.instead_of is not None:
        found["insteadOf"] = sources.term(item.instead_of, "term")
        found["keeps"] = [sources.term(iri, "term") for iri in item.keeps]
    return found


def _step(step: StatedLink, sources: Sources) -> dict[str, Any]:
    return {
        "subject": sources.term(step.subject, "term"),
        "relation": {"term": step.property.local_name, "label": sources.label(step.property)},
        "object": sources.term(step.object, "term"),
        "claims": [_claim(id_, sources) for id_ in step.claims],
        "notes": list(step.notes),
        "status": "claim" if step.claims else JUDGEMENT,
    }


def _claim(id_: str, sources: Sources) -> dict[str, Any]:
    iri = Iri(v.CLAIM_CLASS + id_)
    return {
        "claim": id_,
        "stance": _text(iri, v.STANCE, sources),
        "text": _text(iri, v.TEXT, sources),
        "references": sources.sources_of(iri),
    }


def _text(iri: Iri, prop: Iri, sources: Sources) -> str | None:
    value = sources.ontology.graph.value(iri, prop)
    return value.value if isinstance(value, Literal) else None
