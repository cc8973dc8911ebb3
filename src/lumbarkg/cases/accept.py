"""A document that is to be stored: read as for an assessment, and held to the closed shapes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lumbarkg.assessment import Engine
from lumbarkg.case_documents import draft_rdf_document
from lumbarkg.errors import InvalidInputError
from lumbarkg.intake.as_of import AS_OF
from lumbarkg.intake.case_json import FIELD_OF_PROPERTY, Draft, draft_case, parse_json
from lumbarkg.issues import Issue, error
from lumbarkg.model import Case, Exposure, Finding
from lumbarkg.rdf.terms import Triple
from lumbarkg.render.case import case_document
from lumbarkg.validation.shapes import CaseShapes


@dataclass(frozen=True)
class Accepted:
    """A case that may be stored: its JSON document, as sent where that was JSON, and the statements of its graph."""

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


def accept_rdf_case(content: bytes, media_type: str, engine: Engine, closed: CaseShapes) -> Accepted:
    """Read a Turtle or JSON-LD document that is to be stored: what is kept is the JSON document of its case.

    Raises InvalidInputError as above; a number that JSON would round is an issue too.
    """
    read = draft_rdf_document(content, media_type, engine, closed)
    case = read.draft.case()
    issues = tuple(_inexact(case))
    if issues:
        raise InvalidInputError(issues)
    if "setting" not in read.document:
        case = replace(case, setting="")  # it was not stated, and the default is not the sender's word
    document = json.dumps(case_document(case), ensure_ascii=False)
    return Accepted(document, read.draft.case(), tuple(read.draft.triples))


def read_stored(document: str, engine: Engine, as_of: Decimal | str | None = None) -> Accepted:
    """A document that was accepted before, under the ontology of ``engine``; at another moment if one is given.

    Raises InvalidInputError where the ontology no longer has a term that it names, or the moment makes no sense.
    """
    draft = _draft(stored_document(document, as_of), engine)
    return Accepted(document, draft.case(), tuple(draft.triples))


def stored_document(document: str, as_of: Decimal | str | None = None) -> dict[str, Any]:
    """The JSON value of a document that was accepted before, at another moment if one is given."""
    content: dict[str, Any] = parse_json(document.encode())
    return content if as_of is None else {**content, AS_OF: as_of}


def _inexact(case: Case) -> Iterator[Issue]:
    """The numbers of a case that no JSON number of usual precision holds."""
    stated = [("/age", case.age)] if case.age is not None else []
    parts: tuple[Finding | Exposure, ...] = (*case.findings, *case.exposures)
    for part in parts:
        stated += [(f"{part.path}/{FIELD_OF_PROPERTY[prop]}", number) for prop, number in part.quantities]
    for path, number in stated:
        if Decimal(repr(float(number))) != number:
            text = f"The number has more digits than are kept: {float(number)!r} is the nearest that can be."
            yield error("too-precise", path, text, "Round it.")


def _draft(document: Any, engine: Engine) -> Draft:
    return draft_case(document, engine.lookup, tuple(engine.ranker.settings))
