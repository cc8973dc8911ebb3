"""A stored case as RDF: what it states in one graph, what follows from it in another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from uuid import UUID

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, realise_without_contradiction
from lumbarkg.cases.accept import Accepted, read_stored
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import CASE_NODE, node
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Literal, Triple

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_NAME = re.compile(rf"{re.escape(v.CASE_GRAPHS)}({_UUID})(?:/entailed)?")


def graph_of(case_id: UUID) -> Iri:
    """The graph of what a case states."""
    return Iri(f"{v.CASE_GRAPHS}{case_id}")


def entailed_graph_of(case_id: UUID) -> Iri:
    """The graph of what follows from a case."""
    return Iri(f"{v.CASE_GRAPHS}{case_id}/entailed")


def case_of(name: Iri) -> UUID | None:
    """The case that a graph belongs to, None for any other graph."""
    match = _NAME.fullmatch(name)
    return UUID(match[1]) if match else None


def case_node(case_id: UUID) -> Iri:
    """The IRI that stands for the case in its graphs; its findings are fragments of it."""
    return Iri(f"{v.LKG}cases/{case_id}")


def case_graphs(case_id: UUID, document: str, engine: Engine) -> dict[Iri, bytes]:
    """Both graphs of a stored document, as N-Triples.

    A case that contradicts itself, or that names a term which the ontology no longer has, entails nothing.
    """
    try:
        accepted = read_stored(document, engine)
    except InvalidInputError:
        return {graph_of(case_id): b"", entailed_graph_of(case_id): b""}
    return {
        graph_of(case_id): _write(case_id, _stated(accepted)),
        entailed_graph_of(case_id): _write(case_id, _entailed(accepted, engine)),
    }


def _entailed(accepted: Accepted, engine: Engine) -> list[Triple]:
    try:
        realised = realise_without_contradiction(accepted.case, engine)
    except InvalidInputError:
        return []
    if not realised.consistent:
        return []
    found = [Triple(node(""), v.RDF_TYPE, cls) for cls in sorted(realised.types)]
    for prop in (v.SUGGESTS, v.ARGUES_AGAINST):
        found += [Triple(node(""), prop, condition) for condition in sorted(realised.spoken(prop))]
    for finding in accepted.case.present:
        types = engine.knowledge.finding_branch(finding).types
        found += [Triple(node(finding.path), v.RDF_TYPE, cls) for cls in sorted(types)]
    return found


def stated_triples(case_id: UUID, document: str, engine: Engine) -> list[Triple]:
    """What a stored document states, about the node of its case: what intake reads, and what the case's graph holds.

    Moments, flags that are false and findings with the status unknown have no words in the vocabulary; only the
    document says them. Raises InvalidInputError where the ontology no longer has a term that it names.
    """
    return _about(case_id, _stated(read_stored(document, engine)))


def _stated(accepted: Accepted) -> list[Triple]:
    setting = json.loads(accepted.document).get("setting")
    found = list(accepted.triples)
    if setting is not None:
        found.append(Triple(node(""), v.SETTING, Literal(setting)))
    return found


def _about(case_id: UUID, triples: Iterable[Triple]) -> list[Triple]:
    """The same about the case's own node in place of the draft's, whose places become fragments."""
    bare, here = str(CASE_NODE), case_node(case_id)

    def renamed(name: Iri) -> Iri:
        if not name.startswith(bare):
            return name
        place = name.removeprefix(bare)
        return Iri(f"{here}#{place}") if place else here

    stated = (
        Triple(
            renamed(t.subject) if isinstance(t.subject, Iri) else t.subject,
            t.predicate,
            renamed(t.object) if isinstance(t.object, Iri) else t.object,
        )
        for t in triples
    )
    return list(dict.fromkeys(stated))


def _write(case_id: UUID, triples: Iterable[Triple]) -> bytes:
    return serialise(_about(case_id, triples), Syntax.N_TRIPLES, {})
