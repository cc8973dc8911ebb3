"""An assessment as a JSON object: every figure with its row, source and status, every entailment with its axioms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue
from lumbarkg.model import (
    Assertion,
    Assessment,
    Disposition,
    EvidenceItem,
    Exposure,
    Finding,
    Hypothesis,
    Justification,
    PatternMatch,
    Question,
    RuleMatch,
)
from lumbarkg.ontology.evidence import EvidenceTables
from lumbarkg.ontology.manchester import render_axiom
from lumbarkg.ontology.read import Ontology
from lumbarkg.rdf.terms import Literal

DISCLAIMER = (
    "Decision support for prototypes. Not a medical device, not signed off by a clinician, no substitute for "
    "medical assessment. If in doubt, or if symptoms are severe or new, seek medical care."
)


@dataclass(frozen=True)
class Sources:
    """What the answer's identifiers are looked up in: axioms, labels and evidence rows."""

    ontology: Ontology
    label: Callable[[Iri], str]
    tables: EvidenceTables


def render_assessment(assessment: Assessment, sources: Sources) -> dict[str, Any]:
    """The whole answer."""
    writer = _Writer(sources)
    differential = assessment.differential
    return {
        "disclaimer": DISCLAIMER,
        "triage": writer.disposition(assessment.disposition),
        "setting": differential.setting,
        "differential": [writer.hypothesis(h) for h in differential.hypotheses],
        "alsoConsider": [
            {**writer.term(condition, "condition"), "patterns": [writer.pattern(m) for m in matches]}
            for condition, matches in differential.also_consider
        ],
        "nextQuestions": [writer.question(q) for q in assessment.next_questions],
        "notAssessed": [writer.term(finding, "finding") for finding in differential.not_assessed],
        "issues": [issue.to_json() for issue in assessment.issues],
        "reasoning": dict(assessment.reasoning),
    }


def render_disposition(disposition: Disposition, sources: Sources) -> dict[str, Any]:
    """The triage part alone, as a refusal carries it."""
    return _Writer(sources).disposition(disposition)


def render_justification(justification: Justification, sources: Sources) -> dict[str, Any]:
    """The axioms and asserted facts that suffice for an entailment."""
    return _Writer(sources).justification(justification)


def render_problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    issues: tuple[Issue, ...] = (),
    triage: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A problem as RFC 9457 describes it, with every issue and, where the case allows it, its triage."""
    problem: dict[str, Any] = {
        "type": f"{v.LKG}problems/{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "issues": [issue.to_json() for issue in issues],
    }
    if triage is not None:
        problem["triage"] = triage
        problem["disclaimer"] = DISCLAIMER
    return problem


class _Writer:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._graph = sources.ontology.graph
        self._label = sources.label

    def term(self, iri: Iri, name: str) -> dict[str, Any]:
        return {name: iri.local_name, "label": self._label(iri), "iri": str(iri)}

    # ------------------------------------------------------------ triage

    def disposition(self, disposition: Disposition) -> dict[str, Any]:
        return {
            "level": disposition.level,
            "complete": disposition.complete,
            "statement": disposition.statement,
            "action": disposition.action,
            "reasons": [self.rule(match) for match in disposition.rules],
            "toExclude": [
                {**self.term(condition, "condition"), "rules": [rule.local_name for rule in rules]}
                for condition, rules in disposition.to_exclude
            ],
            "redFlagsNotAsked": [
                {
                    **self.term(status.finding, "group"),
                    "question": status.question,
                    "members": [self.term(m, "finding") for m in status.open_members],
                }
                for status in disposition.red_flags_not_asked
            ],
            "notExcluded": [self.term(rule, "pattern") for rule in disposition.open_rules],
            "selfCare": self.self_care(disposition.self_care) if disposition.self_care else None,
        }

    def rule(self, match: RuleMatch) -> dict[str, Any]:
        graph, iri = self._graph, match.pattern
        return {
            **self.term(iri, "pattern"),
            "rule": graph.text(iri, v.RULE),
            "ruleGroup": graph.text(iri, v.RULE_GROUP),
            "level": graph.text(match.level, v.TRIAGE_LEVEL),
            "levelStatus": graph.text(iri, v.LEVEL_STATUS),
            "levelLower": graph.text(iri, v.LEVEL_LOWER) or None,
            "basis": graph.text(iri, v.BASIS),
            "basisStatus": graph.text(iri, v.BASIS_STATUS),
            "note": graph.text(iri, v.NOTE) or None,
            "references": self.sources_of(iri),
            "findings": [self.finding(f) for f in match.justification.findings],
            "justification": self.justification(match.justification),
        }

    def self_care(self, advice: Iri) -> dict[str, Any]:
        graph = self._graph
        return {
            "rule": graph.text(advice, v.RULE),
            "text": graph.text(advice, v.TEXT),
            "basis": graph.text(advice, v.BASIS),
            "basisStatus": graph.text(advice, v.BASIS_STATUS),
            "levelStatus": graph.text(advice, v.LEVEL_STATUS),
            "references": self.sources_of(advice),
        }

    # ------------------------------------------------------------ differential

    def hypothesis(self, hypothesis: Hypothesis) -> dict[str, Any]:
        low, high = hypothesis.interval
        matches = hypothesis.patterns
        return {
            **self.term(hypothesis.condition, "condition"),
            "rank": hypothesis.rank,
            "pretestProbability": hypothesis.pretest_probability.value,
            "posttestProbability": hypothesis.posttest_probability.value,
            "interval": [low.value, high.value],
            "prior": self.prior(hypothesis.prior_row),
            "evidence": [self.evidence(item) for item in hypothesis.evidence],
            "patterns": [self.pattern(match) for match in matches],
            "justification": [
                {"pattern": match.pattern.local_name, **self.justification(match.justification)}
                for match in matches
                if match.supports
            ],
        }

    def prior(self, row: str) -> dict[str, Any]:
        found = next(p for p in self._sources.tables.priors if p.id == row)
        return {
            "row": row,
            "setting": found.setting,
            "status": found.status,
            "references": self.references(found.reference),
            "note": found.note,
        }

    def evidence(self, item: EvidenceItem) -> dict[str, Any]:
        return {
            "row": item.row,
            **self.term(item.finding, "finding"),
            "state": item.state,
            "publishedRatio": item.published_ratio,
            "likelihoodRatio": item.ratio,
            "damping": item.damping,
            "counted": item.counted,
            "reason": item.reason,
            "cluster": item.cluster,
            "setting": item.setting or None,
            "settingMatches": item.setting_matches,
            "origin": item.origin,
            "status": item.status,
            "references": self.references(item.reference),
            "note": item.note,
        }

    def pattern(self, match: PatternMatch) -> dict[str, Any]:
        return {
            **self.term(match.pattern, "pattern"),
            "relation": "suggests" if match.supports else "arguesAgainst",
            "condition": match.condition.local_name,
            "findings": [self.finding(f) for f in match.justification.findings],
        }

    # ------------------------------------------------------------ parts

    def justification(self, justification: Justification) -> dict[str, Any]:
        axioms = self._sources.ontology.axioms
        return {
            "assertions": [self.assertion(a) for a in justification.assertions],
            "axioms": [
                {"axiom": render_axiom(axioms[i], self._label), "claims": list(axioms[i].claims)}
                for i in justification.axioms
            ],
        }

    def assertion(self, assertion: Assertion) -> str:
        subject = assertion.subject
        if isinstance(subject, Finding):
            head = self._label(subject.term)
        else:
            head = "exposure" if isinstance(subject, Exposure) else "case"
        if assertion.denied:
            return f"{head}: denied"
        if assertion.property is None:
            value = self._label(Iri(str(assertion.value)))
            return f"{head}: present" if value == head else f"{head}: {value}"
        value = str(assertion.value) if isinstance(assertion.value, Decimal) else self._label(assertion.value)
        return f"{head}: {self._label(assertion.property)} {value}"

    def finding(self, finding: Finding) -> dict[str, Any]:
        return {**self.term(finding.term, "finding"), "status": finding.status.value, "path": finding.path}

    def sources_of(self, iri: Iri) -> list[dict[str, Any]]:
        return [self.reference(Iri(str(s)).local_name) for s in self._graph.objects(iri, v.SOURCE)]

    def references(self, keys: str) -> list[dict[str, Any]]:
        return [self.reference(key) for key in keys.split(";") if key]

    def reference(self, key: str) -> dict[str, Any]:
        row = self._sources.tables.references[key]
        return {"key": key, "citation": row.citation, "doi": row.doi or None, "status": row.status}

    def question(self, question: Question) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": question.kind,
            **self.term(question.term, "term"),
            "question": question.question,
            "reason": question.reason,
        }
        if question.property is not None:
            found["property"] = question.property.local_name
        if question.members:
            found["members"] = [
                {**self.term(m, "finding"), "question": self._text(m, v.QUESTION)} for m in question.members
            ]
        return found

    def _text(self, iri: Iri, prop: Iri) -> str | None:
        value = self._graph.value(iri, prop)
        return value.value if isinstance(value, Literal) else None
