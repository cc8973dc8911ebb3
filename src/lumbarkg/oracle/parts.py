"""A case while it is being drawn: parts are collected, then made into a ``Case`` that intake would accept."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from lumbarkg.identifiers import Iri
from lumbarkg.model import Case, Exposure, Finding, Status
from lumbarkg.oracle.choices import DENIABLE, SINGLE


@dataclass
class Stated:
    """Qualifiers and numbers of one finding or exposure, under the classes it states."""

    types: list[Iri] = field(default_factory=list)
    qualifiers: list[tuple[Iri, Iri]] = field(default_factory=list)
    quantities: dict[Iri, Decimal] = field(default_factory=dict)

    def qualify(self, prop: Iri, value: Iri) -> None:
        """State a qualifier; a second value of a single-valued property is left out."""
        if prop not in SINGLE or all(p != prop for p, _ in self.qualifiers):
            self.qualifiers.append((prop, value))

    def finding(self) -> Finding:
        """The finding as present."""
        return Finding(self.types[0], qualifiers=tuple(self.qualifiers), quantities=tuple(self.quantities.items()))

    def denied(self, *, qualified: bool) -> Finding:
        """The finding as absent, with those qualifiers that a denial may carry if ``qualified``."""
        kept = tuple((p, c) for p, c in self.qualifiers if qualified and p in DENIABLE)
        return Finding(self.types[0], Status.ABSENT, kept)

    def exposure(self) -> Exposure:
        """The exposure."""
        return Exposure(tuple(self.types), (), tuple(self.qualifiers), tuple(self.quantities.items()))


@dataclass
class CaseParts:
    """What a case under construction states so far."""

    findings: dict[Finding, None] = field(default_factory=dict)
    exposures: dict[Exposure, None] = field(default_factory=dict)
    age: Decimal | None = None
    sex: Iri | None = None

    def add(self, *findings: Finding) -> None:
        """State findings, present or absent, each once."""
        self.findings.update(dict.fromkeys(findings))

    def case(self) -> Case:
        """The case."""
        return Case(tuple(self.findings), tuple(self.exposures), self.age, self.sex)
