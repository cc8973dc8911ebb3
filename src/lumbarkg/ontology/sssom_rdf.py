"""The mappings as RDF: a plain edge a row, and on the other vocabulary's term its code with the prefix.

Annotations only: a mapping never becomes ``owl:equivalentClass`` or ``owl:sameAs``.
"""

from __future__ import annotations

from collections.abc import Iterable

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.sssom import Mapping
from lumbarkg.rdf.terms import Literal, Triple

_NOTATION = Iri(f"{v.SKOS}notation")
_PREFERRED_LABEL = Iri(f"{v.SKOS}prefLabel")
_SKOS_PREFIX = "skos:"


def mapping_triples(mappings: Iterable[Mapping]) -> list[Triple]:
    """Every row whose predicate is of SKOS and whose code has an address."""
    triples: dict[Triple, None] = {}
    for row in mappings:
        if row.object_iri is None or not row.predicate.startswith(_SKOS_PREFIX):
            continue
        predicate = Iri(v.SKOS + row.predicate.removeprefix(_SKOS_PREFIX))
        triples[Triple(row.subject, predicate, row.object_iri)] = None
        triples[Triple(row.object_iri, _NOTATION, Literal(row.object))] = None
        if row.object_label:
            triples[Triple(row.object_iri, _PREFERRED_LABEL, Literal(row.object_label))] = None
    return list(triples)
