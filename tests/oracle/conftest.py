"""The release, the engine's knowledge of it, and cases drawn from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.ontology.owl import Axiom
from lumbarkg.ontology.read import Ontology
from lumbarkg.oracle.draw import Drawn, draw, seed_of
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.resources import release_dir

Draw = Callable[[int], tuple[Drawn, ...]]
Break = Callable[[tuple[Axiom, ...]], Knowledge]


@pytest.fixture(scope="session")
def release_bytes() -> bytes:
    return (release_dir() / "lumbarkg.ttl").read_bytes()


@pytest.fixture(scope="session")
def release(release_bytes: bytes) -> list[Triple]:
    return parse(release_bytes)


@pytest.fixture(scope="session")
def knowledge(engine: Engine) -> Knowledge:
    return engine.knowledge


@pytest.fixture(scope="session")
def drawn(knowledge: Knowledge, release_bytes: bytes) -> Draw:
    """Number → so many cases, with the seed of the release."""
    return lru_cache(maxsize=None)(lambda number: draw(knowledge, number, seed_of(release_bytes)))


@pytest.fixture(scope="session")
def knowing(knowledge: Knowledge) -> Break:
    """Other axioms → an engine that knows those instead of the release's."""
    whole = knowledge.ontology

    def build(axioms: tuple[Axiom, ...]) -> Knowledge:
        return Knowledge(
            Ontology(axioms, whole.graph, whole.classes, whole.object_properties, whole.data_properties, ())
        )

    return build
