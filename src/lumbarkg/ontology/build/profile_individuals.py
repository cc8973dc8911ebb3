"""What the profile asks of individuals and of statements that are no axioms.

The release is about classes. Its individuals (claims, groups of questions) are addresses to hang annotations on; the
reasoner does not read them, so that nothing may follow from them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.owl import Named, SubClassOf, expressions_of, subexpressions
from lumbarkg.ontology.read import Ontology
from lumbarkg.rdf.terms import BNode, Subject, Term

_KNOWN = (v.RDF, v.RDFS, v.OWL, v.XSD)
"""Namespaces whose terms are read, or refused, where axioms are."""


def check_individuals(ontology: Ontology) -> list[Issue]:
    """Every assertion about an individual from which something could follow, and every undeclared property."""
    return [*_types(ontology), *_statements(ontology)]


def _types(ontology: Ontology) -> Iterator[Issue]:
    logical = _classes_of_logic(ontology)
    for triple in ontology.graph.with_predicate(v.RDF_TYPE):
        if _is_individual_type(triple.object, ontology):
            if triple.object in logical or isinstance(triple.object, BNode):
                yield _issue(
                    triple.subject,
                    f"The individual is an instance of {_name(triple.object)}, from which something follows.",
                    "Declare a class instead; a case is an example file, no part of the ontology.",
                )
            if triple.subject in ontology.classes:
                yield _issue(triple.subject, "The name is of a class and of an individual.", "Use two names.")


def _is_individual_type(cls: Term, ontology: Ontology) -> bool:
    if isinstance(cls, BNode):
        return True
    return cls in ontology.classes or cls in (v.OWL_NAMED_INDIVIDUAL, v.OWL_THING)


def _classes_of_logic(ontology: Ontology) -> set[Term]:
    """The classes of which an axiom says more than that one named class lies under another, and all below them."""
    below: dict[Term, set[Term]] = {}
    found: set[Term] = {v.OWL_NOTHING}
    for axiom in ontology.axioms:
        if isinstance(axiom, SubClassOf) and isinstance(axiom.sub, Named) and isinstance(axiom.sup, Named):
            below.setdefault(axiom.sup.iri, set()).add(axiom.sub.iri)
            continue
        parts = (part for expression in expressions_of(axiom) for part in subexpressions(expression))
        found.update(part.iri for part in parts if isinstance(part, Named))
    stack = list(found)
    while stack:
        for cls in below.get(stack.pop(), set()) - found:
            found.add(cls)
            stack.append(cls)
    return found


def _statements(ontology: Ontology) -> Iterator[Issue]:
    graph = ontology.graph
    annotations = set(graph.instances(v.OWL_ANNOTATION_PROPERTY))
    logical = ontology.object_properties | ontology.data_properties
    undeclared: dict[Iri, None] = {}
    for triple in graph:
        if triple.predicate in logical:
            yield _issue(
                triple.subject,
                f"{triple.predicate.local_name} is stated of an individual.",
                "State it of a class, with someValuesFrom; or use an annotation property.",
            )
        elif triple.predicate not in annotations and not triple.predicate.startswith(_KNOWN):
            undeclared[triple.predicate] = None
    for prop in undeclared:
        yield _issue(prop, "The property is used and not declared.", "Declare it as an annotation property.")


def _name(cls: Term) -> str:
    return "an unnamed class" if isinstance(cls, BNode) else str(cls)


def _issue(place: Subject, message: str, remedy: str) -> Issue:
    return error("profile", str(place), message, remedy)
