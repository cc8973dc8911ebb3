"""Why a condition is suggested or not as RDF with PROV: the entailment, what it was derived from, and by what run."""

from __future__ import annotations

from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Literal, Subject, Term, Triple, boolean_literal

_PROV = {name: Iri(v.PROV + name) for name in ("Entity", "Activity", "Collection")}
_GENERATED_BY, _USED, _DERIVED, _MEMBER, _VALUE = (
    Iri(v.PROV + name) for name in ("wasGeneratedBy", "used", "wasDerivedFrom", "hadMember", "value")
)


def why_triples(answer: dict[str, Any]) -> list[Triple]:
    """The answer of ``render_why``: each justification is a collection of axioms and of facts of the case."""
    writer = _Writer(answer)
    for prop, key in ((v.SUGGESTS, "justifications"), (v.ARGUES_AGAINST, "justificationsAgainst")):
        if answer[key]:
            writer.entailment(prop, answer[key])
    return writer.triples


def why_not_triples(answer: dict[str, Any]) -> list[Triple]:
    """The answer of ``render_why_not``: the sets of statements that would make the condition suggested."""
    writer = _Writer(answer)
    for number, one in enumerate(answer["missing"], start=1):
        node = BNode(f"completion{number}")
        writer.state(writer.root, "completion", node)
        writer.state(node, v.RDF_TYPE, _PROV["Entity"])
        writer.state(node, "pattern", Iri(one["iri"]))
        writer.state(node, v.RDFS_COMMENT, Literal(one["words"], language="en"))
        writer.state(node, _GENERATED_BY, writer.run)
    for one in answer["ruledOut"]:
        writer.state(writer.root, "patternRuledOut", Iri(one["iri"]))
    return writer.triples


class _Writer:
    def __init__(self, answer: dict[str, Any]) -> None:
        self.triples: list[Triple] = []
        self.root, self.run = BNode("explanation"), BNode("run")
        self._condition, reasoning = Iri(answer["iri"]), answer["reasoning"]
        self.state(self.root, v.RDF_TYPE, _PROV["Entity"])
        self.state(self.root, v.RDF_TYPE, Iri(v.LKG + "Explanation"))
        self.state(self.root, "disclaimer", Literal(answer["disclaimer"]))
        self.state(self.root, "condition", self._condition)
        self.state(self.root, "isSuggested", boolean_literal(answer["suggested"]))
        self.state(self.root, _GENERATED_BY, self.run)
        self.state(self.run, v.RDF_TYPE, _PROV["Activity"])
        self.state(self.run, _USED, Iri(v.LKG + "ontology"))
        self.state(self.run, "engine", Literal(reasoning["engine"]))
        self.state(self.run, v.OWL_VERSION_INFO, Literal(reasoning["ontologyVersion"]))
        self.state(self.run, "ontologyDigest", Literal(reasoning["ontologyDigest"]))

    def state(self, subject: Subject, name: Iri | str, value: Term) -> None:
        self.triples.append(Triple(subject, name if isinstance(name, Iri) else Iri(v.LKG + name), value))

    def entailment(self, prop: Iri, justifications: list[dict[str, Any]]) -> None:
        """One entailed statement about the case with everything that it was derived from."""
        entailed, case = BNode(prop.local_name), BNode("case")
        self.state(case, v.RDF_TYPE, v.PATIENT_CASE)
        self.state(self.root, "entailment", entailed)
        self.state(entailed, v.RDF_TYPE, _PROV["Entity"])
        self.state(entailed, Iri(v.RDF + "subject"), case)
        self.state(entailed, Iri(v.RDF + "predicate"), prop)
        self.state(entailed, Iri(v.RDF + "object"), self._condition)
        self.state(entailed, _GENERATED_BY, self.run)
        for number, one in enumerate(justifications, start=1):
            node = BNode(f"{prop.local_name}{number}")
            self.state(entailed, _DERIVED, node)
            self.state(node, v.RDF_TYPE, _PROV["Collection"])
            self.state(node, v.RDF_TYPE, Iri(v.LKG + "Justification"))
            self.state(node, v.RDFS_COMMENT, Literal(" ".join(one["words"]), language="en"))
            for place, axiom in enumerate(one["axioms"], start=1):
                member = BNode(f"{node}axiom{place}")
                self._member(node, member, "Axiom", axiom["axiom"])
                for claim in axiom["claims"]:
                    self.state(member, v.CLAIM, Literal(claim))
            for place, fact in enumerate(one["assertions"], start=1):
                self._member(node, BNode(f"{node}fact{place}"), "AssertedFact", fact)

    def _member(self, collection: BNode, member: BNode, kind: str, text: str) -> None:
        self.state(collection, _MEMBER, member)
        self.state(member, v.RDF_TYPE, _PROV["Entity"])
        self.state(member, v.RDF_TYPE, Iri(v.LKG + kind))
        self.state(member, _VALUE, Literal(text))
