"""Blank nodes labelled by what they say, so that the same source gives the same bytes on every machine.

A label is a hash of the tree under the node with the subject, the predicate and the ordinal that refer to it. One
changed axiom therefore changes the labels of its own tree only, and equal restrictions of two axioms stay apart.
A node without a referring triple is labelled by its tree and its ordinal among equal trees. A node that is referred
to more than once (the target of an axiom annotation) takes its label from the referring triple that sorts first.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

from lumbarkg.errors import OntologyError
from lumbarkg.rdf.terms import BNode, Literal, Subject, Term, Triple
from lumbarkg.vocabulary import OWL_ANNOTATED_TARGET

_LABEL_LENGTH = 20


def canonical_triples(triples: list[Triple]) -> list[Triple]:
    """The same graph with stable blank node labels, sorted.

    Raises OntologyError where blank nodes form a cycle.
    """
    triples = list(dict.fromkeys(triples))
    labels = _Labeller(triples).labels()
    renamed = {
        Triple(
            labels[t.subject] if isinstance(t.subject, BNode) else t.subject,
            t.predicate,
            labels[t.object] if isinstance(t.object, BNode) else t.object,
        )
        for t in triples
    }
    return sorted(renamed, key=_sort_key)


def _sort_key(triple: Triple) -> tuple[str, str, str, str, str]:
    return (*_term_key(triple.subject)[:1], triple.predicate, *_term_key(triple.object))


def _term_key(term: Term) -> tuple[str, str, str]:
    if isinstance(term, BNode):
        return (f"_:{term}", "", "")
    if isinstance(term, Literal):
        return (f'"{term.value}', term.datatype, term.language)
    return (str(term), "", "")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Labeller:
    def __init__(self, triples: list[Triple]) -> None:
        self._outgoing: dict[BNode, list[Triple]] = defaultdict(list)
        self._incoming: dict[BNode, list[Triple]] = defaultdict(list)
        self._nodes: dict[BNode, None] = {}
        for triple in triples:
            if isinstance(triple.subject, BNode):
                self._outgoing[triple.subject].append(triple)
                self._nodes[triple.subject] = None
            if isinstance(triple.object, BNode):
                self._incoming[triple.object].append(triple)
                self._nodes[triple.object] = None
        self._trees: dict[BNode, str] = {}
        self._labels: dict[BNode, BNode] = {}
        self._by_subject: dict[Subject, list[Triple]] = defaultdict(list)

    def labels(self) -> dict[BNode, BNode]:
        for node in self._below_first():
            lines = sorted(f"{t.predicate} {self._written(t.object)}" for t in self._outgoing[node])
            self._trees[node] = _hash("\n".join(lines))
        roots: dict[str, list[BNode]] = defaultdict(list)
        for node in self._nodes:
            if not self._incoming[node]:
                roots[self._trees[node]].append(node)
        for tree, nodes in roots.items():
            for ordinal, node in enumerate(nodes):
                self._labels[node] = self._named(f"root {tree} {ordinal}")
        for node in reversed(self._below_first()):
            self._label(node)
        if len(set(self._labels.values())) != len(self._labels):
            raise OntologyError("Two blank nodes would share a label; report this graph.")
        return self._labels

    def _below_first(self) -> list[BNode]:
        """The blank nodes, each after all those that it refers to, without recursion: lists are long."""
        done: dict[BNode, None] = {}
        for start in self._nodes:
            path: dict[BNode, None] = {}
            stack: list[tuple[BNode, bool]] = [(start, False)]
            while stack:
                node, finished = stack.pop()
                if finished:
                    path.pop(node)
                    done[node] = None
                elif node in path:
                    raise OntologyError(f"The blank node {node} refers to itself; class expressions must be trees.")
                elif node not in done:
                    path[node] = None
                    stack.append((node, True))
                    stack.extend((t.object, False) for t in self._outgoing[node] if isinstance(t.object, BNode))
        return list(done)

    def _written(self, term: Term) -> str:
        return f"_:{self._trees[term]}" if isinstance(term, BNode) else repr(_term_key(term))

    def _label(self, node: BNode) -> None:
        """Label a node whose referring nodes are labelled."""
        if node not in self._labels:
            referring = [t for t in self._incoming[node] if t.predicate != OWL_ANNOTATED_TARGET] or self._incoming[node]
            key, ordinal = min((f"{self._subject(t.subject)} {t.predicate}", self._ordinal(t, node)) for t in referring)
            self._labels[node] = self._named(f"{key} {ordinal} {self._trees[node]}")

    def _subject(self, subject: Subject) -> str:
        return f"_:{self._labels[subject]}" if isinstance(subject, BNode) else str(subject)

    def _ordinal(self, triple: Triple, node: BNode) -> int:
        """Where the node stands among equal trees that the same subject and predicate refer to.

        Twins are told apart by what else refers to them; twins that nothing tells apart may change places.
        """
        siblings = self._outgoing[triple.subject] if isinstance(triple.subject, BNode) else self._named_subject(triple)
        equal = {
            t.object: None
            for t in siblings
            if t.predicate == triple.predicate
            and isinstance(t.object, BNode)
            and self._trees[t.object] == self._trees[node]
        }
        return sorted(equal, key=self._references).index(node)

    def _references(self, node: BNode) -> list[str]:
        """What refers to a node, by its own content."""
        return sorted(f"{self._written(t.subject)} {t.predicate}" for t in self._incoming[node])

    def _named_subject(self, triple: Triple) -> list[Triple]:
        if not self._by_subject:
            for node in self._nodes:
                for t in self._incoming[node]:
                    self._by_subject[t.subject].append(t)
        return self._by_subject[triple.subject]

    @staticmethod
    def _named(text: str) -> BNode:
        return BNode(f"b{_hash(text)[:_LABEL_LENGTH]}")
