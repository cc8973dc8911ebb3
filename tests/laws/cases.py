"""Hypothesis strategies: findings and cases over the whole vocabulary of an engine."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine

_NUMBERS = {
    "severity": st.sampled_from([0, 3, 7, 10]),
    "hoursAfterExercise": st.sampled_from([0, 1, 11.99, 12, 18, 24, 48, 48.01, 90]),
    "durationHours": st.sampled_from([0, 30, 72, 72.5, 168, 169, 336, 400, 720, 721, 2160, 2200, 9000]),
}


def _names(engine: Engine, root: str) -> st.SearchStrategy[str]:
    iri = engine.terms.prefixes.expand(root)
    assert iri is not None
    return st.sampled_from(sorted(i.local_name for i in engine.lookup.assertable(iri) - {iri}))


def findings(engine: Engine, *, statuses: tuple[str, ...] = ("present", "absent")) -> st.SearchStrategy[dict[str, Any]]:
    """One finding of the case JSON, any term, any status, any qualifiers that its status may carry."""
    places = _names(engine, "lkg:AnatomicalStructure")
    sides = {
        "laterality": st.sampled_from(["Left", "Right", "Bilateral"]),
        "radiatesTo": st.lists(places, max_size=1),
    }
    present = {
        **sides,
        "location": st.lists(places, max_size=1),
        "character": st.lists(_names(engine, "lkg:FindingCharacter"), max_size=2, unique=True),
        "course": st.sampled_from(["Improving", "Unchanged", "Worsening", "Fluctuating"]),
        "aggravatedBy": st.lists(_names(engine, "lkg:ModifyingFactor"), max_size=1),
        **_NUMBERS,
    }
    terms = st.sampled_from(sorted(i.local_name for i in engine.lookup.assertable(v.FINDING)))
    optional: dict[str, dict[str, st.SearchStrategy[Any]]] = {"present": present, "absent": sides}
    return st.sampled_from(statuses).flatmap(
        lambda status: st.fixed_dictionaries({"finding": terms, "status": st.just(status)}, optional=optional[status])
    )


def cases(engine: Engine, *, statuses: tuple[str, ...] = ("present", "absent")) -> st.SearchStrategy[dict[str, Any]]:
    """A whole case of up to six findings."""
    exposure = st.fixed_dictionaries(
        {},
        optional={
            "exercise": _names(engine, "lkg:Exercise"),
            "faults": st.lists(_names(engine, "lkg:TechniqueFault"), max_size=1),
            "unaccustomed": st.booleans(),
            "heavyLoad": st.booleans(),
        },
    )
    return st.fixed_dictionaries(
        {"findings": st.lists(findings(engine, statuses=statuses), max_size=6)},
        optional={
            "age": st.sampled_from([9, 10, 15, 19, 20, 44, 45, 49, 50, 59, 60, 70, 71, 90]),
            "sex": st.sampled_from(["female", "male"]),
            "setting": st.sampled_from(engine.ranker.tables.settings()),
            "exposures": st.lists(exposure, max_size=2),
        },
    )
