"""The source files → one graph, following owl:imports through the catalog, never over the network."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import BNode, Subject, Term, Triple

_CATALOG_URI = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}uri"


def read_catalog(catalog: Path) -> dict[Iri, Path]:
    """Ontology IRI → file, from an OASIS XML catalog as Protégé reads it.

    Raises OntologyError where the catalog is missing or not XML. The catalog is a file of the project.
    """
    try:
        root = ET.parse(catalog).getroot()  # noqa: S314  our own file, never a client's
    except (OSError, ET.ParseError) as problem:
        raise OntologyError(f"{catalog}: cannot be read as an XML catalog: {problem}") from problem
    return {Iri(e.attrib["name"]): catalog.parent / e.attrib["uri"] for e in root.iter(_CATALOG_URI)}


def merge(root: Path, catalog: Path) -> list[Triple]:
    """All triples of the root ontology and everything it imports, without the imports and the imported headers.

    Raises OntologyError naming an import that the catalog does not hold.
    """
    files = read_catalog(catalog)
    merged: list[Triple] = []
    seen: set[Path] = set()
    queue = [root.resolve()]
    while queue:
        path = queue.pop(0)
        if path in seen:
            continue
        seen.add(path)
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise OntologyError(f"{path}: cannot be read: {problem.strerror}. Correct {catalog}.") from problem
        triples = parse(content, source=str(path))
        header = next((t.subject for t in triples if t.predicate == v.RDF_TYPE and t.object == v.OWL_ONTOLOGY), None)
        for triple in triples:
            if triple.predicate == v.OWL_IMPORTS:
                if triple.object not in files:
                    raise OntologyError(f"{path}: imports {triple.object}, which {catalog} does not list. Add a line.")
                queue.append(files[Iri(str(triple.object))].resolve())
            elif triple.subject != header or path == root.resolve():
                merged.append(_scoped(triple, len(seen)))
    return list(dict.fromkeys(merged))


def _scoped(triple: Triple, number: int) -> Triple:
    """The triple with blank nodes named apart from those of other files."""

    def scope(term: Term) -> Term:
        return BNode(f"f{number}x{term}") if isinstance(term, BNode) else term

    subject: Subject = BNode(f"f{number}x{triple.subject}") if isinstance(triple.subject, BNode) else triple.subject
    return Triple(subject, triple.predicate, scope(triple.object))
