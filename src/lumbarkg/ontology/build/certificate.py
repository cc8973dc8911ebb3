"""The certificate of a release: which axioms a second reasoner was held against, and whether they are still these.

A release is certified where the oracle compared enough cases, found no difference and covered what it should. The
certificate names the release by the digest of its file, and its axioms by a digest of their own: labels, definitions
and other annotations mean nothing to a reasoner, so that a release that changes only those keeps its comparison.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.issues import Issue, error
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Graph, Triple

CERTIFICATE = "certificate.json"
LEAST_CASES = 2000
LEAST_OFTEN = 3
"""So many cases must fall under each pattern, triage class and denial class, and as many must not."""

LEAST_SHARE = 0.1
"""The share of the suggestions compared that must rest on each constructor."""

LEAST_COMPLEMENT_CASES = 100
_ANNOTATIONS = frozenset(
    {v.RDFS_LABEL, v.RDFS_COMMENT, v.OWL_VERSION_IRI, v.OWL_VERSION_INFO, v.OWL_DEPRECATED, v.OWL_IMPORTS}
)


@dataclass(frozen=True)
class ClassCount:
    """How often consistent cases fell under a class, how often not, and how many of the latter were grown from it."""

    hit: int
    missed: int
    nearly: int


@dataclass(frozen=True)
class Comparison:
    """What a comparison came to: cases, runs of the second reasoner, and on how many cases the two differ.

    ``inconsistent`` are the cases that the engine rejects, ``rejected`` those among them that the second reasoner,
    asked for each alone, rejects too. ``lapses`` are cases of which it left a class out, though it finds it of the
    case alone or refutes its denial.
    """

    cases: int
    chunks: int
    differences: int
    lapses: int
    inconsistent: int
    rejected: int


@dataclass(frozen=True)
class Certificate:
    """All that a certificate states.

    ``horn`` is the comparison over the release, in which both must derive the same; ``complement`` the one over the
    ontology as edited, in which the second reasoner must derive whatever the engine does. ``coverage`` maps kind of
    class → local name → counts, ``constructors`` each constructor to the suggestions that rest on it.
    """

    ontology_version: str
    ontology_digest: str
    axioms_digest: str
    engine: str
    reference: str
    date: str
    seed: int
    horn: Comparison
    complement: Comparison
    coverage: Mapping[str, Mapping[str, ClassCount]]
    suggestions: int
    constructors: Mapping[str, int]


def logical_triples(triples: Iterable[Triple]) -> list[Triple]:
    """The triples that mean something to a reasoner: all but annotations and what is said of annotation properties."""
    graph = Graph(triples)
    annotations = set(graph.instances(v.OWL_ANNOTATION_PROPERTY)) | _ANNOTATIONS
    unread = annotations | set(graph.instances(v.OWL_AXIOM))
    return [t for t in graph if t.predicate not in annotations and t.subject not in unread]


def digest_of(triples: Iterable[Triple], besides: str = "") -> str:
    """The SHA-256 of a set of triples, whatever their order, and of a text besides.

    Equal labels of blank nodes are taken for equal nodes, as in a release, whose labels are of what stands under them.
    """
    lines = serialise(triples, Syntax.N_TRIPLES, {}).splitlines()
    return hashlib.sha256(b"\n".join([*sorted(set(lines)), besides.encode()])).hexdigest()


def shortfalls(certificate: Certificate, kinds: Mapping[str, Iterable[str]]) -> tuple[Issue, ...]:
    """Every threshold that a certificate misses; ``kinds`` are the local names of the classes that must be covered."""
    horn, complement = certificate.horn, certificate.complement
    found = [
        _short(f"{name}.{what}", f"{have} {words}", f"Compare {least} or more.")
        for name, what, have, least, words in (
            ("horn", "cases", horn.cases, LEAST_CASES, "cases were compared"),
            ("complement", "cases", complement.cases, LEAST_COMPLEMENT_CASES, "cases were held against the complement"),
        )
        if have < least
    ]
    for name, one in (("horn", horn), ("complement", complement)):
        if one.differences:
            found.append(_short(f"{name}.differences", f"{one.differences} cases differ.", "Mend the engine."))
        if one.rejected != one.inconsistent:
            found.append(
                _short(
                    f"{name}.rejected",
                    f"The reference rejects {one.rejected} of {one.inconsistent} cases that the engine rejects.",
                    "Mend the engine.",
                )
            )
    for kind, classes in kinds.items():
        counts = certificate.coverage.get(kind, {})
        for name in sorted(classes):
            count = counts.get(name, ClassCount(0, 0, 0))
            if min(count.hit, count.missed) < LEAST_OFTEN:
                found.append(
                    _short(
                        f"coverage.{kind}.{name}",
                        f"{count.hit} cases fell under it and {count.missed} did not.",
                        f"Draw so that {LEAST_OFTEN} or more do of each.",
                    )
                )
    for name, number in certificate.constructors.items():
        if number < LEAST_SHARE * certificate.suggestions or not number:
            found.append(
                _short(
                    f"constructors.{name}",
                    f"{number} of {certificate.suggestions} suggestions rest on it.",
                    f"Draw so that {LEAST_SHARE:.0%} or more do.",
                )
            )
    return tuple(found)


def _short(path: str, message: str, remedy: str) -> Issue:
    return error("certificate", path, message, remedy)


# ------------------------------------------------------------ the file


def write_certificate(certificate: Certificate, release: Path) -> None:
    """Write the certificate into a release folder."""
    text = json.dumps(asdict(certificate), indent=1, ensure_ascii=False)
    (release / CERTIFICATE).write_text(text + "\n", "utf-8")


def read_certificate(release: Path) -> Certificate | None:
    """The certificate of a release folder, None where it has none. Raises OntologyError where it cannot be read."""
    path = release / CERTIFICATE
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        coverage = {
            kind: {name: ClassCount(**count) for name, count in counts.items()}
            for kind, counts in found.pop("coverage").items()
        }
        horn, complement = Comparison(**found.pop("horn")), Comparison(**found.pop("complement"))
        return Certificate(**found, horn=horn, complement=complement, coverage=coverage)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise OntologyError(f"{path}: no certificate: {problem!r}. Write it anew: make verify-reasoner.") from problem


def is_certified(release: Path, ontology_digest: str) -> bool:
    """Whether a release folder has a certificate of this very ontology, whose build has checked its profile.

    ``ontology_digest`` is the SHA-256 of the released file. Raises OntologyError where the certificate cannot be read.
    """
    certificate = read_certificate(release)
    return certificate is not None and certificate.ontology_digest == ontology_digest


def renew_certificate(release: Path, ontology: bytes, triples: Iterable[Triple]) -> str:
    """Carry the certificate over to a release whose axioms it speaks of; says in words whether it still holds.

    ``ontology`` is the content of the released file, ``triples`` what it holds.
    """
    graph = Graph(triples)
    certificate = read_certificate(release)
    if certificate is None:
        return "no certificate: make verify-reasoner compares the engine with HermiT and writes one"
    if certificate.axioms_digest != digest_of(logical_triples(graph)):
        return "the certificate is of other axioms: make verify-reasoner compares the engine with HermiT again"
    digest = hashlib.sha256(ontology).hexdigest()
    renewed = replace(certificate, ontology_digest=digest, ontology_version=version_of(graph))
    write_certificate(renewed, release)
    return f"the certificate of {certificate.date} is of the same axioms and holds"


def version_of(graph: Graph) -> str:
    """The version that the ontology's header states, '' where it states none."""
    return next((graph.text(header, v.OWL_VERSION_INFO) for header in graph.instances(v.OWL_ONTOLOGY)), "")
