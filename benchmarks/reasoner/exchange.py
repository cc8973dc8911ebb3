"""The same question as documents that other reasoners read: the ontology with its query classes, and each case as RDF.

Suggestions are asked for through a class ``Q ≡ ∃suggests.X`` for each condition X, because reasoners answer with named
classes. What a denied finding denies is stated as types of the case, as our own reasoner computes it: the peers are
spared that part of the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.reasoner.engine import Answer, Reasoner
from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.oracle.translate import CaseNodes, case_triples, is_of_the_oracle, query_class, query_triples
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import BNode, Literal, Triple

_PROPERTIES = (v.OWL_OBJECT_PROPERTY, v.OWL_DATATYPE_PROPERTY)
_HAS_VALUE = Iri(v.OWL + "hasValue")


def ontology_triples(reasoner: Reasoner) -> list[Triple]:
    """The release as it stands, and the query classes."""
    knowledge = reasoner.knowledge
    return [*knowledge.ontology.graph, *query_triples(knowledge.subclasses(v.CONDITION))]


def stated_triples(case: Case, number: int, reasoner: Reasoner) -> tuple[CaseNodes, list[Triple]]:
    """The individuals of a case, without the classes by which the oracle compares denials."""
    nodes, triples = case_triples(case, number, reasoner.knowledge)
    classes = frozenset(nodes.denials)
    return nodes, [t for t in triples if t.subject not in classes and not isinstance(t.subject, BNode)]


def write_question(folder: Path, cases: Sequence[Case], reasoner: Reasoner) -> None:
    """Write what the peers read: the ontology (``ontology.owl``, ``.nt``, ``.ttl``), and each case, numbered from 0.

    ``case0.nt`` has the case as individuals, ``case0.classes.owl`` as classes. ``header.nt`` declares the properties,
    without which what a case alone asserts cannot be told apart from annotations.
    """
    triples = ontology_triples(reasoner)
    (folder / "ontology.owl").write_bytes(serialise(triples, Syntax.RDF_XML, v.WELL_KNOWN_PREFIXES))
    for name in ("ontology.nt", "ontology.ttl"):  # some peers go by the ending
        (folder / name).write_bytes(serialise(triples, Syntax.N_TRIPLES, {}))
    header = [t for t in triples if t.predicate == v.RDF_TYPE and t.object in _PROPERTIES]
    (folder / "header.nt").write_bytes(serialise(header, Syntax.N_TRIPLES, {}))
    for number, case in enumerate(cases):
        _, stated = stated_triples(case, number, reasoner)
        (folder / f"case{number}.nt").write_bytes(serialise(stated, Syntax.N_TRIPLES, {}))
        classes = serialise(as_classes(stated), Syntax.RDF_XML, v.WELL_KNOWN_PREFIXES)
        (folder / f"case{number}.classes.owl").write_bytes(classes)


def as_classes(stated: Sequence[Triple]) -> list[Triple]:
    """A case's individuals as classes: what is asserted of each becomes what it is a subclass of.

    A case is a tree without equality, so that the class has the superclasses that the individual has as types.
    """
    found: list[Triple] = []
    for index, triple in enumerate(stated):
        node, value = triple.subject, triple.object
        if triple.predicate != v.RDF_TYPE:
            restriction = BNode(f"restriction{index}")
            kind = _HAS_VALUE if isinstance(value, Literal) else v.OWL_SOME_VALUES_FROM
            found += [
                Triple(node, v.RDFS_SUBCLASS_OF, restriction),
                Triple(restriction, v.RDF_TYPE, v.OWL_RESTRICTION),
                Triple(restriction, v.OWL_ON_PROPERTY, triple.predicate),
                Triple(restriction, kind, value),
            ]
        elif value == v.OWL_NAMED_INDIVIDUAL:
            found.append(Triple(node, v.RDF_TYPE, v.OWL_CLASS))
        else:
            found.append(Triple(node, v.RDFS_SUBCLASS_OF, value))
    return found


def read_answer(types: Sequence[str], reasoner: Reasoner) -> Answer:
    """A peer's answer in our words: the classes of the case, and the conditions whose query class is among them."""
    conditions = reasoner.knowledge.subclasses(v.CONDITION)
    found = frozenset(map(Iri, types))
    return Answer(
        frozenset(t for t in found if t in reasoner.knowledge.ontology.classes and not is_of_the_oracle(t)),
        frozenset(c for c in conditions if query_class(v.SUGGESTS, c) in found),
    )
