"""``docs/claims.md`` is current, and every claim reaches a query that answers it."""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.sparql.claims_page import claims_page
from lumbarkg.sparql.documents import read_folder
from tests.conftest import ROOT

QUERIES = read_folder(ROOT / "queries" / "competency")


def test_the_page_is_the_one_that_make_docs_writes(engine: Engine) -> None:
    assert (ROOT / "docs" / "claims.md").read_text("utf-8") == claims_page(engine, QUERIES), "run make docs"


def test_every_claim_is_answered_by_a_query(engine: Engine) -> None:
    claims = {Iri(c).local_name.removeprefix("Claim") for c in engine.knowledge.ontology.graph.instances(v.CLAIM_CLASS)}
    answered = {claim for query in QUERIES for claim in query.many("claims")}
    assert len(claims) == 52
    assert claims - answered == set()
    assert answered - claims == set()
