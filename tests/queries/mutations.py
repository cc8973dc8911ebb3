"""Graphs with one statement taken out, and what no longer follows without it, to show that a query depends on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

import pyoxigraph as ox

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.owl import And, EquivalentClasses, Expression, Named, Or, Some, SubClassOf, SubPropertyOf
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.saturate import Saturation, no_context
from lumbarkg.sparql.documents import QueryDocument
from lumbarkg.sparql.graphs import ASSERTED, EVIDENCE, INFERRED, RELATIONS, hierarchy_triples, relation_triples

MOST_DERIVED = 400
MOST_STATED = 400
MOST_AXIOMS = 150

Loss = Mapping[Iri, Iterable[Triple]]


class MutableDataset(Dataset):
    """A dataset from which triples can be taken out for a while."""

    @property
    def _union(self) -> ox.NamedNode | ox.DefaultGraph:
        """The graph that holds the union of all."""
        return self.merge(self.names)[0]

    @contextmanager
    def without(self, loss: Loss) -> Iterator[None]:
        """The dataset less some triples of some of its graphs, and of the union where no graph holds them any more."""
        removed: list[ox.Quad] = []
        for graph, triples in loss.items():
            for quad in ox.parse(serialise(list(triples), Syntax.N_TRIPLES, {}), format=ox.RdfFormat.N_TRIPLES):
                removed += self._take_out(quad, ox.NamedNode(graph))
        try:
            yield
        finally:
            self._store.extend(removed)

    @contextmanager
    def with_also(self, graph: Iri, turtle: str) -> Iterator[None]:
        """The dataset with more triples in one of its graphs and in the union."""
        triples = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))
        places = (ox.NamedNode(graph), self._union)
        added = [ox.Quad(t.subject, t.predicate, t.object, place) for t in triples for place in places]
        added = [quad for quad in added if quad not in self._store]
        self._store.extend(added)
        try:
            yield
        finally:
            for quad in added:
                self._store.remove(quad)

    def _take_out(self, triple: ox.Quad, graph: ox.NamedNode) -> Iterator[ox.Quad]:
        held = list(self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None))
        named = [q for q in held if q.graph_name != self._union]
        gone = [q for q in named if q.graph_name == graph]
        if len(gone) == len(named):
            gone = held
        for quad in gone:
            self._store.remove(quad)
            yield quad


class Mutations:
    """Single statements whose loss may change the answer to a query, and what is lost with each."""

    def __init__(self, engine: Engine) -> None:
        self._knowledge = engine.knowledge
        self._prefixes = engine.terms.prefixes
        graphs = {
            ASSERTED: list(engine.knowledge.ontology.graph),
            EVIDENCE: evidence_triples(engine.ranker.tables),
            INFERRED: hierarchy_triples(engine.knowledge),
            RELATIONS: relation_triples(engine.knowledge),
        }
        self.dataset = MutableDataset(
            {name: serialise(triples, Syntax.N_TRIPLES, {}) for name, triples in graphs.items()}
        )
        self._stated = _by_term((ASSERTED, EVIDENCE), graphs)
        self._derived = _by_term((INFERRED, RELATIONS), graphs)
        self._asserted = set(graphs[ASSERTED])
        self._axioms: defaultdict[str, list[int]] = defaultdict(list)
        for number, axiom in enumerate(engine.knowledge.ontology.axioms):
            for name in _left(axiom):
                self._axioms[name].append(number)
        self._every_axiom = frozenset(range(len(engine.knowledge.ontology.axioms)))

    def answers(self, query: QueryDocument) -> bool:
        """Whether the dataset as it stands gives the expected rows."""
        _, rows = self.dataset.rows(query.text)
        expected = set(query.expected_rows(self._prefixes))
        return expected == set(rows) if query.many("exactly") == ("true",) else expected <= set(rows)

    def breaking_statement(self, query: QueryDocument) -> str | None:
        """A statement without which the query does not answer any more; None where none was found."""
        names = self._mentioned(query)
        for graph, triple in islice(_likeliest(self._stated, names), MOST_STATED):
            if triple.predicate != v.RDFS_SUBCLASS_OF and self._fails_without(query, {graph: [triple]}):
                return str(triple)
        for graph, triple in islice(_likeliest(self._derived, names), MOST_DERIVED):
            if not self._fails_without(query, self._with_its_assertion(graph, triple)):
                continue
            for number in islice(self._candidates(triple), MOST_AXIOMS):
                if not self._follows(triple, self._every_axiom - {number}):
                    return str(self._knowledge.ontology.axioms[number])
        return None

    def _fails_without(self, query: QueryDocument, loss: Loss) -> bool:
        with self.dataset.without(loss):
            return not self.answers(query)

    def _with_its_assertion(self, graph: Iri, triple: Triple) -> Loss:
        return {graph: [triple], ASSERTED: [triple] if triple in self._asserted else []}

    def _mentioned(self, query: QueryDocument) -> set[str]:
        """The IRIs in the text and the expected rows of a query, and the strings of the rows."""
        body = "\n".join(line for line in query.text.splitlines() if not line.lstrip().startswith(("#", "PREFIX")))
        found = {cell for row in query.expected_rows(self._prefixes) for cell in row if cell}
        for name in re.findall(r"\b[A-Za-z]\w*:[A-Za-z_]\w*", body):
            iri = self._prefixes.expand(name)
            if iri is not None:
                found.add(str(iri))
        return found

    def _candidates(self, triple: Triple) -> Iterator[int]:
        """Axioms that the derivation of a triple may use: about its subject first, then about what is above it."""
        above = sorted(self._knowledge.superclasses(Iri(triple.subject)) - {triple.subject})
        names = (str(triple.subject), str(triple.predicate), *above, str(triple.object))
        yield from dict.fromkeys(number for name in names for number in self._axioms[name])

    def _follows(self, triple: Triple, axioms: frozenset[int]) -> bool:
        """Whether the axioms alone entail a triple of the hierarchy or of the relation graph."""
        rules = self._knowledge.rules
        saturation = Saturation(rules, no_context, axioms)
        context = saturation.context((self._knowledge.known(Iri(triple.subject)), None))
        saturation.run()
        goal = self._knowledge.known(Iri(str(triple.object)))
        if triple.predicate == v.RDFS_SUBCLASS_OF:
            return goal in context.subsumers
        return any(goal in target.subsumers for target in context.links.get(rules.roles[triple.predicate], {}))


def _by_term(names: Iterable[Iri], graphs: Mapping[Iri, list[Triple]]) -> dict[str, list[tuple[Iri, Triple]]]:
    found: defaultdict[str, list[tuple[Iri, Triple]]] = defaultdict(list)
    for graph in names:
        for triple in graphs[graph]:
            for term in dict.fromkeys((str(triple.subject), _text(triple))):
                found[term].append((graph, triple))
    return found


def _text(triple: Triple) -> str:
    return str(getattr(triple.object, "value", triple.object))


def _likeliest(by_term: Mapping[str, list[tuple[Iri, Triple]]], names: set[str]) -> Iterator[tuple[Iri, Triple]]:
    """The triples about the names: first those with most of their terms among them."""
    about = dict.fromkeys(pair for name in sorted(names) for pair in by_term.get(name, ()))

    def score(pair: tuple[Iri, Triple]) -> int:
        return -sum(term in names for term in (str(pair[1].subject), str(pair[1].predicate), _text(pair[1])))

    yield from sorted(about, key=score)


def _left(axiom: object) -> Iterator[str]:
    """The names under which an axiom is looked up: of classes on its left, or of its properties."""
    if isinstance(axiom, SubClassOf):
        yield from _names(axiom.sub)
    elif isinstance(axiom, EquivalentClasses):
        yield str(axiom.named.iri)
    elif isinstance(axiom, SubPropertyOf):
        yield from dict.fromkeys((str(axiom.sup), *map(str, axiom.chain)))


def _names(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Named):
        yield str(expression.iri)
    elif isinstance(expression, And | Or):
        for operand in expression.operands:
            yield from _names(operand)
    elif isinstance(expression, Some):
        yield from _names(expression.filler)
