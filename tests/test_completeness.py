"""An answer says whether the reasoner is complete for the ontology behind it."""

from __future__ import annotations

from dataclasses import replace

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess, make_engine, read_case
from lumbarkg.ontology.owl import Named, Or, SubClassOf
from lumbarkg.reasoning.knowledge import Knowledge


def test_the_release_lies_within_the_profile(engine: Engine) -> None:
    assert assess(read_case({"findings": []}, engine), engine).reasoning["complete"] is True


def test_an_ontology_outside_the_profile_is_not_called_complete(engine: Engine) -> None:
    ontology = engine.knowledge.ontology
    outside = SubClassOf(Named(v.SYMPTOM), Or((Named(v.SIGN), Named(v.TEST_RESULT))))
    knowledge = Knowledge(replace(ontology, axioms=(*ontology.axioms, outside)))
    bent = make_engine(knowledge, engine.terms, engine.ranker.tables, engine.shapes, "bent")
    assert assess(read_case({"findings": []}, bent), bent).reasoning["complete"] is False
