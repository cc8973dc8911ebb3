"""Drafts of cases against ``shapes/``: every result becomes an issue with a JSON Pointer and a remedy."""

from __future__ import annotations

from importlib.resources.abc import Traversable

import rdflib
from rdflib.namespace import SH

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import CASE_NODE, FIELD_OF_PROPERTY
from lumbarkg.issues import Issue, Severity, error
from lumbarkg.rdf.terms import BNode, Literal, Term, Triple
from lumbarkg.validation.compiled import CompiledShapes, UnsupportedShapeError, Violation

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
        try:
            self._compiled: CompiledShapes | None = CompiledShapes(self._shapes)
        except UnsupportedShapeError:
            self._compiled = None

    @property
    def is_compiled(self) -> bool:
        """Whether ``check`` needs no pySHACL."""
        return self._compiled is not None

    def check(self, triples: list[Triple]) -> tuple[Issue, ...]:
        """What the shapes say of a draft, in the order of the input."""
        if self._compiled is None:
            return self.check_by_pyshacl(triples)
        return tuple(sorted(map(self._issue_of, self._compiled.check(triples)), key=_place))

    def check_by_pyshacl(self, triples: list[Triple]) -> tuple[Issue, ...]:
        """The same, by the reference implementation."""
        from pyshacl import validate  # 19 MB and 0.07 s that a worker without cases in RDF is spared

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
        remedy = self._shapes.value(shape, SH.description) if shape is not None else None
        return Issue(
            severity=_SEVERITIES.get(str(results.value(result, SH.resultSeverity)), Severity.ERROR),
            code=f"shape-{component.removesuffix('ConstraintComponent')}",
            path=_pointer(str(focus), None if path is None else Iri(str(path))),
            message=str(results.value(result, SH.resultMessage)),
            remedy="" if remedy is None else str(remedy),
        )

    def _issue_of(self, violation: Violation) -> Issue:
        message, remedy = (self._shapes.value(violation.shape, p) for p in (SH.message, SH.description))
        path = _pointer(str(violation.focus), violation.path)
        return error(f"shape-{violation.component}", path, str(message or ""), str(remedy or ""))


def _pointer(focus: str, path: Iri | None) -> str:
    field = FIELD_OF_PROPERTY.get(path, path.local_name) if path is not None else ""
    return focus.removeprefix(CASE_NODE) + (f"/{field}" if field else "")


def _place(issue: Issue) -> tuple[tuple[tuple[int, str], ...], str, str]:
    steps = tuple((int(s), "") if s.isdigit() else (0, s) for s in issue.path.split("/"))
    return steps, issue.code, issue.message


def _rdflib(term: Term) -> rdflib.term.Node:
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype))
    return rdflib.BNode(term) if isinstance(term, BNode) else rdflib.URIRef(term)
