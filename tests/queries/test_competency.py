"""Every competency query answers what its header expects, and fails when a statement it depends on is taken out."""

from __future__ import annotations

from itertools import islice

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.sparql.documents import QueryDocument, read_folder
from lumbarkg.sparql.graphs import knowledge_graphs
from tests.conftest import ROOT
from tests.queries.mutations import candidates, without

QUERIES = read_folder(ROOT / "queries" / "competency")
MOST_MUTATIONS = 40


@pytest.fixture(scope="session")
def dataset(engine: Engine) -> Dataset:
    """The graphs of the release."""
    return Dataset(knowledge_graphs(engine.knowledge, engine.ranker.tables))


def _answers(query: QueryDocument, dataset: Dataset, engine: Engine) -> bool:
    _, rows = dataset.rows(query.text)
    expected = set(query.expected_rows(engine.terms.prefixes))
    return expected == set(rows) if query.many("exactly") == ("true",) else expected <= set(rows)


def test_the_queries_are_as_many_as_they_should_be() -> None:
    assert len(QUERIES) >= 12
    assert len({q.one("question") for q in QUERIES}) == len(QUERIES)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_answers_what_it_expects(query: QueryDocument, dataset: Dataset, engine: Engine) -> None:
    assert query.one("question").endswith("?")
    assert query.expected_rows(engine.terms.prefixes)
    _, rows = dataset.rows(query.text)
    assert _answers(query, dataset, engine), rows[:20]


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_fails_when_a_statement_it_depends_on_is_gone(query: QueryDocument, engine: Engine) -> None:
    for triple in islice(candidates(query, engine), MOST_MUTATIONS):
        mutated = without(triple, engine)
        if mutated is not None and not _answers(query, mutated, engine):
            return
    pytest.fail("no single statement changes the answer: the query does not depend on what it asks for")
