"""Graphs that are put in place one after the other, with their merge: the same as all at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import Dataset

UNNAMED = Iri("urn:unnamed")
NAMES = (Iri("urn:one"), Iri("urn:two"), Iri("urn:three"), UNNAMED)
LINES = (
    "<urn:a> <urn:p> <urn:b> .",
    "_:x <urn:p> _:y .",
    '_:x <urn:p> "}\\n # <urn:g> {"@en .',
    "<urn:a> <urn:q> _:x .",
)
CONTENTS = st.sets(st.sampled_from(LINES)).map(lambda lines: "\n".join(sorted(lines)).encode())
GRAPHS = st.dictionaries(st.sampled_from(NAMES), CONTENTS)
DEFAULTS = st.lists(st.sampled_from(NAMES), unique=True).map(tuple)


def _triples(dataset: Dataset, default: tuple[Iri, ...]) -> list[str]:
    return sorted(str(triple) for node in dataset.merge(default) for triple in dataset.node_triples(node))


@given(GRAPHS, DEFAULTS)
def test_a_dataset_that_is_filled_is_one_that_was_made_at_once(
    graphs: dict[Iri, bytes], default: tuple[Iri, ...]
) -> None:
    made, filled = Dataset(graphs, unnamed=UNNAMED), Dataset({}, unnamed=UNNAMED)
    filled.fill(graphs.items(), default)
    assert filled.names == made.names
    for name in graphs:
        assert set(filled.triples(name)) == set(made.triples(name))
        assert len(list(filled.triples(name))) == len(graphs[name].splitlines()), "blank nodes keep their labels"
    assert _triples(filled, default) == _triples(made, default)


@given(GRAPHS, DEFAULTS)
def test_a_merge_holds_each_triple_once(graphs: dict[Iri, bytes], default: tuple[Iri, ...]) -> None:
    dataset = Dataset({}, unnamed=UNNAMED)
    dataset.fill(graphs.items(), default)
    lines = {line for name in default for line in graphs.get(name, b"").splitlines()}
    assert len(_triples(dataset, default)) == len(lines)


@pytest.mark.parametrize("changed", NAMES)
def test_a_merge_follows_a_change_of_its_graphs(changed: Iri) -> None:
    dataset = Dataset({}, unnamed=UNNAMED)
    dataset.fill(((name, LINES[0].encode()) for name in NAMES), NAMES)
    dataset.replace(changed, LINES[3].encode())
    assert len(_triples(dataset, NAMES)) == 2
