"""The values that flow through the pipeline: a case, what follows from it, and the assessment.

All are frozen. A value that the model forbids cannot be built: constructors raise ValueError naming it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from lumbarkg.guidance import CauseAdvice, Contributor
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue


class Status(Enum):
    """Whether a finding was reported, was asked about and denied, or was not asked about."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """A term with its status and qualifiers.

    ``qualifiers`` are (object property, term) pairs, ``quantities`` (data property, decimal) pairs; both sorted,
    so that equal findings are equal values. An absent finding carries no quantity. ``path`` is where it came
    from in the input (JSON Pointer) and does not count for equality.
    """

    term: Iri
    status: Status = Status.PRESENT
    qualifiers: tuple[tuple[Iri, Iri], ...] = ()
    quantities: tuple[tuple[Iri, Decimal], ...] = ()
    path: str = field(default="", compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.qualifiers:
            object.__setattr__(self, "qualifiers", tuple(sorted(set(self.qualifiers))))
        if self.quantities:
            object.__setattr__(self, "quantities", tuple(sorted(set(self.quantities))))
            if len({p for p, _ in self.quantities}) != len(self.quantities):
                raise ValueError(f"{self.term} states one quantity twice: {self.quantities}")
            if self.status is Status.ABSENT:
                raise ValueError(f"{self.term} is absent and cannot carry a quantity: {self.quantities}")
        object.__setattr__(self, "_hash", hash((self.term, self.status.value, self.qualifiers, self.quantities)))

    def __hash__(self) -> int:
        return self._hash  # findings are looked up many times, and decimals are slow to hash

    def __reduce__(self) -> tuple[Any, ...]:
        return Finding, (
            self.term,
            self.status,
            self.qualifiers,
            self.quantities,
            self.path,
        )  # hashes differ by process

    def quantity(self, prop: Iri) -> Decimal | None:
        """The value of one quantity, None where not stated."""
        return dict(self.quantities).get(prop)

    def values(self, prop: Iri) -> tuple[Iri, ...]:
        """The terms stated for one qualifier."""
        return tuple(value for p, value in self.qualifiers if p == prop)


@dataclass(frozen=True)
class Exposure:
    """What was done before the complaint: an exercise, faults, and yes/no classes it does or does not fall under."""

    types: tuple[Iri, ...] = ()
    excluded_types: tuple[Iri, ...] = ()
    qualifiers: tuple[tuple[Iri, Iri], ...] = ()
    quantities: tuple[tuple[Iri, Decimal], ...] = ()
    path: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", tuple(sorted(set(self.types))))
        object.__setattr__(self, "excluded_types", tuple(sorted(set(self.excluded_types))))
        object.__setattr__(self, "qualifiers", tuple(sorted(set(self.qualifiers))))
        object.__setattr__(self, "quantities", tuple(sorted(set(self.quantities))))


@dataclass(frozen=True)
class Case:
    """One patient with one complaint at one moment: findings present and absent, exposures, age, sex, setting.

    Unknown findings are not kept: not asked is the same as not mentioned. ``as_of_hours`` is how long after the
    report the moment of assessment is; durations are already those of that moment.
    """

    findings: tuple[Finding, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    age: Decimal | None = None
    sex: Iri | None = None
    setting: str = ""
    as_of_hours: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if any(f.status is Status.UNKNOWN for f in self.findings):
            raise ValueError("a case keeps present and absent findings only")

    @cached_property
    def present(self) -> tuple[Finding, ...]:
        """The findings that were reported."""
        return tuple(f for f in self.findings if f.status is Status.PRESENT)

    @cached_property
    def absent(self) -> tuple[Finding, ...]:
        """The findings that were asked about and denied."""
        return tuple(f for f in self.findings if f.status is Status.ABSENT)


@dataclass(frozen=True)
class Assertion:
    """One fact that the case states: ``subject`` (a finding, an exposure, or None for the case) has ``value``.

    ``property`` is None where the value is the subject's own class; ``denied`` marks a finding stated as absent.
    """

    subject: Finding | Exposure | None
    property: Iri | None
    value: Iri | Decimal
    denied: bool = False


@dataclass(frozen=True)
class Justification:
    """Axioms and asserted facts that together suffice for one entailment, none of them superfluous.

    ``axioms`` are indices into the ontology's axioms.
    """

    axioms: tuple[int, ...]
    assertions: tuple[Assertion, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, present or denied, that the entailment rests on."""
        return tuple(dict.fromkeys(a.subject for a in self.assertions if isinstance(a.subject, Finding)))


@dataclass(frozen=True)
class PatternMatch:
    """A clinical pattern that the case falls under, and the condition it speaks for or against.

    ``justify`` finds the justification: few of them are read, and finding one costs more than everything else.
    """

    pattern: Iri
    condition: Iri
    supports: bool
    justify: Callable[[], Justification] = field(repr=False, compare=False)

    @cached_property
    def justification(self) -> Justification:
        """Why the case falls under the pattern, down to the axiom that links it to the condition."""
        return self.justify()


@dataclass(frozen=True)
class RuleMatch:
    """A triage rule that fired; ``justify`` as for a pattern."""

    pattern: Iri
    level: Iri
    justify: Callable[[], Justification] = field(repr=False, compare=False)

    @cached_property
    def justification(self) -> Justification:
        """Why the case falls under the rule."""
        return self.justify()


@dataclass(frozen=True)
class Contradiction:
    """A present finding that a denied one rules out."""

    present: Finding
    denied: Finding


@dataclass(frozen=True)
class Entailments:
    """What logic says of a case; ``denied`` are the finding classes that its absent findings deny."""

    types: frozenset[Iri]
    patterns: tuple[PatternMatch, ...]
    rules: tuple[RuleMatch, ...]
    finding_types: tuple[tuple[Finding, frozenset[Iri]], ...]
    exposure_types: frozenset[Iri]
    denied: frozenset[Iri]
    consistent: bool


@dataclass(frozen=True)
class Question:
    """Something worth asking next, in plain words, and why.

    Where it is asked for the sake of the differential, ``gain`` is the expected reduction of its entropy in bits,
    ``reference_rate`` how often the finding is present in the reference hypothesis, ``rate_row`` the row that says
    so, ``separates`` the hypotheses that a yes would move most, and ``rows`` the evidence that would move them.
    """

    kind: str
    term: Iri
    question: str
    reason: str
    members: tuple[Iri, ...] = ()
    property: Iri | None = None
    gain: float | None = None
    reference_rate: float | None = None
    rate_row: str = ""
    separates: tuple[Iri, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class RedFlagStatus:
    """A red-flag group that still holds a member neither answered nor excluded."""

    group: Iri
    finding: Iri
    question: str
    open_members: tuple[Iri, ...]


@dataclass(frozen=True)
class Disposition:
    """How urgent the case is.

    ``complete`` is False while a rule above the level could still apply: the level is then a floor.
    """

    level: str
    rank: int
    complete: bool
    action: str
    statement: str
    rules: tuple[RuleMatch, ...]
    to_exclude: tuple[tuple[Iri, tuple[Iri, ...]], ...]
    red_flags_not_asked: tuple[RedFlagStatus, ...]
    open_rules: tuple[Iri, ...]
    self_care: Iri | None = None


@dataclass(frozen=True)
class Probability:
    """A number in [0, 1]."""

    value: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.value <= 1.0:
            raise ValueError(f"{self.value} is not a probability: it must lie in [0, 1]")


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One row of evidence as it bears on one hypothesis of this case.

    ``published_ratio`` is the table's own, None where it has none for this state; ``ratio`` is what the row
    contributes after damping (1 where it does not count); ``counted`` says whether it
    entered the product and ``reason`` why or why not. ``variance`` is that of ln ``ratio`` (0 where it does not
    count) and ``variance_from`` says what it was computed from.
    """

    row: str
    finding: Iri
    state: str
    published_ratio: float | None
    ratio: float
    damping: float
    counted: bool
    reason: str
    cluster: str
    setting: str
    setting_matches: bool
    variance: float
    variance_from: str
    origin: str
    status: str
    reference: str
    note: str


class Hypothesis(NamedTuple):
    """A candidate for the principal cause, with its probability before and after the evidence.

    A tuple, which is made in a third of the time: every answer has dozens.
    """

    condition: Iri
    rank: int
    pretest_probability: Probability
    posttest_probability: Probability
    interval: tuple[Probability, Probability]
    prior_row: str
    evidence: tuple[EvidenceItem, ...]
    patterns: tuple[PatternMatch, ...]


@dataclass(frozen=True)
class AlsoConsidered:
    """A condition that a pattern suggests and that explains findings which the leading hypothesis does not."""

    condition: Iri
    patterns: tuple[PatternMatch, ...]
    explains: tuple[Finding, ...]


@dataclass(frozen=True)
class Differential:
    """The ranked hypotheses; the probabilities sum to 1.

    ``with_rows`` are the findings that some row of evidence in this setting speaks of, ``assessed`` the classes that
    the case shows or denies.
    """

    setting: str
    reference: Iri
    hypotheses: tuple[Hypothesis, ...]
    also_consider: tuple[AlsoConsidered, ...]
    with_rows: tuple[Iri, ...]
    assessed: frozenset[Iri]

    @cached_property
    def not_assessed(self) -> tuple[Iri, ...]:
        """Findings that some row speaks of and the case says nothing about: they contribute 1."""
        return tuple(f for f in self.with_rows if f not in self.assessed)


@dataclass(frozen=True)
class Flip:
    """What would change if one finding were the other way round: present for absent, absent for present.

    ``first`` is the first hypothesis then, None where it stays; ``level`` the level of triage then, '' where it stays.
    """

    finding: Finding
    flipped_to: Status
    first: Iri | None
    level: str


@dataclass(frozen=True)
class Assessment:
    """The whole answer to a case."""

    case: Case
    disposition: Disposition
    differential: Differential
    next_questions: tuple[Question, ...]
    stop: bool
    """Whether no single answer that is still open would change the first three hypotheses or the triage."""
    contributors: Mapping[Iri, tuple[Contributor, ...]]
    """Hypothesis → what the case shows that the ontology links to it."""
    advice: tuple[CauseAdvice, ...]
    sensitivity: tuple[Flip, ...] | None
    """Findings whose flip changes the first hypothesis or the triage; None where it was not asked for."""
    issues: tuple[Issue, ...]
    reasoning: Mapping[str, Any]
