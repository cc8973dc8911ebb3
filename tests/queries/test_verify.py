"""Quality control: a row of a verify query is a failure of the ontology."""

from __future__ import annotations

import pytest

from lumbarkg.assessment import Engine
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.sparql.documents import QueryDocument, read_folder
from lumbarkg.sparql.graphs import knowledge_graphs
from tests.conftest import ROOT

QUERIES = read_folder(ROOT / "queries" / "verify")


@pytest.fixture(scope="session")
def dataset(engine: Engine) -> Dataset:
    return Dataset(knowledge_graphs(engine.knowledge, engine.ranker.tables))


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_nothing_is_wrong(query: QueryDocument, dataset: Dataset) -> None:
    assert all(query.one(key) for key in ("problem", "principle", "solution"))
    columns, rows = dataset.rows(query.text)
    assert columns == ("entity", "property", "value")
    assert rows == []
