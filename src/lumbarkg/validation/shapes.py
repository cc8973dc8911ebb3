"""Drafts of cases against ``shapes/``: every result becomes an issue with a JSON Pointer and a remedy."""

from __future__ import annotations

from importlib.resources.abc import Traversable

import rdflib
from pyshacl import validate
from rdflib.namespace import SH

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import CASE_NODE, FIELD_OF_PROPERTY
from lumbarkg.issues import Issue, Severity
from lumbarkg.rdf.terms import BNode, Literal, Term, Triple

_SEVERITIES = {
    str(SH.Violation): Severity.ERROR,
    str(SH.Warning): Severity.WARNING,
    str(SH.Info): Severity.INFORMATION,
}


class CaseShapes:
    """The shapes of folders, read once; all of them hold together."""

    def __init__(self, *folders: Traversable) -> None:
        self._shapes = rdflib.Graph()
        for folder in folders:
            before = len(self._shapes)
            for file in sorted(folder.iterdir(), key=lambda f: f.name):
                if file.name.endswith(".ttl"):
                    self._shapes.parse(data=file.read_bytes(), format="turtle")
            if len(self._shapes) == before:
                raise OntologyError(f"{folder} holds no shapes.")

    def check(self, triples: list[Triple]) -> tuple[Issue, ...]:
        """What the shapes say of a draft, in the order of the input."""
        graph = rdflib.Graph()
        for triple in triples:
            graph.add((_rdflib(triple.subject), rdflib.URIRef(triple.predicate), _rdflib(triple.object)))
        conforms, results, _ = validate(graph, shacl_graph=self._shapes, inference="none", advanced=False)
        if conforms or not isinstance(results, rdflib.Graph):
            return ()
        return tuple(
            sorted(
                (self._issue(results, r) for r in results.subjects(rdflib.RDF.type, SH.ValidationResult)),
                key=_place,
            )
        )

    def _issue(self, results: rdflib.Graph, result: rdflib.term.Node) -> Issue:
        focus, path = results.value(result, SH.focusNode), results.value(result, SH.resultPath)
        shape = results.value(result, SH.sourceShape)
        component = str(results.value(result, SH.sourceConstraintComponent)).rpartition("#")[2]
        field = FIELD_OF_PROPERTY.get(Iri(str(path)), Iri(str(path)).local_name) if path is not None else ""
        pointer = str(focus).removeprefix(CASE_NODE) + (f"/{field}" if field else "")
        remedy = self._shapes.value(shape, SH.description) if shape is not None else None
        return Issue(
            severity=_SEVERITIES.get(str(results.value(result, SH.resultSeverity)), Severity.ERROR),
            code=f"shape-{component.removesuffix('ConstraintComponent')}",
            path=pointer,
            message=str(results.value(result, SH.resultMessage)),
            remedy="" if remedy is None else str(remedy),
        )


def _place(issue: Issue) -> tuple[tuple[tuple[int, str], ...], str, str]:
    steps = tuple((int(s), "") if s.isdigit() else (0, s) for s in issue.path.split("/"))
    return steps, issue.code, issue.message


def _rdflib(term: Term) -> rdflib.term.Node:
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype))
    return rdflib.BNode(term) if isinstance(term, BNode) else rdflib.URIRef(term)
