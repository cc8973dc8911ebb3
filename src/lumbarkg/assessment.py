"""The pipeline: a case in, an assessment out. Five calls in order, and what they need, loaded once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.errors import InvalidInputError, OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import Draft, draft_case
from lumbarkg.intake.lookup import TermLookup
from lumbarkg.issues import Issue, error, warning
from lumbarkg.model import Assessment, Case, Disposition, Entailments, Question
from lumbarkg.ontology.build.certificate import is_certified
from lumbarkg.ontology.build.profile import check_profile
from lumbarkg.ontology.codes import CodeIndex
from lumbarkg.ontology.evidence import EvidenceTables, read_tables
from lumbarkg.ontology.read import read_ontology
from lumbarkg.ontology.sssom import Mapping, read_mappings
from lumbarkg.ontology.terms import Terms
from lumbarkg.ranking.advice import Adviser
from lumbarkg.ranking.contributors import Contributors
from lumbarkg.ranking.next_questions import QuestionChooser
from lumbarkg.ranking.rank import Ranker, Standing
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph
from lumbarkg.reasoning.entail import read_entailments
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.proofs import Explainer
from lumbarkg.reasoning.questions import next_questions
from lumbarkg.reasoning.realise import (
    RealisedCase,
    add_bilateral_findings,
    realise,
    without_denials,
)
from lumbarkg.reasoning.relations import Relations
from lumbarkg.reasoning.triage import GateView, TriageRules
from lumbarkg.reasoning.why_not import Completer
from lumbarkg.render.json import AssessmentEncoder
from lumbarkg.render.sources import Sources
from lumbarkg.validation.shapes import CaseShapes

ENGINE = "lumbarkg saturation"


@dataclass(frozen=True)
class Engine:
    """Everything that an assessment needs and that no case changes."""

    knowledge: Knowledge
    terms: Terms
    lookup: TermLookup
    rules: TriageRules
    ranker: Ranker
    chooser: QuestionChooser
    contributors: Contributors
    adviser: Adviser
    explainer: Explainer
    completer: Completer
    shapes: CaseShapes
    version: str
    digest: str
    complete: bool
    """Whether the ontology lies within the profile that the reasoner is complete for."""

    @property
    def reasoning(self) -> dict[str, Any]:
        """What every answer says of how it was reasoned."""
        return {
            "engine": ENGINE,
            "complete": self.complete,
            "ontologyVersion": self.version,
            "ontologyDigest": self.digest,
        }

    @cached_property
    def sources(self) -> Sources:
        """What renderers look identifiers up in."""
        return Sources(self.knowledge.ontology, self.terms.label, self.ranker.tables)

    @cached_property
    def encoder(self) -> AssessmentEncoder:
        """What writes whole assessments as JSON."""
        return AssessmentEncoder(self.sources)


class ContradictoryCaseError(InvalidInputError):
    """A finding both present and denied: not ranked, but its triage stands, from the present findings alone."""

    def __init__(self, issues: tuple[Issue, ...], case: Case, disposition: Disposition) -> None:
        super().__init__(issues)
        self.case, self.disposition = case, disposition


@dataclass(frozen=True)
class Release:
    """What a release says, read and saturated: what an engine and the published graphs are made of."""

    knowledge: Knowledge
    terms: Terms
    tables: EvidenceTables
    mappings: tuple[Mapping, ...]
    ontology_digest: str
    is_complete: bool
    """Whether the ontology lies within the profile that the reasoner is complete for."""


def read_release(release: Path) -> Release:
    """Read a release folder (``lumbarkg.ttl``, ``evidence/``, ``mappings/``), and saturate the ontology.

    Raises OntologyError where the release cannot be used.
    """
    content = (release / "lumbarkg.ttl").read_bytes()
    ontology = read_ontology(Graph(parse(content, source="lumbarkg.ttl")))
    knowledge, terms = Knowledge(ontology), Terms(ontology)
    tables = read_tables(release / "evidence", terms.prefixes)
    mappings = read_mappings(release / "mappings", terms.prefixes)
    digest = hashlib.sha256(content).hexdigest()
    # A check takes an eighth of the time of loading, and the build has made it.
    is_complete = is_certified(release, digest) or not check_profile(ontology)
    return Release(knowledge, terms, tables, mappings, digest, is_complete)


def load_engine(release: Path, shapes: Traversable | Path) -> Engine:
    """The engine of a release folder and the shapes. Raises OntologyError where the release cannot be used."""
    return build_engine(read_release(release), shapes)


def build_engine(release: Release, shapes: Traversable | Path) -> Engine:
    """The engine of a release and the shapes. Raises OntologyError where the two cannot be used."""
    return make_engine(
        release.knowledge,
        release.terms,
        release.tables,
        CaseShapes(shapes),
        release.ontology_digest,
        CodeIndex(release.mappings),
        is_complete=release.is_complete,
    )


def make_engine(
    knowledge: Knowledge,
    terms: Terms,
    tables: EvidenceTables,
    shapes: CaseShapes,
    ontology_digest: str,
    codes: CodeIndex | None = None,
    *,
    is_complete: bool | None = None,
) -> Engine:
    """Put an engine together from its parts; ``ontology_digest`` is the SHA-256 of the released ontology.

    ``is_complete`` says whether the ontology lies within the profile; where it is None, that is looked at.
    """
    graph = knowledge.ontology.graph
    headers = graph.instances(v.OWL_ONTOLOGY)
    if len(headers) != 1:
        raise OntologyError(f"A release has one ontology header, this one has {len(headers)}.")
    rules, ranker, relations = TriageRules(knowledge), Ranker(knowledge, tables), Relations(knowledge)
    return Engine(
        knowledge=knowledge,
        terms=terms,
        lookup=TermLookup(knowledge, terms, codes),
        rules=rules,
        ranker=ranker,
        chooser=QuestionChooser(knowledge, ranker, rules.not_self_reportable),
        contributors=Contributors(knowledge, relations),
        adviser=Adviser(knowledge, relations, tables),
        explainer=Explainer(knowledge),
        completer=Completer(knowledge),
        shapes=shapes,
        version=graph.text(headers[0], v.OWL_VERSION_INFO),
        digest=hashlib.sha256(f"{ontology_digest} {tables.digest}".encode()).hexdigest(),
        complete=not check_profile(knowledge.ontology) if is_complete is None else is_complete,
    )


def read_case(document: Any, engine: Engine) -> Case:
    """The case of a JSON document.

    Raises InvalidInputError with every issue, of structure, of terms and of the shapes, at once.
    """
    return read_draft(document, engine).case()


def read_draft(document: Any, engine: Engine) -> Draft:
    """The draft of a JSON document, with every issue of structure, of terms and of the shapes.

    It also says which terms were given the status unknown.
    """
    draft = draft_case(document, engine.lookup, tuple(engine.ranker.settings))
    draft.issues.extend(engine.shapes.check(draft.triples))
    return draft


@dataclass(frozen=True)
class Conclusions:
    """What follows from a case, before it is put into an answer: by logic, by the gate, by the evidence."""

    case: Case
    entailments: Entailments
    view: GateView
    disposition: Disposition
    standing: Standing


def conclude(case: Case, engine: Engine) -> Conclusions:
    """Reason, triage and weigh.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    realised = realise_without_contradiction(case, engine)
    case, entailments = realised.case, read_entailments(realised, engine.knowledge, engine.explainer)
    view = engine.rules.view(case, entailments)
    disposition = engine.rules.dispose(entailments, view)
    return Conclusions(case, entailments, view, disposition, engine.ranker.weigh(case, entailments, view.denied))


def assess(case: Case, engine: Engine, not_known: frozenset[Iri] = frozenset()) -> Assessment:
    """The whole answer to a case; terms and properties that are ``not_known`` are not asked about again.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    found = conclude(case, engine)
    case, entailments, disposition = found.case, found.entailments, found.disposition
    differential = engine.ranker.rank(found.standing, entailments)
    conditions = tuple(h.condition for h in differential.hypotheses)
    questions, stop = _questions(found, engine, not_known)
    return Assessment(
        case=case,
        disposition=disposition,
        differential=differential,
        next_questions=questions,
        stop=stop,
        contributors=engine.contributors.find(case, entailments, conditions),
        advice=engine.adviser.advise(case, differential, disposition, urgent=engine.rules.is_gated(disposition)),
        sensitivity=None,
        issues=timing_issues(case),
        reasoning=engine.reasoning,
    )


def realise_without_contradiction(case: Case, engine: Engine) -> RealisedCase:
    """What follows from a case with its bilateral findings.

    Raises ContradictoryCaseError where a present finding falls under a denied one.
    """
    case = add_bilateral_findings(case, engine.knowledge)
    realised = realise(case, engine.knowledge)
    if realised.contradictions:
        raise ContradictoryCaseError(_contradiction_issues(realised, engine), case, triage_present(case, engine))
    return realised


def _questions(found: Conclusions, engine: Engine, not_known: frozenset[Iri]) -> tuple[tuple[Question, ...], bool]:
    """What to ask next, for the sake of triage first; and whether to stop.

    To stop, nothing may be left that would raise the level, and no single answer that would change the first three.
    """
    graph = engine.knowledge.ontology.graph
    asked = next_questions(found.case, found.view, found.disposition, engine.rules, graph)
    for_triage = tuple(q for q in asked if (q.property or q.term) not in not_known)
    members = (m for q in for_triage for m in q.members)
    skipped = frozenset((*(q.property or q.term for q in for_triage), *members))
    chosen = engine.chooser.choose(found.standing, found.entailments, not_known | skipped)
    return (*for_triage, *chosen.questions), not for_triage and not chosen.could_change


def triage_present(case: Case, engine: Engine) -> Disposition:
    """The triage of the present findings alone, for a case that contradicts itself."""
    present = without_denials(case)
    entailments = read_entailments(realise(present, engine.knowledge), engine.knowledge, engine.explainer)
    return engine.rules.dispose(entailments, engine.rules.view(present, entailments))


def _contradiction_issues(realised: RealisedCase, engine: Engine) -> tuple[Issue, ...]:
    label = engine.terms.label
    return tuple(
        error(
            "contradiction",
            c.present.path,
            f"{label(c.present.term)} is present, but {label(c.denied.term)} is denied at {c.denied.path}"
            + ("." if c.present.term == c.denied.term else f", and every {label(c.present.term)} as stated is one."),
            "Correct one of the two, or qualify them (side, site).",
        )
        for c in realised.contradictions
    )


def timing_issues(case: Case) -> tuple[Issue, ...]:
    """A warning where no exposure's hours before onset agree with the earliest finding."""
    onsets = [h for f in case.present if (h := f.quantity(v.HOURS_AFTER_EXERCISE)) is not None]
    exposures = [(e, h) for e in case.exposures for p, h in e.quantities if p == v.HOURS_BEFORE_ONSET]
    if not onsets or not exposures or any(hours == min(onsets) for _, hours in exposures):
        return ()
    return (
        warning(
            "timing",
            exposures[0][0].path,
            f"No exposure ended {min(onsets)} hours before the earliest finding.",
            "Check hoursBeforeOnset of the exposures and hoursAfterExercise of the findings.",
        ),
    )
