"""Blank nodes are labelled by what they say: not by order, not by their old labels, and locally."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.canonical import canonical_triples
from lumbarkg.ontology.build.merge import merge
from lumbarkg.rdf.syntax import Syntax, parse, serialise, to_ox
from lumbarkg.rdf.terms import BNode, Graph, Literal, Subject, Term, Triple

ROOT = Path(__file__).parents[3] / "ontology" / "lumbarkg.ttl"
EX = "http://example.org/"
PREFIXES = f"""@prefix ex: <{EX}> . @prefix owl: <{v.OWL}> . @prefix rdfs: <{v.RDFS}> . @prefix rdf: <{v.RDF}> ."""
SOME_B = "a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B"


def read(body: str) -> list[Triple]:
    return parse(f"{PREFIXES}\n{body}".encode())


def renamed(triples: list[Triple]) -> list[Triple]:
    """The same graph with other labels that sort the other way round."""
    nodes = dict.fromkeys(t for triple in triples for t in triple if isinstance(t, BNode))
    names = {node: BNode(f"z{len(nodes) - i:04}") for i, node in enumerate(nodes)}

    def rename(term: Term) -> Term:
        return names[term] if isinstance(term, BNode) else term

    return [t._replace(subject=rename(t.subject), object=rename(t.object)) for t in triples]


def as_dataset(triples: list[Triple]) -> ox.Dataset:
    """The graph with the labels of RDFC-1.0: two graphs are isomorphic just when these are equal.

    rdflib's own comparison calls graphs with twins, such as two equal trees of three nodes, different now and then.
    """
    quads = [ox.Quad(to_ox(t.subject), ox.NamedNode(t.predicate), to_ox(t.object)) for t in triples]
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


# ---------------------------------------------------------------- laws over drawn graphs

names = st.sampled_from([Iri(EX + name) for name in "ABC"])
predicates = st.sampled_from([Iri(EX + name) for name in "pq"])
literals = st.sampled_from([Literal("x"), Literal("x", language="en"), Literal("1", v.XSD_DECIMAL), Literal("a\nb")])
Tree = tuple[tuple[Iri, "Term | Tree"], ...]
trees = st.recursive(
    st.just(()),
    lambda inner: st.lists(st.tuples(predicates, names | literals | inner), max_size=3).map(tuple),
    max_leaves=6,
)


@st.composite
def graphs(draw: st.DrawFn) -> list[Triple]:
    """Trees of blank nodes under names, some of them twice, loose ones, and annotated axioms."""
    triples: list[Triple] = []

    def grow(tree: Tree) -> BNode:
        node = BNode(f"n{len(triples)}")
        triples.append(Triple(node, v.RDF_TYPE, v.OWL_RESTRICTION))
        for predicate, child in tree:
            add(node, predicate, child)
        return node

    def add(subject: Subject, predicate: Iri, child: Term | Tree) -> Term:
        target = child if isinstance(child, Iri | Literal) else grow(child)
        triples.append(Triple(subject, predicate, target))
        return target

    statements = draw(st.lists(st.tuples(names, predicates, trees), max_size=4))
    repeats = draw(st.lists(st.sampled_from(statements), max_size=2)) if statements else []
    for subject, predicate, tree in (*statements, *repeats):
        target = add(subject, predicate, tree)
        alone = [*statements, *repeats].count((subject, predicate, tree)) == 1
        if alone and draw(st.booleans()):
            axiom = grow(())
            triples.append(Triple(axiom, v.OWL_ANNOTATED_SOURCE, subject))
            triples.append(Triple(axiom, v.OWL_ANNOTATED_PROPERTY, predicate))
            triples.append(Triple(axiom, v.OWL_ANNOTATED_TARGET, target))
            triples.append(Triple(axiom, v.CLAIM, Literal(draw(st.sampled_from(["A01", "A02"])))))
    for tree in draw(st.lists(trees, max_size=2)):
        grow(tree)
    return list(dict.fromkeys(triples))


@settings(deadline=None, max_examples=150)
@given(st.data(), graphs())
def test_labels_depend_neither_on_order_nor_on_old_labels(data: st.DataObject, triples: list[Triple]) -> None:
    shuffled = data.draw(st.permutations(triples))
    assert canonical_triples(renamed(shuffled)) == canonical_triples(triples)


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_the_graph_stays_the_same_graph(triples: list[Triple]) -> None:
    canonical = canonical_triples(triples)
    assert len(canonical) == len(set(triples))
    assert set(as_dataset(canonical)) == set(as_dataset(triples))


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_a_canonical_graph_is_left_as_it_is(triples: list[Triple]) -> None:
    canonical = canonical_triples(triples)
    assert canonical_triples(canonical) == canonical


# ---------------------------------------------------------------- what must stay apart


def test_equal_restrictions_of_two_axioms_stay_apart() -> None:
    triples = read(f"ex:A rdfs:subClassOf [ {SOME_B} ] . ex:C rdfs:subClassOf [ {SOME_B} ] .")
    canonical = canonical_triples(triples)
    assert len(canonical) == len(triples) == 8
    targets = {t.object for t in canonical if t.predicate == v.RDFS_SUBCLASS_OF}
    assert len(targets) == 2


def test_an_equal_restriction_twice_in_one_class_stays_two() -> None:
    triples = read(f"ex:A rdfs:subClassOf [ {SOME_B} ] , [ {SOME_B} ] .")
    canonical = canonical_triples(triples)
    assert len(canonical) == len(triples) == 8
    assert len({t.object for t in canonical if t.predicate == v.RDFS_SUBCLASS_OF}) == 2


def test_equal_loose_axioms_stay_apart() -> None:
    body = "[ a owl:AllDisjointClasses ; owl:members ( ex:A ex:B ) ] ."
    canonical = canonical_triples(read(body * 2))
    assert len(canonical) == 12
    assert len({t.subject for t in canonical if t.predicate == v.OWL_MEMBERS}) == 2


def test_a_shared_node_stays_one() -> None:
    triples = read(f"ex:A rdfs:subClassOf _:r . ex:C rdfs:subClassOf _:r . _:r {SOME_B} .")
    canonical = canonical_triples(triples)
    assert len(canonical) == 5
    assert len({t.object for t in canonical if t.predicate == v.RDFS_SUBCLASS_OF}) == 1


def test_a_repeated_statement_changes_nothing() -> None:
    triples = read(f"ex:A rdfs:subClassOf [ {SOME_B} ] .")
    assert canonical_triples([*triples, *triples]) == canonical_triples(triples)


def test_an_annotation_on_one_of_two_equal_restrictions_does_not_depend_on_order() -> None:
    triples = read(
        f"""ex:A rdfs:subClassOf _:x , _:y . _:x {SOME_B} . _:y {SOME_B} .
        [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ;
            owl:annotatedTarget _:x ; ex:claim "A01" ."""
    )
    first, second = (t for t in triples if t.predicate == v.RDFS_SUBCLASS_OF)
    rest = [t for t in triples if t not in (first, second)]
    assert canonical_triples([first, second, *rest]) == canonical_triples([second, first, *rest])


# ---------------------------------------------------------------- refusals and size


@pytest.mark.parametrize(
    "body",
    [
        "ex:A ex:p _:x . _:x ex:p _:x .",
        "ex:A ex:p _:x . _:x ex:p _:y . _:y ex:q _:z . _:z ex:p _:x .",
        "_:x ex:p _:y . _:y ex:p _:x .",
    ],
)
def test_a_cycle_is_refused(body: str) -> None:
    with pytest.raises(OntologyError, match="refers to itself; class expressions must be trees"):
        canonical_triples(read(body))


def test_a_list_of_a_thousand_members_is_labelled() -> None:
    members = " ".join(f"ex:C{i}" for i in range(1000))
    graph = Graph(canonical_triples(read(f"ex:A owl:members ( {members} ) .")))
    head = graph.value(Iri(EX + "A"), v.OWL_MEMBERS)
    assert head is not None
    assert graph.items(head) == tuple(Iri(f"{EX}C{i}") for i in range(1000))


# ---------------------------------------------------------------- the real ontology


@pytest.fixture(scope="module")
def source() -> list[Triple]:
    return merge(ROOT, ROOT.parent / "catalog-v001.xml")


def written(triples: list[Triple]) -> Counter[str]:
    return Counter(serialise(canonical_triples(triples), Syntax.TURTLE, v.WELL_KNOWN_PREFIXES).decode().splitlines())


def innermost_filler(graph: Graph, node: Term, depth: int = 0) -> tuple[int, Triple] | None:
    """The deepest ``owl:someValuesFrom`` with a named class under a node."""
    found: list[tuple[int, Triple]] = []
    if isinstance(node, BNode):
        for predicate, values in graph.predicates(node).items():
            for value in values:
                if predicate == v.OWL_SOME_VALUES_FROM and isinstance(value, Iri):
                    found.append((depth, Triple(node, predicate, value)))
                below = innermost_filler(graph, value, depth + 1)
                if below is not None:
                    found.append(below)
    return max(found, key=lambda pair: pair[0], default=None)


@pytest.mark.parametrize(
    "cls", ["PainBelowKnee", "DelayedOnsetSorenessPattern", "FlarePattern", "InflammatoryPictureTrigger"]
)
def test_one_changed_definition_changes_tens_of_lines(source: list[Triple], cls: str) -> None:
    graph = Graph(source)
    found = innermost_filler(graph, graph.value(Iri(v.LKG + cls), v.OWL_EQUIVALENT_CLASS))
    assert found is not None
    changed = [t._replace(object=Iri(v.LKG + "SomethingElse")) if t == found[1] else t for t in source]
    before, after = written(source), written(changed)
    lines = sum(((before - after) + (after - before)).values())
    assert 0 < lines < 100, f"{lines} of {sum(before.values())} lines changed"


def test_one_more_superclass_changes_few_lines(source: list[Triple]) -> None:
    cls, more = Iri(v.LKG + "LowBackPain"), BNode("more")
    added = [
        Triple(cls, v.RDFS_SUBCLASS_OF, more),
        Triple(more, v.RDF_TYPE, v.OWL_RESTRICTION),
        Triple(more, v.OWL_ON_PROPERTY, v.HAS_COURSE),
        Triple(more, v.OWL_SOME_VALUES_FROM, v.COURSE),
    ]
    before, after = written(source), written([*source, *added])
    assert 3 <= sum((after - before).values()) < 10
    assert sum((before - after).values()) < 10
