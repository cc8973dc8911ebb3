"""One page a term: everything that is known of it, as values for a template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.manchester import render_axiom
from lumbarkg.ontology.owl import Axiom, EquivalentClasses, Named, SubClassOf
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.render.axioms import axiom_lines
from lumbarkg.render.evidence import evidence_rows
from lumbarkg.render.links import Link, Linker
from lumbarkg.render.usage import STRUCTURE, Usage, subject_of

_SYNONYMS = {
    v.EXACT_SYNONYM: "exact",
    v.LAYPERSON_SYNONYM: "layperson",
    v.BROAD_SYNONYM: "broader",
    v.NARROW_SYNONYM: "narrower",
    v.RELATED_SYNONYM: "related",
}
_KINDS = {
    v.OWL_CLASS: "class",
    v.OWL_OBJECT_PROPERTY: "object property",
    v.OWL_DATATYPE_PROPERTY: "data property",
    v.OWL_ANNOTATION_PROPERTY: "annotation property",
}
_SHOWN_ELSEWHERE = STRUCTURE | {
    *_SYNONYMS,
    v.RDFS_LABEL,
    v.DEFINITION,
    v.DEFINITION_SOURCE,
    v.QUESTION,
    v.TEXT,
    v.CITATION,
    v.OWL_DEPRECATED,
    v.REPLACED_BY,
}
_MOST_AXIOMS = 25


@dataclass(frozen=True)
class TermRenderer:
    """What a page of any named thing is made from; ``graph`` holds the ontology and the evidence rows."""

    knowledge: Knowledge
    terms: Terms
    graph: Graph
    usage: Usage
    linker: Linker
    mappings: dict[Iri, list[Mapping]]

    def render(self, iri: Iri) -> dict[str, Any]:
        """The page of a class, a property, an individual, a reference or an evidence row."""
        text, knowledge = self.graph.text, self.knowledge
        page: dict[str, Any] = {
            "iri": str(iri),
            "name": iri.removeprefix(v.LKG),
            "curie": self.terms.curie(iri),
            "label": self.linker.label(iri),
            "kind": self.kind(iri),
            "deprecated": self._deprecation(iri),
            "definition": text(iri, v.DEFINITION) or text(iri, v.TEXT),
            "sources": [self.linker.value(s, v.SOURCE) for s in self.graph.objects(iri, v.DEFINITION_SOURCE)],
            "question": text(iri, v.QUESTION),
            "synonyms": [
                {"type": kind, "words": words}
                for prop, kind in _SYNONYMS.items()
                if (words := [o.value for o in self.graph.objects(iri, prop) if isinstance(o, Literal)])
            ],
            "facts": self._facts(iri),
            "axioms": self._stated(iri),
            "usages": self._usages(iri),
            "claims": self._claims(iri),
            "mappings": [self._mapping(m) for m in self.mappings.get(iri, [])],
            **self._mentions(iri),
        }
        if iri in knowledge.ontology.classes:
            page |= self._hierarchy(iri)
            page["roots"] = self.linker.links(knowledge.most_general(knowledge.superclasses(iri)) - {iri})
            page["relations"] = self._relations(self.usage.outgoing(iri), knowledge.most_specific)
            page["incoming"] = self._relations(self.usage.incoming(iri), knowledge.most_general)
        if iri in knowledge.ontology.object_properties:
            page["edges"] = self.usage.edges(iri)
        return page

    def kind(self, iri: Iri) -> str:
        """What sort of thing it is, in words."""
        types = [t for t in self.graph.objects(iri, v.RDF_TYPE) if isinstance(t, Iri)]
        known = [_KINDS[t] for t in types if t in _KINDS]
        own = [self.linker.label(t) for t in types if t.startswith(v.LKG)]
        return (known or own or ["thing"])[0]

    # ------------------------------------------------------------ what it is

    def _deprecation(self, iri: Iri) -> dict[str, Any] | None:
        value = self.graph.value(iri, v.OWL_DEPRECATED)
        if not isinstance(value, Literal) or not value.is_true:
            return None
        replacements = [self.linker.value(o, v.REPLACED_BY) for o in self.graph.objects(iri, v.REPLACED_BY)]
        return {"replacedBy": replacements, "reason": self.graph.text(iri, v.RDFS_COMMENT)}

    def _facts(self, iri: Iri) -> list[dict[str, Any]]:
        """All other statements about it: property, and values as links or text."""
        return [
            {"property": self.linker.link(prop), "values": [self.linker.value(o, prop) for o in objects]}
            for prop, objects in self.graph.predicates(iri).items()
            if prop not in _SHOWN_ELSEWHERE
        ]

    def _hierarchy(self, iri: Iri) -> dict[str, Any]:
        knowledge, link = self.knowledge, self.linker.link
        same = knowledge.equivalents(iri)
        above = knowledge.superclasses(iri) - same
        parents = knowledge.most_specific(above)
        children = knowledge.direct_subclasses(iri)

        def stated(sub: Iri, sup: Iri) -> bool:
            return sup in self.graph.objects(sub, v.RDFS_SUBCLASS_OF)

        return {
            "parents": _sorted({"link": link(p), "inferred": not stated(iri, p)} for p in parents),
            "ancestors": [link(a) for a in sorted(above - parents, key=lambda a: (-len(knowledge.superclasses(a)), a))],
            "equivalents": self.linker.links(same - {iri}),
            "children": _sorted(
                {"link": link(c), "inferred": not stated(c, iri), "below": len(knowledge.subclasses(c)) - 1}
                for c in children
            ),
            "instances": self.linker.links([Iri(i) for i in self.graph.instances(iri)]),
        }

    def _relations(self, edges: dict[Iri, frozenset[Iri]], nearest: Any) -> list[dict[str, Any]]:
        """Edges by property: the telling ones, and those that follow from them through the hierarchy."""
        found = []
        for prop, others in edges.items():
            near = nearest(others)
            found.append(
                {
                    "property": self.linker.link(prop),
                    "near": self.linker.links(near),
                    "far": self.linker.links(others - near),
                }
            )
        return sorted(found, key=lambda relation: str(relation["property"].text))

    # ------------------------------------------------------------ axioms

    def _stated(self, iri: Iri) -> list[dict[str, Any]]:
        """The axioms about a term: its definition first, then the rest as they read."""
        axioms = [a for a in self.usage.naming(iri) if subject_of(a) == iri and self._tells(a)]
        axioms.sort(key=lambda a: (not isinstance(a, EquivalentClasses), render_axiom(a, self.linker.label)))
        return [self._axiom(a, iri) for a in axioms]

    @staticmethod
    def _tells(axiom: Axiom) -> bool:
        """Whether an axiom says more than that one named class lies under another."""
        return not (isinstance(axiom, SubClassOf) and isinstance(axiom.sup, Named)) or bool(axiom.claims)

    def _axiom(self, axiom: Axiom, page: Iri) -> dict[str, Any]:
        return {
            "lines": axiom_lines(axiom, self.linker),
            "claims": [self.linker.claim(c) for c in axiom.claims if v.CLAIM_CLASS + c != page],
            "notes": [
                {"property": self.linker.label(p), "value": self.linker.value(o, p)} for p, o in self.usage.notes(axiom)
            ],
        }

    def _usages(self, iri: Iri) -> list[dict[str, Any]]:
        groups: dict[str, list[Axiom]] = {}
        for axiom in self.usage.naming(iri):
            subject = subject_of(axiom)
            if subject != iri and (self._tells(axiom) or subject is None):
                groups.setdefault(self._group(subject), []).append(axiom)
        if v.CLAIM_CLASS in self.graph.objects(iri, v.RDF_TYPE):
            groups["Formalised by"] = self.usage.claimed(iri.removeprefix(v.CLAIM_CLASS))
        order = ("Formalised by", "Clinical patterns", "Triage rules", "Other classes", "General axioms")
        return [
            {
                "heading": heading,
                "count": len(groups[heading]),
                "axioms": [self._axiom(a, iri) for a in groups[heading][:_MOST_AXIOMS]],
            }
            for heading in order
            if groups.get(heading)
        ]

    def _group(self, subject: Iri | None) -> str:
        if subject is None or subject not in self.knowledge.ontology.classes:
            return "General axioms"
        if subject in self.knowledge.triage_classes:
            return "Triage rules"
        return "Clinical patterns" if self.knowledge.is_subclass(subject, v.CLINICAL_PATTERN) else "Other classes"

    def _claims(self, iri: Iri) -> list[dict[str, Any]]:
        """The claims that the axioms naming a term formalise."""
        ids = {claim for axiom in self.usage.naming(iri) for claim in axiom.claims}
        ids |= {o.value for o in self.graph.objects(iri, v.CLAIM) if isinstance(o, Literal)}
        return [
            {
                "link": self.linker.claim(claim),
                "text": self.graph.text(node := Iri(v.CLAIM_CLASS + claim), v.TEXT),
                "stance": self.graph.text(node, v.STANCE),
            }
            for claim in sorted(ids)
        ]

    # ------------------------------------------------------------ who speaks of it

    def _mentions(self, iri: Iri) -> dict[str, Any]:
        """Evidence rows that speak of a thing, and other things that point at it, by property."""
        found = [*self.usage.mentions(iri)]
        if v.CLAIM_CLASS in self.graph.objects(iri, v.RDF_TYPE):
            found += self.usage.mentions(Literal(iri.removeprefix(v.CLAIM_CLASS)))
        evidence = f"{v.LKG}evidence/"
        rows = dict.fromkeys(subject for _, subject in found if subject.startswith(evidence))
        others: dict[Iri, set[Iri]] = {}
        for prop, subject in found:
            if subject not in rows:
                others.setdefault(prop, set()).add(subject)
        return {
            "evidence": evidence_rows(rows, iri, self.graph, self.linker),
            "mentions": [
                {"property": self.linker.link(prop), "subjects": self.linker.links(subjects)}
                for prop, subjects in others.items()
            ],
        }

    def _mapping(self, mapping: Mapping) -> dict[str, Any]:
        return {
            "target": mapping.target,
            "predicate": mapping.predicate,
            "object": Link(mapping.object, href=mapping.object_iri or ""),
            "label": mapping.object_label,
            "justification": mapping.justification,
            "comment": mapping.comment,
        }


def _sorted(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry["link"].text).casefold())
