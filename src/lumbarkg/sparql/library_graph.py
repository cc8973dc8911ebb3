"""The library described in RDF, so that SPARQL editors list it: SHACL's ``sh:SPARQLExecutable``, one a query.

The form is that of the example collections of the SIB: ``rdfs:comment`` is the question, ``sh:select`` (or ``sh:ask``,
``sh:construct``, ``sh:describe``) the text as it stands, ``schema:keywords`` what it is about.
"""

from __future__ import annotations

from collections.abc import Iterable

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import BNode, Literal, Triple
from lumbarkg.sparql.library import NamedQuery, QueryForm

SHACL = "http://www.w3.org/ns/shacl#"
_SCHEMA = "https://schema.org/"
_EXECUTABLE = Iri(f"{SHACL}SPARQLExecutable")
_FORMS = {
    QueryForm.SELECT: (Iri(f"{SHACL}SPARQLSelectExecutable"), Iri(f"{SHACL}select")),
    QueryForm.ASK: (Iri(f"{SHACL}SPARQLAskExecutable"), Iri(f"{SHACL}ask")),
    QueryForm.CONSTRUCT: (Iri(f"{SHACL}SPARQLConstructExecutable"), Iri(f"{SHACL}construct")),
    # SHACL names no class for DESCRIBE.
    QueryForm.DESCRIBE: (_EXECUTABLE, Iri(f"{SHACL}describe")),
}
_ENGLISH = (Iri(f"{v.RDF}langString"), "en")
_DECLARATIONS = Iri(f"{v.LKG}query/prefixes")


def query_iri(name: str) -> Iri:
    """The name of a named query in RDF."""
    return Iri(f"{v.LKG}query/{name}")


def library_triples(queries: Iterable[NamedQuery]) -> list[Triple]:
    """The description of every query, and the prefixes that an editor may offer; nothing where there is no query."""
    triples: list[Triple] = []
    for query in queries:
        subject = query_iri(query.name)
        cls, text = _FORMS[query.form]
        triples.extend(Triple(subject, v.RDF_TYPE, t) for t in dict.fromkeys((_EXECUTABLE, cls)))
        triples.append(Triple(subject, v.RDFS_COMMENT, Literal(query.summary, *_ENGLISH)))
        triples.append(Triple(subject, v.DESCRIPTION, Literal(query.description, *_ENGLISH)))
        triples.append(Triple(subject, text, Literal(query.text)))
        triples.append(Triple(subject, Iri(f"{SHACL}prefixes"), _DECLARATIONS))
        triples.extend(Triple(subject, Iri(f"{_SCHEMA}keywords"), Literal(tag)) for tag in query.tags)
    return [*triples, *_declarations()] if triples else []


def _declarations() -> list[Triple]:
    """``sh:declare`` for every prefix that queries use."""
    triples: list[Triple] = []
    for prefix, namespace in sorted(v.WELL_KNOWN_PREFIXES.items()):
        node = BNode(f"prefix-{prefix}")
        triples.append(Triple(_DECLARATIONS, Iri(f"{SHACL}declare"), node))
        triples.append(Triple(node, Iri(f"{SHACL}prefix"), Literal(prefix)))
        triples.append(Triple(node, Iri(f"{SHACL}namespace"), Literal(namespace, Iri(f"{v.XSD}anyURI"))))
    return triples
