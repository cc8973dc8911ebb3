"""A case that comes as RDF: read by pyoxigraph alone, judged by the shapes themselves, then read as any other case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lumbarkg.assessment import Engine
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import CASE_NODE, Draft, draft_case
from lumbarkg.intake.case_rdf import draft_rdf_case
from lumbarkg.issues import error
from lumbarkg.model import Case
from lumbarkg.rdf.documents import read_own_triples
from lumbarkg.validation.shapes import CaseShapes

RDF_MEDIA_TYPES = ("application/ld+json", "text/turtle")
_MOST_TRIPLES = 20_000


@dataclass(frozen=True)
class RdfCase:
    """A document as it was read: the JSON that says the same, terms by their IRIs, and the draft of the case."""

    document: dict[str, Any]
    draft: Draft


def read_rdf_case(content: bytes, media_type: str, engine: Engine) -> Case:
    """The case of a Turtle or JSON-LD document.

    Raises InvalidInputError with every issue at once; their paths point into the JSON form of the case.
    """
    return draft_rdf_document(content, media_type, engine, engine.shapes).draft.case()


def draft_rdf_document(content: bytes, media_type: str, engine: Engine, shapes: CaseShapes) -> RdfCase:
    """A Turtle or JSON-LD document as far as it can be read, judged by ``shapes``.

    Raises InvalidInputError where it is no document that describes one case.
    """
    triples = read_own_triples(content, media_type, Iri(CASE_NODE + "document"))
    if len(triples) > _MOST_TRIPLES:
        text = f"The document holds {len(triples)} triples."
        raise InvalidInputError((error("too-many", "", text, f"Send at most {_MOST_TRIPLES}."),))
    read = draft_rdf_case(triples)
    if any(issue.code == "not-one-case" for issue in read.issues):
        raise InvalidInputError(tuple(read.issues))
    draft = draft_case(read.document, engine.lookup, tuple(engine.ranker.settings))
    judged = shapes.check_by_pyshacl(read.triples)
    draft.issues = list(dict.fromkeys((*read.issues, *draft.issues, *judged)))
    return RdfCase(read.document, draft)
