"""The calculus agrees with HermiT on small ontologies drawn at random: hierarchy and unsatisfiable classes.

The release uses few shapes of axioms; these meet in ways that it does not: chains with ranges, domains and disjointness
through existentials, hierarchies of properties, facets, unions in definitions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from lumbarkg.ontology.build.classify import classify
from lumbarkg.ontology.build.profile_properties import check_properties
from lumbarkg.ontology.read import read_ontology
from lumbarkg.rdf.terms import Graph
from tests.reasoning.owl2.random_ontologies import Drawn, draw_ontology, triples_of
from tests.reasoning.owl2.saturated import Saturated, saturate

NUMBER, SEED = 200, 20261125


@pytest.fixture(scope="module")
def drawn() -> tuple[Drawn, ...]:
    return tuple(draw_ontology(index, SEED) for index in range(NUMBER))


@pytest.fixture(scope="module")
def saturated(drawn: tuple[Drawn, ...]) -> tuple[Saturated, ...]:
    return tuple(saturate(one.axioms, one.classes, frozenset({one.number})) for one in drawn)


def test_what_is_written_is_what_was_drawn_and_inside_the_profile(drawn: tuple[Drawn, ...]) -> None:
    for one in drawn:
        read = read_ontology(Graph(triples_of(one)))
        assert read.issues == ()
        assert set(read.axioms) == set(one.axioms)
        assert check_properties(read) == []


def test_the_draw_reaches_every_kind_of_axiom_and_many_inferences(
    drawn: tuple[Drawn, ...], saturated: tuple[Saturated, ...]
) -> None:
    kinds = Counter(type(axiom).__name__ for one in drawn for axiom in one.axioms)
    assert len(kinds) == 6
    assert min(kinds.values()) > NUMBER / 3
    inferred = sum(len(above) - 1 for found in saturated for above in found.superclasses.values())
    assert inferred > 3 * NUMBER
    assert sum(bool(found.unsatisfiable) for found in saturated) > NUMBER / 20


@pytest.mark.slow
def test_hermit_agrees_on_all_of_them(
    drawn: tuple[Drawn, ...], saturated: tuple[Saturated, ...], measured: Callable[[str], None]
) -> None:
    found = classify([triple for one in drawn for triple in triples_of(one)])
    assert found.consistent
    differences = []
    compared = 0
    for one, ours in zip(drawn, saturated, strict=True):
        for cls in one.classes:
            is_empty = cls in found.unsatisfiable
            if is_empty != (cls in ours.unsatisfiable):
                if cls not in one.by_cases:  # whether each case of a union is empty is asked elsewhere, case by case
                    differences.append((cls, "unsatisfiable", is_empty))
                continue
            if is_empty:
                continue
            compared += 1
            theirs = found.superclasses[cls] & set(one.classes)
            mine = ours.superclasses[cls] & set(one.classes)
            if mine != theirs and not (cls in one.by_cases and mine < theirs):
                differences.append((cls, sorted(mine - theirs), sorted(theirs - mine)))
    measured(f"{compared} classes of {NUMBER} ontologies compared with HermiT")
    assert differences == []
    assert compared > 5 * NUMBER
