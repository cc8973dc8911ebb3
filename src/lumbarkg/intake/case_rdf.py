"""A case as RDF → the JSON document that says the same, and its graph with JSON Pointers for nodes.

One node is a ``lkg:PatientCase``; from it hang findings (``lkg:hasFinding``, ``lkg:deniesFinding``) and exposures, each
typed with one term; a value is a term itself, or a node typed with one. The graph is what the shapes judge: numbers are
decimals in it, and every value also has the root class of its property. Whatever hangs elsewhere is an issue: nothing
is dropped in silence, and a case says nothing about a term of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import EXPOSURE_FLAGS, EXPOSURE_NUMBERS, EXPOSURE_TERMS, FINDING_NUMBERS, FINDING_TERMS
from lumbarkg.intake.case_json import node as place
from lumbarkg.issues import Issue, error
from lumbarkg.rdf.terms import BNode, Graph, Literal, Subject, Term, Triple, decimal_literal

_PARTS = {v.HAS_FINDING: "findings", v.DENIES_FINDING: "findings", v.HAS_EXPOSURE: "exposures"}
_NUMBERS = frozenset(Iri(f"{v.XSD}{name}") for name in ("decimal", "integer", "double", "float", "int", "long"))
_SHOWN = 80


@dataclass
class RdfDraft:
    """What could be read: the JSON document, the graph for the shapes, and the issues."""

    document: dict[str, Any] = field(default_factory=dict)
    triples: list[Triple] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def draft_rdf_case(triples: Iterable[Triple]) -> RdfDraft:
    """Read a graph as far as it can be read."""
    return _Reader(Graph(triples)).read()


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._read: set[Subject] = set()
        self.draft = RdfDraft({"findings": []})

    def read(self) -> RdfDraft:
        cases = self._graph.instances(v.PATIENT_CASE)
        if len(cases) != 1:
            text = f"The graph holds {len(cases) or 'no'} case{'s' if len(cases) > 1 else ''}."
            self._problem("not-one-case", "", text, "Type one node as lkg:PatientCase.")
            return self.draft
        self._case(cases[0])
        for subject in dict.fromkeys(t.subject for t in self._graph):
            if subject not in self._read:
                text = f"{_shown(subject)} is no part of the case."
                self._problem("not-in-case", "", text, "A case says nothing about terms or other things: leave it out.")
        return self.draft

    def _case(self, case: Subject) -> None:
        here, document = place(""), self.draft.document
        self._state(here, v.RDF_TYPE, v.PATIENT_CASE)
        for prop, values in self._properties(case).items():
            if prop in _PARTS:
                for part in values:
                    self._part(part, prop)
            elif prop == v.AGE_YEARS:
                self._numbers(values, prop, "age", here, document)
            elif prop == v.HAS_SEX:
                self._terms(values, prop, v.SEX, "sex", "", document)
            elif prop == v.SETTING:
                document["setting"] = _text(values[0])
                if len(values) > 1:
                    self._problem("too-many", "/setting", "A case has one setting.", "Give one.")
            elif prop == v.RDF_TYPE:
                self._types(values, {v.PATIENT_CASE}, "")
            else:
                self._unknown(prop, (*_PARTS, v.AGE_YEARS, v.HAS_SEX, v.SETTING), "")

    def _part(self, part: Term, link: Iri) -> None:
        name = _PARTS[link]
        entries = self.draft.document.setdefault(name, [])
        pointer = f"/{name}/{len(entries)}"
        here, entry = place(pointer), dict[str, Any]()
        entries.append(entry)
        self._state(place(""), link, here)
        is_finding = name == "findings"
        self._state(here, v.RDF_TYPE, v.FINDING if is_finding else v.EXPOSURE)
        if link == v.DENIES_FINDING:
            entry["status"] = "absent"
        if isinstance(part, Literal) or part in self._read:
            text = "This is a value, no node." if isinstance(part, Literal) else "This node stands in two places."
            self._problem("not-a-node", pointer, text, "Give each finding and exposure a blank node of its own.")
            return
        if isinstance(part, Iri) and not self._graph.predicates(part):
            self._name(part, entry, pointer, is_finding=is_finding)
            return
        terms = FINDING_TERMS if is_finding else EXPOSURE_TERMS
        numbers = FINDING_NUMBERS if is_finding else EXPOSURE_NUMBERS
        by_term = {prop: (field_name, root) for field_name, (prop, root) in terms.items()}
        by_number = {prop: field_name for field_name, prop in numbers.items()}
        for prop, values in self._properties(part).items():
            if prop in by_term:
                field_name, root = by_term[prop]
                self._terms(values, prop, root, field_name, pointer, entry)
            elif prop in by_number:
                self._numbers(values, prop, by_number[prop], here, entry)
            elif prop != v.RDF_TYPE:
                self._unknown(prop, (*by_term, *by_number), pointer)
        if is_finding:
            for term in self._types(self._graph.objects(part, v.RDF_TYPE), {v.FINDING}, pointer, most=1):
                self._name(term, entry, pointer, is_finding=True)
        else:
            self._flags(self._graph.objects(part, v.RDF_TYPE), entry, pointer)

    def _name(self, term: Iri, entry: dict[str, Any], pointer: str, *, is_finding: bool) -> None:
        entry["finding" if is_finding else "exercise"] = str(term)
        if is_finding:
            self._state(place(pointer), v.RDF_TYPE, term)

    def _flags(self, types: tuple[Term, ...], entry: dict[str, Any], pointer: str) -> None:
        flags = {cls: name for name, cls in EXPOSURE_FLAGS.items()}
        for cls in self._types(tuple(t for t in types if t not in flags), {v.EXPOSURE}, pointer, most=0):
            text = f"{_shown(cls)} is no kind of exposure that a case may state."
            self._problem("wrong-type", pointer, text, f"Use {', '.join(f'lkg:{c.local_name}' for c in flags)}.")
        for cls, name in flags.items():
            if cls in types:
                entry[name] = True
                self._state(place(pointer), v.RDF_TYPE, cls)

    def _terms(
        self, values: tuple[Term, ...], prop: Iri, root: Iri, name: str, pointer: str, entry: dict[str, Any]
    ) -> None:
        found = []
        for index, value in enumerate(values):
            here = f"{pointer}/{name}" + (f"/{index}" if len(values) > 1 else "")
            term = self._term(value, root, here)
            self._state(place(pointer), prop, place(here))
            self._state(place(here), v.RDF_TYPE, root)
            if term is not None:
                found.append(str(term))
                self._state(place(here), v.RDF_TYPE, term)
        entry[name] = found[0] if len(found) == 1 else found

    def _term(self, value: Term, root: Iri, pointer: str) -> Iri | None:
        if isinstance(value, Literal):
            text = f"{_shown(value.value)} is text, no term."
            self._problem("wrong-type", pointer, text, "Write a term such as lkg:Name, or a node typed with one.")
            return None
        types = self._properties(value).get(v.RDF_TYPE, ()) if self._graph.predicates(value) else ()
        if isinstance(value, Iri) and not types:
            return value
        for prop in self._graph.predicates(value):
            if prop != v.RDF_TYPE:
                self._unknown(prop, (), pointer)
        named = self._types(types, {root}, pointer, most=1)
        return named[0] if named else None

    def _types(self, types: Iterable[Term], own: set[Iri], pointer: str, most: int | None = None) -> list[Iri]:
        """The classes of a node besides its own root; an issue where there are none or too many."""
        found = [t for t in types if isinstance(t, Iri) and t not in own and t != Iri(v.OWL + "NamedIndividual")]
        if most is None and found:
            self._problem("wrong-type", pointer, "A case has no other type.", "Type it as lkg:PatientCase alone.")
        if most == 1 and len(found) != 1:
            text = f"The node has {len(found) or 'no'} term{'s' if len(found) > 1 else ''} as type."
            self._problem("not-one-term", pointer, text, "Type it with one term; report two findings as two nodes.")
        return found

    def _numbers(self, values: tuple[Term, ...], prop: Iri, name: str, here: Iri, entry: dict[str, Any]) -> None:
        for value in values:
            number = _number(value)
            self._state(here, prop, value if number is None else decimal_literal(number))
            if number is not None:
                entry.setdefault(name, number)

    def _properties(self, subject: Subject) -> Mapping[Iri, tuple[Term, ...]]:
        self._read.add(subject)
        return self._graph.predicates(subject)

    def _unknown(self, prop: Iri, known: Iterable[Iri], pointer: str) -> None:
        near = nearest(prop.local_name[:_SHOWN], {iri: iri.local_name for iri in known}, 1)
        remedy = f"Did you mean lkg:{near[0][0].local_name}?" if near else "Leave it out."
        self._problem("unknown-property", pointer, f"{_shown(prop)} is no property that a case has here.", remedy)

    def _state(self, subject: Iri, prop: Iri, value: Term) -> None:
        self.draft.triples.append(Triple(subject, prop, value))

    def _problem(self, code: str, path: str, message: str, remedy: str) -> None:
        self.draft.issues.append(error(code, path, message, remedy))


def _number(term: Term) -> Decimal | None:
    if not isinstance(term, Literal) or term.datatype not in _NUMBERS:
        return None
    try:
        number = Decimal(term.value)
    except InvalidOperation:
        return None
    # Written out, a number of many digits would fill the memory.
    return number if number.is_finite() and abs(number.adjusted()) <= 12 else None


def _text(term: Term) -> str:
    return term.value if isinstance(term, Literal) else str(term)


def _shown(text: str) -> str:
    if isinstance(text, BNode):
        return "A blank node"
    return f"<{text[:_SHOWN]}>"
