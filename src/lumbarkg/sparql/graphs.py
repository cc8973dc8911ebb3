"""The named graphs that SPARQL users see, made from a release and its saturation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Map

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri, Prefixes
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import BNode, Literal, Term, Triple
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.relations import relation_triples
from lumbarkg.sparql.library import NamedQuery
from lumbarkg.sparql.library_graph import library_triples

ASSERTED, INFERRED, RELATIONS, EVIDENCE, CLAIMS, MAPPINGS, QUERIES = (
    Iri(f"{v.LKG}graph/{name}")
    for name in ("asserted", "inferred", "relations", "evidence", "claims", "mappings", "queries")
)
# What each graph holds, for people who read the service description.
GRAPH_MEANINGS = {
    ASSERTED: "The axioms and annotations of the ontology as its editors wrote them.",
    INFERRED: "rdfs:subClassOf between named classes, every pair that the axioms entail, computed at start.",
    RELATIONS: "A p B for every entailed A subClassOf (p some B) between named classes, as plain edges.",
    EVIDENCE: "The rows of the evidence tables with their figures, sources and verification status.",
    CLAIMS: "What the article says, statement by statement: stance, what formalises it, what speaks against it.",
    MAPPINGS: "Mappings of the terms to other vocabularies (SSSOM): the plain edge, and the row that says why.",
    QUERIES: "The named queries: question, text and subject of each, for editors that list them.",
}
KNOWLEDGE = tuple(sorted(GRAPH_MEANINGS))
"""The graphs that everybody sees; the default graph is their union."""
UNION = Iri(f"{v.LKG}graph/union")
"""Where a remote store keeps that union; nobody selects it by name."""
_NOTATION = Iri(f"{v.SKOS}notation")
_SSSOM = "https://w3id.org/sssom/"


def knowledge_graphs(
    knowledge: Knowledge,
    tables: EvidenceTables,
    mappings: Iterable[Mapping] = (),
    queries: Iterable[NamedQuery] = (),
) -> dict[Iri, bytes]:
    """Graph name → N-Triples: axioms, class hierarchy, relations, evidence rows, claims, mappings, named queries."""
    return dict(write_graphs(knowledge, evidence_triples(tables), mappings, queries))


def write_graphs(
    knowledge: Knowledge, rows: Iterable[Triple], mappings: Iterable[Mapping], queries: Iterable[NamedQuery]
) -> Iterator[tuple[Iri, bytes]]:
    """The same, each graph as soon as it is made; ``rows`` are the evidence tables as triples."""
    graphs: dict[Iri, Callable[[], Iterable[Triple]]] = {
        ASSERTED: lambda: knowledge.ontology.graph,
        EVIDENCE: lambda: rows,
        RELATIONS: lambda: relation_triples(knowledge),
        INFERRED: lambda: hierarchy_triples(knowledge),
        CLAIMS: lambda: claim_triples(knowledge),
        MAPPINGS: lambda: mapping_triples(mappings),
        QUERIES: lambda: library_triples(queries),
    }
    return ((name, serialise(triples(), Syntax.N_TRIPLES, {})) for name, triples in graphs.items())


def union_graph(graphs: Map[Iri, bytes]) -> bytes:
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


def claim_triples(knowledge: Knowledge) -> list[Triple]:
    """Everything that is said of each claim."""
    graph = knowledge.ontology.graph
    return [
        Triple(claim, predicate, obj)
        for claim in sorted(graph.instances(v.CLAIM_CLASS))
        for predicate, objects in graph.predicates(claim).items()
        for obj in objects
    ]


def mapping_triples(mappings: Iterable[Mapping]) -> list[Triple]:
    """The edge of each mapping whose target has an IRI, the target's code, and each row as a ``sssom:Mapping``."""
    prefixes = Prefixes({**v.WELL_KNOWN_PREFIXES, "semapv": "https://w3id.org/semapv/vocab/", "sssom": _SSSOM})
    triples: list[Triple] = []
    for mapping in mappings:
        predicate = prefixes.expand(mapping.predicate) or Iri(mapping.predicate)
        target: Term = mapping.object_iri or Literal(mapping.object)
        if mapping.object_iri:
            triples.append(Triple(mapping.subject, predicate, mapping.object_iri))
            triples.append(Triple(mapping.object_iri, _NOTATION, Literal(mapping.object)))
        key = f"{mapping.target} {mapping.subject} {mapping.predicate} {mapping.object}"
        row = BNode("mapping" + hashlib.sha256(key.encode()).hexdigest()[:24])
        justification = prefixes.expand(mapping.justification)
        described: list[tuple[str, Term]] = [
            ("subject_id", mapping.subject),
            ("predicate_id", predicate),
            ("object_id", target),
            ("mapping_justification", justification or Literal(mapping.justification)),
        ]
        for name, text in (("object_label", mapping.object_label), ("comment", mapping.comment)):
            if text:
                described.append((name, Literal(text)))
        triples.append(Triple(row, v.RDF_TYPE, Iri(f"{_SSSOM}Mapping")))
        triples.extend(Triple(row, Iri(_SSSOM + name), value) for name, value in described)
    return triples
