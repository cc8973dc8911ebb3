"""The named graphs that SPARQL users see, made from a release and its saturation."""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.relations import relation_triples

ASSERTED, INFERRED, RELATIONS, EVIDENCE = (
    Iri(f"{v.LKG}graph/{name}") for name in ("asserted", "inferred", "relations", "evidence")
)


def knowledge_graphs(knowledge: Knowledge, tables: EvidenceTables) -> dict[Iri, bytes]:
    """Graph name → N-Triples: the axioms, the class hierarchy, the relation graph and the evidence rows."""
    graphs = {
        ASSERTED: list(knowledge.ontology.graph),
        INFERRED: hierarchy_triples(knowledge),
        RELATIONS: relation_triples(knowledge),
        EVIDENCE: evidence_triples(tables),
    }
    return {name: serialise(triples, Syntax.N_TRIPLES, {}) for name, triples in graphs.items()}


def hierarchy_triples(knowledge: Knowledge) -> list[Triple]:
    """``A rdfs:subClassOf B`` for every entailed inclusion between two different named classes."""
    return [
        Triple(cls, v.RDFS_SUBCLASS_OF, above)
        for cls in sorted(knowledge.ontology.classes)
        for above in sorted(knowledge.superclasses(cls) - {cls})
    ]
