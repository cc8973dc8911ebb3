"""Growth with the vocabulary: the ontology copied 4 and 16 times under other names beside the terms of the core.

Only the names are new: each copy has the structure of the original, and shares the core's terms and properties with
it, so that all copies lie under the same roots. Cases keep their shape and are spread over the copies. A class that is
defined by core terms alone (a band of ages) has its like in every copy, and a case falls under them all: the answers
grow somewhat too.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.reasoner.contestants import ROOT
from benchmarks.reasoner.engine import Answer, Reasoner
from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding
from lumbarkg.ontology.read import read_ontology
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import BNode, Graph, Term, Triple

_COPY = "_copy"
_BULK = 4096
"""So many cases on the bulk path at a time: a chunk."""


@dataclass(frozen=True)
class Size:
    """What was measured with so many copies: the load, and by round the seconds a case."""

    copies: int
    classes: int
    axioms: int
    load_seconds: float
    seconds: tuple[float, ...]
    bulk_seconds: tuple[float, ...]
    """Seconds of processor time a case on the bulk path."""


def core_terms() -> frozenset[Iri]:
    """The terms that all copies share: those of the core vocabulary."""
    triples = parse((ROOT / "ontology" / "core.ttl").read_bytes(), source="core.ttl")
    return frozenset(t.subject for t in triples if isinstance(t.subject, Iri))


class Copies:
    """An ontology beside copies of itself."""

    def __init__(self, triples: Sequence[Triple], core: frozenset[Iri]) -> None:
        self._triples = triples
        headers = {t.subject for t in triples if t.predicate == v.RDF_TYPE and t.object == v.OWL_ONTOLOGY}
        self._headers = frozenset(headers)
        subjects = frozenset(t.subject for t in triples if isinstance(t.subject, Iri) and t.subject.startswith(v.LKG))
        self._copied = subjects - core - headers

    def triples(self, copies: int) -> Iterator[Triple]:
        """The original, and ``copies - 1`` copies."""
        yield from self._triples
        for number in range(1, copies):
            rename = self.renaming(number)
            for s, p, o in self._triples:
                if s not in self._headers:
                    subject = rename(s)
                    assert isinstance(subject, Iri | BNode)
                    yield Triple(subject, p, rename(o))

    def renaming(self, number: int) -> Callable[[Term], Term]:
        """Term → its name in one copy; the original is number 0."""
        suffix = f"{_COPY}{number}"

        def rename(term: Term) -> Term:
            if isinstance(term, BNode):
                return BNode(term + suffix)
            return Iri(term + suffix) if isinstance(term, Iri) and term in self._copied else term

        return rename if number else lambda term: term

    def own_words(self, answer: Answer, number: int) -> Answer:
        """What an answer says in the words of one copy and of the core."""

        def own(iris: frozenset[Iri]) -> frozenset[Iri]:
            suffix = f"{_COPY}{number}" if number else ""
            return frozenset(
                iri
                for iri in iris
                if iri == iri.partition(_COPY)[0] + suffix or (_COPY not in iri and iri not in self._copied)
            )

        return Answer(own(answer.types), own(answer.suggests))


def renamed(case: Case, rename: Callable[[Term], Term]) -> Case:
    """A case in the words of a copy."""

    def one(term: Iri) -> Iri:
        found = rename(term)
        assert isinstance(found, Iri)
        return found

    def finding(f: Finding) -> Finding:
        return replace(f, term=one(f.term), qualifiers=tuple((p, one(c)) for p, c in f.qualifiers))

    def exposure(e: Exposure) -> Exposure:
        types = tuple(map(one, e.types))
        return replace(e, types=types, qualifiers=tuple((p, one(c)) for p, c in e.qualifiers))

    sex = None if case.sex is None else one(case.sex)
    return replace(
        case, findings=tuple(map(finding, case.findings)), exposures=tuple(map(exposure, case.exposures)), sex=sex
    )


def measure_vocabulary(
    triples: Sequence[Triple], cases: Sequence[Case], sizes: Sequence[int], rounds: int
) -> list[Size]:
    """Load the ontology at each size, then answer the cases at each size in turn.

    Asserts that the answers in a case's own words and the core's are the same but for the names.
    """
    copies, built = Copies(triples, core_terms()), []
    for size in sizes:
        ontology = read_ontology(Graph(copies.triples(size)))
        started = time.process_time()
        reasoner = Reasoner(ontology)
        built.append((size, reasoner, time.process_time() - started, _spread(cases, copies, size)))
    expected = [built[0][1].answer(case) for case in cases]
    for size, reasoner, _, spread in built:
        for number, (case, answer) in enumerate(zip(spread, expected, strict=True)):
            own = copies.own_words(reasoner.answer(case), number % size)
            assert own == _renamed_answer(answer, copies.renaming(number % size)), (size, case)
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    bulk: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size, reasoner, _, spread in built:
            seconds[size].append(statistics.median(_seconds(reasoner, case) for case in spread))
            bulk[size].append(_bulk_seconds(reasoner, spread))
    return [
        Size(
            size,
            len(reasoner.knowledge.ontology.classes),
            len(reasoner.knowledge.ontology.axioms),
            load,
            tuple(seconds[size]),
            tuple(bulk[size]),
        )
        for size, reasoner, load, spread in built
    ]


def _spread(cases: Sequence[Case], copies: Copies, size: int) -> list[Case]:
    return [renamed(case, copies.renaming(number % size)) for number, case in enumerate(cases)]


def _renamed_answer(answer: Answer, rename: Callable[[Term], Term]) -> Answer:
    def names(iris: frozenset[Iri]) -> frozenset[Iri]:
        return frozenset(name for iri in iris if isinstance(name := rename(iri), Iri))

    return Answer(names(answer.types), names(answer.suggests))


def _seconds(reasoner: Reasoner, case: Case) -> float:
    started = time.process_time()
    reasoner.answer(case)
    return time.process_time() - started


def _bulk_seconds(reasoner: Reasoner, cases: Sequence[Case]) -> float:
    """Processor seconds a case, without what a run takes however many cases it has."""
    many = [case for _ in range(max(1, _BULK // len(cases))) for case in cases]
    started = time.process_time()
    for _ in reasoner.run_through([]):
        pass
    once = time.process_time() - started
    started = time.process_time()
    number = sum(1 for _ in reasoner.run_through(many))
    return (time.process_time() - started - once) / number
