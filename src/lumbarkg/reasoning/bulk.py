"""Many cases at once: the same sets and rules as for one case, over columns of bits instead of one set after another.

What each finding, denial or number contributes is one row of a table, made once. A chunk of cases is the rows of its
parts, joined by ``|``; then each rule is applied to whole columns. No proofs. Memory depends on the size of a chunk and
of the table, never on the number of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import numpy as np
import numpy.typing as npt

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.normalise import Concept
from lumbarkg.reasoning.realise import add_bilateral_findings

CHUNK = 4096
_MOST_ROWS = 50_000
_SIDES = 2
"""Two columns beyond the concepts: a part that is on the left, one that is on the right."""
_Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CaseTypes:
    """What follows from one case: its named classes, and the named conditions suggested and argued against."""

    consistent: bool
    types: frozenset[Iri]
    suggests: frozenset[Iri]
    argues_against: frozenset[Iri]


def classify_cases(cases: Iterable[Case], knowledge: Knowledge, chunk: int = CHUNK) -> Iterator[CaseTypes]:
    """What follows from each case, in the order given; bilateral findings are added as intake adds them.

    Cases are taken ``chunk`` at a time. Raises OntologyError where a case names what the ontology does not know.
    """
    table = _Contributions(knowledge)
    reader = _Reader(knowledge, table)
    remaining = iter(cases)
    while taken := list(islice(remaining, chunk)):
        yield from reader.read(table.close(table.join(taken)))


class _Contributions:
    """Rows of bits: what a part of a case makes the case fall under."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge, program = knowledge, knowledge.program
        self._base = program.top | program.closed[knowledge.known(v.PATIENT_CASE)]
        reachable = self._base | program.bottom
        for head in _heads_of_cases(knowledge):
            reachable |= program.closed[head]
        self.positions = program.positions(reachable)
        self._column_of = {position: column for column, position in enumerate(self.positions)}
        self.columns = len(self.positions)
        self._rules = self._usable_rules()
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._table = np.zeros((1024, (self.columns + _SIDES + 7) // 8), dtype=np.uint8)

    def column(self, concept: Concept) -> int | None:
        """The column of a concept, None where no case can fall under it."""
        return self._column_of.get(self._knowledge.program.bit(concept).bit_length() - 1)

    def join(self, cases: list[Case]) -> _Bits:
        """One column a case, one row a concept: everything that the parts of the cases contribute."""
        if len(self._numbers) > _MOST_ROWS:
            self._forget()
        numbers: list[int] = []
        starts: list[int] = []
        for case in cases:
            starts.append(len(numbers))
            numbers += self._parts(case)
        joined = np.bitwise_or.reduceat(self._table[numbers], starts, axis=0)
        sides = np.unpackbits(joined, axis=1, bitorder="little")[:, self.columns : self.columns + _SIDES]
        for index in np.flatnonzero(sides.all(axis=1)).tolist():
            full = add_bilateral_findings(cases[index], self._knowledge)
            joined[index] |= np.bitwise_or.reduce(self._table[self._parts(full)], axis=0)
        unpacked = np.unpackbits(joined, axis=1, bitorder="little", count=self.columns)
        return np.ascontiguousarray(unpacked.T).astype(np.bool_)

    def close(self, bits: _Bits) -> _Bits:
        """Apply the rules until nothing new follows, in place."""
        changed = True
        while changed:
            changed = False
            for operands, head, gained in self._rules:
                hit = bits[operands[0]] & bits[operands[1]]
                for operand in operands[2:]:
                    hit &= bits[operand]
                if (hit & ~bits[head]).any():
                    bits[gained] |= hit
                    changed = True
        return bits

    def _parts(self, case: Case) -> list[int]:
        """The numbers of the rows of a case's parts."""
        known = self._numbers
        found: list[int | None] = [known.get(part) for part in (*case.findings, *case.exposures)]
        if None in found:
            found = [*map(self._finding, case.findings), *map(self._exposure, case.exposures)]
        found.append(self._row("base", lambda: self._base))
        if (age := case.age) is not None:
            found.append(self._row(("age", age), lambda: self._age(age)))
        if (sex := case.sex) is not None:
            found.append(self._row(("sex", sex), lambda: self._knowledge.qualifier(v.HAS_SEX, sex).bits))
        return found  # type: ignore[return-value]  # no None is left

    def _finding(self, finding: Finding) -> int:
        number = self._numbers.get(finding)
        if number is not None:
            return number
        if finding.status is Status.ABSENT:
            return self._add(finding, self._knowledge.finding_denial(finding).bits)
        branch = self._knowledge.finding_branch(finding)
        return self._add(finding, branch.contribution, branch.is_left, branch.is_right)

    def _exposure(self, exposure: Exposure) -> int:
        return self._row(exposure, lambda: self._knowledge.exposure_branch(exposure).contribution)

    def _age(self, age: Decimal) -> int:
        bits = 0
        for _, atoms in self._knowledge.atoms(((v.AGE_YEARS, age),)):
            for atom in atoms:
                bits |= self._knowledge.program.closed[atom]
        return bits

    def _row(self, key: Hashable, make: Callable[[], int]) -> int:
        number = self._numbers.get(key)
        return self._add(key, make()) if number is None else number

    def _add(self, key: Hashable, bits: int, is_left: bool = False, is_right: bool = False) -> int:
        number = self._numbers[key] = len(self._numbers)
        if number == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        row = np.zeros(self.columns + _SIDES, dtype=np.uint8)
        row[[self._column_of[p] for p in self._knowledge.program.positions(bits)]] = 1
        row[self.columns], row[self.columns + 1] = is_left, is_right
        self._table[number] = np.packbits(row, bitorder="little")
        return number

    def _usable_rules(self) -> list[tuple[tuple[int, ...], int, npt.NDArray[np.intp]]]:
        """The rules with several premises that can all hold of a case: columns of the premises, the head, the gain."""
        program, found = self._knowledge.program, []
        for operands, head in program.conjunctions:
            columns = [self._column_of.get(p) for p in operands]
            needed = tuple(c for c in columns if c is not None)
            if len(needed) == len(columns) and head in self._column_of:
                gained = program.positions(program.closed[program.concept_at(head)])
                single = needed if len(needed) > 1 else needed * 2
                found.append((single, self._column_of[head], np.array([self._column_of[p] for p in gained])))
        return found


def _heads_of_cases(knowledge: Knowledge) -> set[Concept]:
    """Every concept that a part of a case can contribute, or a rule with several premises can add."""
    rules = knowledge.rules
    heads = {head for by_filler in rules.exists_left.values() for found in by_filler.values() for head, _ in found}
    heads |= {head for found in rules.conjunction.values() for _, head, _ in found}
    heads |= {concept for atoms in rules.facets.values() for _, concept in atoms}
    return heads | {knowledge.known(cls) for cls in knowledge.denials.values()}


class _Reader:
    """Reads names off closed columns."""

    def __init__(self, knowledge: Knowledge, table: _Contributions) -> None:
        names, program = knowledge.rules.names, knowledge.program
        columns = [(column, names[program.concept_at(p)]) for column, p in enumerate(table.positions)]
        named = [(c, name) for c, name in columns if name in knowledge.ontology.classes]
        self._columns = np.array([c for c, _ in named])
        self._names = np.array([name for _, name in named], dtype=object)
        bottom = table.column(program.concept_at(program.bottom.bit_length() - 1))
        self._bottom = 0 if bottom is None else bottom
        self._speakers = [_speakers(prop, knowledge, table) for prop in (v.SUGGESTS, v.ARGUES_AGAINST)]

    def read(self, bits: _Bits) -> Iterator[CaseTypes]:
        """What each column says."""
        types = _named(bits[self._columns], self._names)
        suggests, argues = (_named(_spoken(bits, s), s.conditions) for s in self._speakers)
        for inconsistent, *found in zip(bits[self._bottom].tolist(), types, suggests, argues, strict=True):
            yield CaseTypes(not inconsistent, *found)


@dataclass(frozen=True)
class _Speakers:
    """The columns of the concepts that speak for or against conditions, each with the numbers of its conditions."""

    columns: tuple[tuple[int, list[int]], ...]
    conditions: npt.NDArray[np.object_]


def _speakers(prop: Iri, knowledge: Knowledge, table: _Contributions) -> _Speakers:
    every = (1 << knowledge.program.width) - 1
    found = [
        (column, conditions)
        for concept, conditions in knowledge.patterns.speaking(prop, every)
        if (column := table.column(concept)) is not None
    ]
    spoken = sorted(frozenset().union(*(conditions for _, conditions in found)))
    number = {condition: index for index, condition in enumerate(spoken)}
    columns = tuple((column, sorted(number[c] for c in conditions)) for column, conditions in found)
    return _Speakers(columns, np.array(spoken, dtype=object))


def _spoken(bits: _Bits, speakers: _Speakers) -> _Bits:
    """Conditions × cases: which some concept of the case speaks of."""
    found = np.zeros((len(speakers.conditions), bits.shape[1]), dtype=np.bool_)
    for column, conditions in speakers.columns:
        if bits[column].any():
            found[conditions] |= bits[column]
    return found


def _named(bits: _Bits, names: npt.NDArray[np.object_]) -> Iterator[frozenset[Iri]]:
    """For each column the names of the rows that hold of it."""
    cases, rows = np.nonzero(bits.T)
    ends = np.searchsorted(cases, np.arange(1, bits.shape[1] + 1)).tolist()
    found, start = names[rows].tolist(), 0
    for end in ends:
        yield frozenset(found[start:end])
        start = end
