"""The release: what editors wrote, merged, checked and written so that the same source gives the same bytes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.build.canonical import canonical_triples
from lumbarkg.ontology.build.generate import denial_inclusions, denied_findings, with_at_least_expanded, with_denials
from lumbarkg.ontology.build.merge import merge
from lumbarkg.ontology.build.profile import check_profile
from lumbarkg.ontology.evidence import EvidenceTables, read_tables
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.read import Ontology, read_ontology
from lumbarkg.ontology.terms import Terms
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Graph, Triple
from lumbarkg.reasoning.knowledge import Knowledge

TURTLE, RDF_XML, EVIDENCE_RDF, EVIDENCE = "lumbarkg.ttl", "lumbarkg.owl", "evidence.ttl", "evidence"
_PREFIXES = v.WELL_KNOWN_PREFIXES


@dataclass(frozen=True)
class Build:
    """A merged, generated and checked ontology, ready to be written."""

    triples: list[Triple]
    ontology: Ontology
    knowledge: Knowledge
    evidence: EvidenceTables


def build(root: Path) -> Build:
    """Merge and check the ontology of a folder that holds a root file, a catalog and ``evidence/``.

    ``root`` is the root Turtle file. Raises OntologyError with every problem that refuses the release.
    """
    source = with_at_least_expanded(merge(root, root.parent / "catalog-v001.xml"))
    edited = read_ontology(Graph(source))
    _refuse(check_profile(edited))
    findings = denied_findings(edited)
    generated = with_denials(source, findings)
    first = read_ontology(Graph(generated))
    _refuse(first.issues)
    triples = canonical_triples([*generated, *denial_inclusions(findings, Knowledge(first))])
    ontology = read_ontology(Graph(triples))
    evidence = read_tables(root.parent / EVIDENCE, Terms(ontology).prefixes)
    _refuse(_unknown_terms(evidence, ontology))
    return Build(triples, ontology, Knowledge(ontology), evidence)


def _refuse(issues: tuple[Issue, ...]) -> None:
    if issues:
        raise OntologyError("\n".join(str(issue) for issue in issues))


def _unknown_terms(evidence: EvidenceTables, ontology: Ontology) -> tuple[Issue, ...]:
    used: dict[Iri, str] = {}
    for row in evidence.likelihood_ratios:
        used.setdefault(row.condition, row.id)
        if row.finding is not None:
            used.setdefault(row.finding, row.id)
    for prior in evidence.priors:
        used.setdefault(prior.condition, prior.id)
    for fact in evidence.facts:
        for _, term in fact.terms:
            used.setdefault(term, fact.id)
    return tuple(
        error("evidence", row, f"{iri} is not a class of the ontology.", "Declare it, or correct the row.")
        for iri, row in sorted(used.items())
        if iri not in ontology.classes
    )


def write(built: Build, folder: Path, source: Path) -> None:
    """Write the release into ``folder``, with the evidence tables and examples of the ``source`` folder beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / TURTLE).write_bytes(serialise(built.triples, Syntax.TURTLE, _PREFIXES))
    (folder / RDF_XML).write_bytes(serialise(built.triples, Syntax.RDF_XML, _PREFIXES))
    evidence = canonical_triples(evidence_triples(built.evidence))
    (folder / EVIDENCE_RDF).write_bytes(serialise(evidence, Syntax.TURTLE, _PREFIXES))
    for name, pattern in ((EVIDENCE, "*.tsv"), ("examples", "*.json"), ("mappings", "*.sssom.tsv")):
        shutil.rmtree(folder / name, ignore_errors=True)  # what the source no longer has must not stay
        (folder / name).mkdir()
        for file in sorted((source / name).glob(pattern)):
            shutil.copyfile(file, folder / name / file.name)


def check_with_hermit(built: Build) -> None:
    """Raise OntologyError where HermiT finds an inconsistency, an empty class, or another hierarchy than the engine."""
    from lumbarkg.ontology.build.classify import classify  # the extra 'hermit', not needed to read or write

    found = classify(built.triples)
    if not found.consistent:
        raise OntologyError("HermiT: the ontology is inconsistent.")
    if found.unsatisfiable:
        raise OntologyError(f"HermiT: these classes can have no instance: {', '.join(sorted(found.unsatisfiable))}.")
    differences = [
        f"{cls}: HermiT {sorted(theirs - ours)}, engine {sorted(ours - theirs)}"
        for cls, theirs in sorted(found.superclasses.items())
        if (ours := built.knowledge.superclasses(cls)) != theirs
    ]
    if differences:
        raise OntologyError("HermiT and the engine disagree on the hierarchy:\n" + "\n".join(differences))
