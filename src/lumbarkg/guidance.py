"""What the ontology and the tables say beside a ranked cause: contributors, and advice about exercises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from lumbarkg.identifiers import Iri


@dataclass(frozen=True)
class StatedLink:
    """A relation as an editor stated it: ``subject property object``, with its claims and notes."""

    subject: Iri
    property: Iri
    object: Iri
    claims: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contributor:
    """Something that the case shows and that the ontology links to a cause.

    ``steps`` are the stated relations that lead from ``term`` to the cause, in order. ``contested`` marks a link
    that only a contested or hypothetical claim makes; it moves no number and no advice.
    """

    term: Iri
    kind: str
    property: Iri
    steps: tuple[StatedLink, ...]
    contested: bool


class Aspect(Enum):
    """What a piece of advice is about; the values are those of the tables and of the answer."""

    LEAVE_OUT = "leaveOut"
    MODIFY = "modify"
    SUBSTITUTE = "substitute"
    FIRST_DAYS = "firstDays"
    RETURN = "returnRule"
    WATCH_FOR = "watchFor"
    COME_BACK = "seeAgain"


@dataclass(frozen=True)
class AdviceItem:
    """One piece of advice about a cause.

    Either a row of the table of advice (``row``, ``text``, ``grade``, ``status``, ``reference``) or read off the
    ontology (``steps``: the stated relations). ``exercises`` are what it speaks of, ``instead_of`` what a
    substitute replaces, ``keeps`` the structures that both train; ``reported`` says that the case did one of
    ``exercises`` or of ``instead_of``.
    """

    aspect: Aspect
    exercises: tuple[Iri, ...]
    reported: bool = False
    text: str = ""
    row: str = ""
    grade: str = ""
    status: str = ""
    reference: str = ""
    note: str = ""
    instead_of: Iri | None = None
    keeps: tuple[Iri, ...] = ()
    steps: tuple[StatedLink, ...] = ()


@dataclass(frozen=True)
class CauseAdvice:
    """The advice for one likely cause; ``withheld`` says why exercises are not offered, '' where they are."""

    condition: Iri
    items: tuple[AdviceItem, ...]
    withheld: str = ""
