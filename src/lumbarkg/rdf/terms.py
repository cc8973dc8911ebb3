"""RDF terms and triples in our own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.vocabulary import (
    RDF_FIRST,
    RDF_NIL,
    RDF_REST,
    RDF_TYPE,
    XSD_BOOLEAN,
    XSD_DECIMAL,
    XSD_INTEGER,
    XSD_STRING,
)


class BNode(str):
    """A blank node, by its label within one graph."""

    __slots__ = ()


class Literal(NamedTuple):
    """A literal: lexical form, datatype, language ('' where there is none)."""

    value: str
    datatype: Iri = XSD_STRING
    language: str = ""

    @property
    def number(self) -> Decimal:
        """The exact decimal value of a numeric literal."""
        return Decimal(self.value)

    @property
    def is_true(self) -> bool:
        """Whether this is the boolean true."""
        return self.datatype == XSD_BOOLEAN and self.value in ("true", "1")


Subject = Iri | BNode
Term = Iri | BNode | Literal


class Triple(NamedTuple):
    """One statement."""

    subject: Subject
    predicate: Iri
    object: Term


def decimal_literal(number: Decimal) -> Literal:
    """``number`` as xsd:decimal, never in exponent form and never as a double."""
    return Literal(format(number, "f"), XSD_DECIMAL)


def integer_literal(number: int) -> Literal:
    """``number`` as xsd:integer."""
    return Literal(str(number), XSD_INTEGER)


def boolean_literal(value: bool) -> Literal:
    """``value`` as xsd:boolean."""
    return Literal("true" if value else "false", XSD_BOOLEAN)


class Graph:
    """An immutable set of triples, indexed by subject and by predicate."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._triples = tuple(dict.fromkeys(triples))
        by_subject: dict[Subject, dict[Iri, list[Term]]] = defaultdict(dict)
        by_predicate: dict[Iri, list[Triple]] = defaultdict(list)
        for triple in self._triples:
            by_subject[triple.subject].setdefault(triple.predicate, []).append(triple.object)
            by_predicate[triple.predicate].append(triple)
        self._by_subject = {
            subject: {predicate: tuple(objects) for predicate, objects in about.items()}
            for subject, about in by_subject.items()
        }
        self._by_predicate = dict(by_predicate)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._triples)

    def __len__(self) -> int:
        return len(self._triples)

    def objects(self, subject: Term, predicate: Iri) -> tuple[Term, ...]:
        """All objects of ``subject predicate ?``."""
        if isinstance(subject, Literal):
            return ()
        about = self._by_subject.get(subject)
        return () if about is None else about.get(predicate, ())

    def value(self, subject: Term, predicate: Iri) -> Term | None:
        """The first object of ``subject predicate ?``, or None."""
        found = self.objects(subject, predicate)
        return found[0] if found else None

    def text(self, subject: Term, predicate: Iri) -> str:
        """The lexical form of the first object, '' where there is none."""
        found = self.value(subject, predicate)
        if found is None:
            return ""
        return found.value if isinstance(found, Literal) else str(found)

    def predicates(self, subject: Subject) -> Mapping[Iri, tuple[Term, ...]]:
        """Predicate → objects of one subject."""
        return self._by_subject.get(subject, {})

    def with_predicate(self, predicate: Iri) -> tuple[Triple, ...]:
        """All triples of one predicate."""
        return tuple(self._by_predicate.get(predicate, ()))

    def instances(self, cls: Iri) -> tuple[Subject, ...]:
        """All subjects typed ``cls`` directly."""
        return tuple(t.subject for t in self.with_predicate(RDF_TYPE) if t.object == cls)

    def items(self, head: Term) -> tuple[Term, ...]:
        """The members of an RDF list.

        Raises OntologyError where the list is broken or circular.
        """
        members: list[Term] = []
        seen: set[Term] = set()
        while head != RDF_NIL:
            first, rest = self.value(head, RDF_FIRST), self.value(head, RDF_REST)
            if first is None or rest is None or head in seen:
                raise OntologyError(
                    f"The RDF list at {head} is broken: each node needs one rdf:first and one rdf:rest."
                )
            seen.add(head)
            members.append(first)
            head = rest
        return tuple(members)
