"""A comparison that came out well → the certificate of the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lumbarkg import __version__
from lumbarkg import vocabulary as v
from lumbarkg.assessment import ENGINE
from lumbarkg.ontology.build.canonical import canonical_triples
from lumbarkg.ontology.build.certificate import Certificate, Comparison
from lumbarkg.ontology.build.generate import with_at_least_expanded
from lumbarkg.ontology.build.merge import merge
from lumbarkg.oracle.compare import Report
from lumbarkg.oracle.coverage import Coverage, counted_classes
from lumbarkg.oracle.draw import Drawn
from lumbarkg.oracle.hermit import version
from lumbarkg.rdf.terms import Triple
from lumbarkg.reasoning.knowledge import Knowledge


def edited_triples(root: Path) -> list[Triple]:
    """The ontology as edited, with its true complements; only at-least-n, which is an annotation, is written out.

    ``root`` is the root Turtle file; its catalog lies beside it. Raises OntologyError.
    """
    return canonical_triples(with_at_least_expanded(merge(root, root.parent / "catalog-v001.xml")))


def denying_cases(drawn: Sequence[Drawn], number: int) -> tuple[Drawn, ...]:
    """So many of the cases that deny something: a complement says nothing of the others."""
    return tuple(d for d in drawn if d.case.absent)[:number]


def certificate_of(
    digests: tuple[str, str], seed: int, date: str, reports: tuple[Report, Report], coverage: Coverage, version_: str
) -> Certificate:
    """The certificate that states what was compared; whether it suffices, ``shortfalls`` says.

    ``digests`` are those of the released file and of its axioms, ``reports`` those of the two forms, ``version_`` is
    the ontology's.
    """
    horn, complement = reports
    return Certificate(
        ontology_version=version_,
        ontology_digest=digests[0],
        axioms_digest=digests[1],
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


def version_of(knowledge: Knowledge) -> str:
    """The version that the ontology's header states."""
    graph = knowledge.ontology.graph
    return next((graph.text(header, v.OWL_VERSION_INFO) for header in graph.instances(v.OWL_ONTOLOGY)), "")
