"""Every competency query answers what its header expects, and fails when a statement it depends on is taken out."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.sparql.documents import QueryDocument, read_folder
from tests.conftest import ROOT
from tests.queries.mutations import Mutations

QUERIES = read_folder(ROOT / "queries" / "competency")
THEMES = {"anatomy", "findings", "conditions", "exercises", "advice", "patterns", "triage", "claims", "evidence"}


@pytest.fixture(scope="session")
def mutations(engine: Engine) -> Mutations:
    """The graphs of the release, from which statements can be taken out."""
    return Mutations(engine)


def test_the_queries_are_as_many_as_they_should_be() -> None:
    assert len(QUERIES) >= 130
    assert len({q.one("question") for q in QUERIES}) == len(QUERIES)
    assert len({q.name for q in QUERIES}) == len(QUERIES)
    assert {p.parent.name for p in (ROOT / "queries" / "competency").rglob("*.rq")} == THEMES


def test_no_two_queries_differ_by_a_name_alone() -> None:
    shapes: defaultdict[str, list[str]] = defaultdict(list)
    for query in QUERIES:
        body = " ".join(line for line in query.text.splitlines() if not line.startswith(("#", "PREFIX")))
        for pattern, instead in ((r'"[^"]*"', "text"), (r"\?\w+", "?v"), (r"\b\w+:[A-Z]\w*", "name"), (r"\s+", " ")):
            body = re.sub(pattern, instead, body)
        shapes[body].append(query.name)
    assert [names for names in shapes.values() if len(names) > 1] == []


def test_every_claim_is_answered(engine: Engine) -> None:
    claims = {
        str(triple.subject).rsplit("Claim", 1)[1]
        for triple in engine.knowledge.ontology.graph
        if triple.predicate == v.RDF_TYPE and triple.object == v.LKG + "Claim"
    }
    answered = {claim for query in QUERIES for claim in query.many("claims")}
    assert len(claims) == 52
    assert answered == claims


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_answers_what_it_expects(query: QueryDocument, mutations: Mutations, engine: Engine) -> None:
    assert query.one("question").endswith("?")
    assert query.expected_rows(engine.terms.prefixes)
    _, rows = mutations.dataset.rows(query.text)
    assert mutations.answers(query), rows[:20]


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_fails_when_a_statement_it_depends_on_is_gone(query: QueryDocument, mutations: Mutations) -> None:
    assert mutations.breaking_statement(query), "no single statement changes the answer"
