"""The endpoint described in RDF: SPARQL 1.1 Service Description, and VoID of the knowledge graphs."""

from __future__ import annotations

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Graph, Literal, Subject, Term, Triple, integer_literal
from lumbarkg.sparql.graphs import GRAPH_MEANINGS
from lumbarkg.sparql.statistics import Statistics

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
_FORMATS = "http://www.w3.org/ns/formats/"
_FOAF = "http://xmlns.com/foaf/0.1/"
DESCRIPTION_PREFIXES = {"sd": SD, "void": VOID, "formats": _FORMATS, "foaf": _FOAF}
_SIMPLE = Iri("http://www.w3.org/ns/entailment/Simple")
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N-Quads", "TriG",
)  # fmt: skip
_INPUT_FORMATS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
_ENTAILMENT = (
    "Queries are matched against the triples as they stand (simple entailment); nothing is inferred while a query "
    "runs. What the ontology entails was computed at start and stands in graphs of its own: inferred (the hierarchy "
    "of named classes) and relations (existential restrictions between named classes, as edges). Both are complete "
    "for the profile that the engine reads, which docs/sparql.md states; other consequences are not materialised."
)
_DEFAULT_GRAPH = "The union of the knowledge graphs; a triple that stands in several is found once."


def service_triples(
    endpoint: Iri, graphs: tuple[Iri, ...], statistics: Statistics | None, *, may_update: bool, is_open: bool
) -> list[Triple]:
    """What the service at an address offers to a caller: the graphs are those that the caller may see."""
    service = Iri(f"{endpoint}#service")
    languages = ["SPARQL11Query", *(["SPARQL11Update"] if may_update else [])]
    triples = [
        Triple(service, v.RDF_TYPE, Iri(f"{SD}Service")),
        Triple(service, Iri(f"{SD}endpoint"), endpoint),
        *(Triple(service, Iri(f"{SD}supportedLanguage"), Iri(SD + language)) for language in languages),
        *(Triple(service, Iri(f"{SD}resultFormat"), Iri(_FORMATS + name)) for name in _RESULT_FORMATS),
        *(Triple(service, Iri(f"{SD}inputFormat"), Iri(_FORMATS + name)) for name in _INPUT_FORMATS if may_update),
        Triple(service, Iri(f"{SD}defaultEntailmentRegime"), _SIMPLE),
        Triple(service, v.RDFS_COMMENT, Literal(_ENTAILMENT, language="en")),
    ]
    dataset, default = BNode("dataset"), BNode("default")
    triples += [
        Triple(service, Iri(f"{SD}defaultDataset"), dataset),
        Triple(dataset, v.RDF_TYPE, Iri(f"{SD}Dataset")),
        Triple(dataset, Iri(f"{SD}defaultGraph"), default),
        Triple(default, v.RDF_TYPE, Iri(f"{SD}Graph")),
    ]
    if not is_open:
        triples.append(Triple(default, v.RDFS_COMMENT, Literal(_DEFAULT_GRAPH, language="en")))
    if statistics is not None:
        triples.append(Triple(default, Iri(f"{VOID}triples"), integer_literal(statistics.triples)))
    for position, name in enumerate(graphs):
        named, graph = BNode(f"named{position}"), BNode(f"graph{position}")
        triples += [
            Triple(dataset, Iri(f"{SD}namedGraph"), named),
            Triple(named, v.RDF_TYPE, Iri(f"{SD}NamedGraph")),
            Triple(named, Iri(f"{SD}name"), name),
            Triple(named, Iri(f"{SD}graph"), graph),
            Triple(graph, v.RDF_TYPE, Iri(f"{SD}Graph")),
        ]
        if name in GRAPH_MEANINGS:
            triples.append(Triple(graph, v.RDFS_COMMENT, Literal(GRAPH_MEANINGS[name], language="en")))
        if statistics is not None and name in statistics.graphs:
            triples.append(Triple(graph, Iri(f"{VOID}triples"), integer_literal(statistics.graphs[name])))
    return triples


def void_triples(document: Iri, endpoint: Iri, dump: Iri, header: Graph, statistics: Statistics) -> list[Triple]:
    """VoID of the union of the knowledge graphs: totals, the graphs as subsets, class and property partitions."""
    dataset = Iri(f"{document}#lumbarkg")
    ontology = header.instances(v.OWL_ONTOLOGY)[0]

    def said(subject: Subject, name: str, value: Term) -> Triple:
        return Triple(subject, Iri(VOID + name), value)

    triples = [
        Triple(document, v.RDF_TYPE, Iri(f"{VOID}DatasetDescription")),
        Triple(document, Iri(f"{_FOAF}primaryTopic"), dataset),
        Triple(dataset, v.RDF_TYPE, Iri(f"{VOID}Dataset")),
        *(
            Triple(dataset, about, value)
            for about in (v.TITLE, v.DESCRIPTION, v.LICENCE, v.CREATED, v.OWL_VERSION_INFO)
            for value in header.objects(ontology, about)
        ),
        said(dataset, "sparqlEndpoint", endpoint),
        said(dataset, "dataDump", dump),
        said(dataset, "uriSpace", Literal(v.LKG)),
        *(said(dataset, "vocabulary", Iri(ns)) for ns in (v.OWL, v.RDFS, v.SKOS, v.PROV, v.DCTERMS)),
        said(dataset, "triples", integer_literal(statistics.triples)),
        said(dataset, "classes", integer_literal(len(statistics.classes))),
        said(dataset, "properties", integer_literal(len(statistics.properties))),
        said(dataset, "distinctSubjects", integer_literal(statistics.subjects)),
        said(dataset, "distinctObjects", integer_literal(statistics.objects)),
    ]
    for name, count in sorted(statistics.graphs.items()):
        triples += [
            said(dataset, "subset", name),
            Triple(name, v.RDF_TYPE, Iri(f"{VOID}Dataset")),
            said(name, "triples", integer_literal(count)),
        ]
        if name in GRAPH_MEANINGS:
            triples.append(Triple(name, v.DESCRIPTION, Literal(GRAPH_MEANINGS[name], language="en")))
    for position, (name, count) in enumerate(sorted(statistics.classes.items())):
        part = BNode(f"class{position}")
        triples += [
            said(dataset, "classPartition", part),
            said(part, "class", name),
            said(part, "entities", integer_literal(count)),
        ]
    for position, (name, count) in enumerate(sorted(statistics.properties.items())):
        part = BNode(f"property{position}")
        triples += [
            said(dataset, "propertyPartition", part),
            said(part, "property", name),
            said(part, "triples", integer_literal(count)),
        ]
    return triples
