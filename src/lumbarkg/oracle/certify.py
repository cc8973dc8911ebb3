"""A comparison that came out well → the certificate of the release."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lumbarkg import __version__
from lumbarkg.assessment import ENGINE
from lumbarkg.ontology.build.canonical import canonical_triples
from lumbarkg.ontology.build.certificate import Certificate, Comparison, digest_of, logical_triples, version_of
from lumbarkg.ontology.build.generate import with_at_least_expanded
from lumbarkg.ontology.build.merge import merge
from lumbarkg.ontology.build.release import TURTLE
from lumbarkg.oracle.compare import Report
from lumbarkg.oracle.coverage import Coverage, counted_classes
from lumbarkg.oracle.draw import Drawn
from lumbarkg.oracle.hermit import version
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph, Triple
from lumbarkg.reasoning.knowledge import Knowledge


@dataclass(frozen=True)
class Release:
    """The released ontology that a comparison is about."""

    graph: Graph
    digest: str
    axioms_digest: str


def read_release(folder: Path) -> Release:
    """The ontology of a release folder."""
    content = (folder / TURTLE).read_bytes()
    graph = Graph(parse(content, source=TURTLE))
    return Release(graph, hashlib.sha256(content).hexdigest(), digest_of(logical_triples(graph)))


def edited_triples(root: Path) -> list[Triple]:
    """The ontology as edited, with its true complements; only at-least-n, which is an annotation, is written out.

    ``root`` is the root Turtle file; its catalog lies beside it. Raises OntologyError.
    """
    return canonical_triples(with_at_least_expanded(merge(root, root.parent / "catalog-v001.xml")))


def denying_cases(drawn: Sequence[Drawn], number: int) -> tuple[Drawn, ...]:
    """So many of the cases that deny something: a complement says nothing of the others."""
    return tuple(d for d in drawn if d.case.absent)[:number]


def certificate_of(
    release: Release, seed: int, date: str, reports: tuple[Report, Report], coverage: Coverage
) -> Certificate:
    """The certificate that states what was compared; whether it suffices, ``shortfalls`` says.

    ``reports`` are those of the two forms, ``date`` is the day of the comparison.
    """
    horn, complement = reports
    return Certificate(
        ontology_version=version_of(release.graph),
        ontology_digest=release.digest,
        axioms_digest=release.axioms_digest,
        engine=f"{ENGINE} {__version__}",
        reference=version(),
        date=date,
        seed=seed,
        horn=_comparison(horn),
        complement=_comparison(complement),
        coverage={
            kind: {cls.local_name: count for cls, count in counts.items()} for kind, counts in coverage.classes.items()
        },
        suggestions=coverage.suggestions,
        constructors={kind.value: number for kind, number in coverage.constructors.items()},
    )


def covered_kinds(knowledge: Knowledge) -> Mapping[str, frozenset[str]]:
    """Kind → the local names of the classes that a certificate must cover."""
    return {kind: frozenset(c.local_name for c in classes) for kind, classes in counted_classes(knowledge).items()}


def _comparison(report: Report) -> Comparison:
    return Comparison(
        cases=len(report.compared),
        chunks=report.hermit_runs,
        differences=len(report.differing),
        lapses=len(report.lapses),
        inconsistent=len(report.inconsistent),
        rejected=sum(not c.differences for c in report.inconsistent),
    )
