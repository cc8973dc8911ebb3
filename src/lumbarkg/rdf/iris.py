"""IRIs as SPARQL writes them (relative, prefixed, with escapes) resolved by the library that will read the query."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import BASE_IRI


def resolve_all(prologue: str, written: Sequence[str]) -> tuple[Iri, ...]:
    """The IRIs that ``<…>`` or ``prefix:name`` mean after a prologue of BASE and PREFIX declarations.

    The declarations of SPARQL are valid Turtle, so that the Turtle parser does the work. Raises QueryError.
    """
    if not written:
        return ()
    statements = "".join(f"{term} <urn:p> {position} .\n" for position, term in enumerate(written))
    try:
        quads = list(ox.parse(f"{prologue}\n{statements}", format=ox.RdfFormat.TURTLE, base_iri=BASE_IRI))
    except (SyntaxError, ValueError) as problem:
        raise QueryError(f"The prologue or an IRI of the query is not well-formed: {problem}") from problem
    found = {quad.object.value: quad.subject for quad in quads if isinstance(quad.object, ox.Literal)}
    names = [found[str(position)] for position in range(len(written))]
    return tuple(Iri(name.value) for name in names if isinstance(name, ox.NamedNode))


def is_iri(text: str) -> bool:
    """Whether a text is an absolute IRI."""
    try:
        next(iter(ox.parse(f"<{text}> <urn:p> 0 .", format=ox.RdfFormat.TURTLE)))
    except (SyntaxError, ValueError, StopIteration):
        return False
    return not set(text) & set('<>" {}|\\^`\n')
