"""The named graphs that SPARQL users see, made from a release and its saturation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import Mapping as MappingRow
from lumbarkg.ontology.sssom_rdf import mapping_triples
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.sparql.library import NamedQuery
from lumbarkg.sparql.library_graph import library_triples

ASSERTED, INFERRED, RELATIONS, EVIDENCE, MAPPINGS, QUERIES = (
    Iri(f"{v.LKG}graph/{name}") for name in ("asserted", "inferred", "relations", "evidence", "mappings", "queries")
)
KNOWLEDGE = (ASSERTED, INFERRED, RELATIONS, EVIDENCE, MAPPINGS, QUERIES)
"""The graphs that everybody sees; the default graph is their union."""
UNION = Iri(f"{v.LKG}graph/union")
"""Where a remote store keeps that union; nobody selects it by name."""


def knowledge_graphs(
    knowledge: Knowledge,
    tables: EvidenceTables,
    mappings: Iterable[MappingRow] = (),
    queries: Iterable[NamedQuery] = (),
) -> dict[Iri, bytes]:
    """Graph name → N-Triples: axioms, class hierarchy, relation graph, evidence rows, mappings and named queries."""
    graphs = {
        ASSERTED: list(knowledge.ontology.graph),
        INFERRED: hierarchy_triples(knowledge),
        RELATIONS: relation_triples(knowledge),
        EVIDENCE: evidence_triples(tables),
        MAPPINGS: mapping_triples(mappings),
        QUERIES: library_triples(queries),
    }
    return {name: serialise(triples, Syntax.N_TRIPLES, {}) for name, triples in graphs.items()}


def union_graph(graphs: Mapping[Iri, bytes]) -> bytes:
    """The union of graphs in N-Triples, each triple once. Blank nodes of different graphs have different labels."""
    lines = {line for content in graphs.values() for line in content.splitlines() if line.strip()}
    return b"\n".join(sorted(lines)) + b"\n" if lines else b""


def hierarchy_triples(knowledge: Knowledge) -> list[Triple]:
    """``A rdfs:subClassOf B`` for every entailed inclusion between two different named classes."""
    return [
        Triple(cls, v.RDFS_SUBCLASS_OF, above)
        for cls in sorted(knowledge.ontology.classes)
        for above in sorted(knowledge.superclasses(cls) - {cls})
    ]


def relation_triples(knowledge: Knowledge) -> list[Triple]:
    """``A p B`` for every entailed ``A ⊑ ∃p.B`` between named classes, as in Ubergraph."""
    roles = {
        number: iri for iri, number in knowledge.rules.roles.items() if iri in knowledge.ontology.object_properties
    }
    triples: dict[Triple, None] = {}
    for cls in sorted(knowledge.ontology.classes):
        context = knowledge.context(cls)
        if context is None:
            continue
        for number, targets in context.links.items():
            if number in roles:
                fillers = frozenset(name for target in targets for name in knowledge.named(target))
                triples.update(dict.fromkeys(Triple(cls, roles[number], filler) for filler in sorted(fillers)))
    return list(triples)
