"""A document that is to be stored: read as for an assessment, and held to the closed shapes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lumbarkg.assessment import Engine
from lumbarkg.intake.as_of import AS_OF
from lumbarkg.intake.case_json import Draft, draft_case, parse_json
from lumbarkg.model import Case
from lumbarkg.rdf.terms import Triple
from lumbarkg.validation.shapes import CaseShapes


@dataclass(frozen=True)
class Accepted:
    """A case that may be stored: its document as it was sent, and the statements of its graph."""

    document: str
    case: Case
    triples: tuple[Triple, ...]


def accept_case(content: bytes, engine: Engine, closed: CaseShapes) -> Accepted:
    """Read a JSON document that is to be stored.

    ``closed`` are all shapes of an assessment and those of stored cases, which let nothing else be stated. Raises
    InvalidInputError with every issue at once; a field that is not known is one, and is not dropped.
    """
    draft = _draft(parse_json(content), engine)
    draft.issues.extend(closed.check(draft.triples))
    return Accepted(content.decode("utf-8-sig"), draft.case(), tuple(draft.triples))


def read_stored(document: str, engine: Engine, as_of: Decimal | str | None = None) -> Accepted:
    """A document that was accepted before, under the ontology of ``engine``; at another moment if one is given.

    Raises InvalidInputError where the ontology no longer has a term that it names, or the moment makes no sense.
    """
    content = parse_json(document.encode())
    draft = _draft(content if as_of is None else {**content, AS_OF: as_of}, engine)
    return Accepted(document, draft.case(), tuple(draft.triples))


def _draft(document: Any, engine: Engine) -> Draft:
    return draft_case(document, engine.lookup, tuple(engine.ranker.settings))
