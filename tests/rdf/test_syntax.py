"""N-Triples, which we write ourselves: the same bytes as pyoxigraph's writer gives."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.syntax import Syntax, parse, serialise, to_ox
from lumbarkg.rdf.terms import BNode, Literal, Triple

IRIS = st.sampled_from(("urn:a", "urn:b", "urn:ä")).map(Iri)
BNODES = st.sampled_from(("a", "b")).map(BNode)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
LITERALS = st.one_of(
    TEXT.map(Literal),
    st.builds(Literal, TEXT, st.sampled_from((v.XSD_INTEGER, v.XSD_DECIMAL)), st.just("")),
    TEXT.map(lambda text: Literal(text, Iri(f"{v.RDF}langString"), "en")),
)
SUBJECTS = IRIS | BNODES
TRIPLES = st.lists(st.builds(Triple, SUBJECTS, IRIS, SUBJECTS | LITERALS), max_size=8)
# As strings a blank node and an IRI may be equal, though no document can name such a node.
CONFUSABLE = SUBJECTS | st.just(BNode("urn:a"))


@given(TRIPLES | st.lists(st.builds(Triple, CONFUSABLE, IRIS, CONFUSABLE), max_size=4))
def test_the_lines_are_those_of_the_library(triples: list[Triple]) -> None:
    expected = ox.serialize(
        [ox.Triple(to_ox(t.subject), to_ox(t.predicate), to_ox(t.object)) for t in triples],  # type: ignore[arg-type]  # to_ox says more than these are
        format=ox.RdfFormat.N_TRIPLES,
    )
    assert serialise(triples, Syntax.N_TRIPLES, {}) == expected


@given(TRIPLES)
def test_what_is_written_is_read_again(triples: list[Triple]) -> None:
    assert parse(serialise(triples, Syntax.N_TRIPLES, {}), Syntax.N_TRIPLES) == triples
