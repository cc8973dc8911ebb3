"""An assessment as a JSON object: every figure with its row, source and status, every entailment with its axioms."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

from lumbarkg import vocabulary as v
from lumbarkg.guidance import CauseAdvice, Contributor
from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue
from lumbarkg.model import (
    Assertion,
    Assessment,
    Differential,
    Disposition,
    EvidenceItem,
    Exposure,
    Finding,
    Hypothesis,
    Justification,
    PatternMatch,
    RuleMatch,
)
from lumbarkg.ontology.manchester import render_axiom
from lumbarkg.ontology.owl import Axiom
from lumbarkg.render.encode import Fragments, Listed, encode_json
from lumbarkg.render.guidance import render_advice, render_contributor, render_flip, render_question
from lumbarkg.render.sources import Sources

Key = TypeVar("Key")
DISCLAIMER = (
    "Decision support for prototypes. Not a medical device, not signed off by a clinician, no substitute for "
    "medical assessment. If in doubt, or if symptoms are severe or new, seek medical care."
)


def render_assessment(assessment: Assessment, sources: Sources) -> dict[str, Any]:
    """The whole answer."""
    return _Writer(sources, _render).assessment(assessment)


class AssessmentEncoder:
    """Writes whole answers; what depends on the release alone is written once, and kept for every thread."""

    def __init__(self, sources: Sources) -> None:
        self._writer = _TextWriter(sources)

    def write(self, assessment: Assessment) -> dict[str, Any]:
        """The answer that ``render_assessment`` gives, for ``encode_json`` alone: parts of it are text already."""
        return self._writer.assessment(assessment)

    def encode(self, assessment: Assessment) -> bytes:
        """The answer that ``render_assessment`` gives, as JSON."""
        return encode_json(self.write(assessment))


def render_disposition(disposition: Disposition, sources: Sources) -> dict[str, Any]:
    """The triage part alone, as a refusal carries it."""
    return _Writer(sources, _render).disposition(disposition)


def render_justification(justification: Justification, sources: Sources) -> dict[str, Any]:
    """The axioms and asserted facts that suffice for an entailment."""
    return _Writer(sources, _render).justification(justification)


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


def _render(render: Callable[[Any], Any], value: Any) -> Any:
    """The value as ``render`` gives it."""
    return render(value)


class _Alone(dict[Key, Any]):
    """Parts of the release that stand by themselves, each rendered when it is first looked up."""

    def __init__(self, render: Callable[[Key], Any]) -> None:
        super().__init__()
        self._render = render

    def __missing__(self, key: Key) -> Any:
        rendered = self[key] = self._render(key)
        return rendered


class _Writer:
    """Renders the parts of an answer; ``whole`` puts in the parts that depend on the release alone."""

    def __init__(self, sources: Sources, whole: Callable[[Callable[[Any], Any], Any], Any]) -> None:
        self._sources, self._whole = sources, whole
        self._graph = sources.ontology.graph
        self._label = sources.label
        self.term, self.finding = sources.term, sources.finding
        self._findings: _Alone[Iri] = _Alone(lambda iri: whole(lambda i: sources.term(i, "finding"), iri))
        self._triage_patterns: _Alone[Iri] = _Alone(lambda iri: whole(lambda i: sources.term(i, "pattern"), iri))
        self._rules: _Alone[tuple[Iri, Iri]] = _Alone(lambda key: self.rule_head(*key))
        self._hypotheses: _Alone[tuple[Iri, str]] = _Alone(self.hypothesis_before_evidence)
        self._axioms: _Alone[int] = _Alone(lambda index: whole(self.axiom, sources.ontology.axioms[index]))

    def assessment(self, assessment: Assessment) -> dict[str, Any]:
        sources, differential = self._sources, assessment.differential
        return {
            "disclaimer": DISCLAIMER,
            "triage": self.disposition(assessment.disposition),
            "setting": differential.setting,
            "asOfHours": float(assessment.case.as_of_hours),
            "differential": [
                self.hypothesis(h, assessment.contributors.get(h.condition, ())) for h in differential.hypotheses
            ],
            "alsoConsider": [
                {
                    **self.term(other.condition, "condition"),
                    "patterns": [self.pattern(m) for m in other.patterns],
                    "explains": [self.finding(f) for f in other.explains],
                }
                for other in differential.also_consider
            ],
            "nextQuestions": [render_question(q, sources) for q in assessment.next_questions],
            "stop": assessment.stop,
            "advice": [self._whole(self.advice, a) for a in assessment.advice],
            "sensitivity": (
                None if assessment.sensitivity is None else [render_flip(f, sources) for f in assessment.sensitivity]
            ),
            "notAssessed": self.not_assessed(differential),
            "issues": [issue.to_json() for issue in assessment.issues],
            "reasoning": dict(assessment.reasoning),
        }

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
                    "members": [self._findings[m] for m in status.open_members],
                }
                for status in disposition.red_flags_not_asked
            ],
            "notExcluded": [self._triage_patterns[rule] for rule in disposition.open_rules],
            "selfCare": self.self_care(disposition.self_care) if disposition.self_care else None,
        }

    def rule(self, match: RuleMatch) -> dict[str, Any]:
        return {
            **self._rules[match.pattern, match.level],
            "findings": [self.finding(f) for f in match.justification.findings],
            "justification": self.justification(match.justification),
        }

    def rule_head(self, iri: Iri, level: Iri) -> dict[str, Any]:
        """What the ontology says of a rule, whatever the case is."""
        graph = self._graph
        return {
            **self.term(iri, "pattern"),
            "rule": graph.text(iri, v.RULE),
            "ruleGroup": graph.text(iri, v.RULE_GROUP),
            "level": graph.text(level, v.TRIAGE_LEVEL),
            "levelStatus": graph.text(iri, v.LEVEL_STATUS),
            "levelLower": graph.text(iri, v.LEVEL_LOWER) or None,
            "basis": graph.text(iri, v.BASIS),
            "basisStatus": graph.text(iri, v.BASIS_STATUS),
            "note": graph.text(iri, v.NOTE) or None,
            "references": self._sources.sources_of(iri),
        }

    def self_care(self, advice: Iri) -> dict[str, Any]:
        graph = self._graph
        return {
            "rule": graph.text(advice, v.RULE),
            "text": graph.text(advice, v.TEXT),
            "basis": graph.text(advice, v.BASIS),
            "basisStatus": graph.text(advice, v.BASIS_STATUS),
            "levelStatus": graph.text(advice, v.LEVEL_STATUS),
            "references": self._sources.sources_of(advice),
        }

    # ------------------------------------------------------------ differential

    def hypothesis(self, hypothesis: Hypothesis, contributors: tuple[Contributor, ...]) -> dict[str, Any]:
        low, high = hypothesis.interval
        matches, whole, item = hypothesis.patterns, self._whole, self.item
        return {
            **self._hypotheses[hypothesis.condition, hypothesis.prior_row],
            "rank": hypothesis.rank,
            "pretestProbability": hypothesis.pretest_probability.value,
            "posttestProbability": hypothesis.posttest_probability.value,
            "interval": [low.value, high.value],
            "evidence": [whole(item, row) for row in hypothesis.evidence],
            "patterns": [self.pattern(match) for match in matches],
            "justification": [
                {"pattern": match.pattern.local_name, **self.justification(match.justification)}
                for match in matches
                if match.supports
            ],
            "contributors": [whole(self.contributor, c) for c in contributors],
        }

    def hypothesis_before_evidence(self, condition_and_row: tuple[Iri, str]) -> dict[str, Any]:
        """What of a hypothesis every case shares, in the order of the answer, with gaps for what it does not."""
        condition, row = condition_and_row
        gaps = dict.fromkeys(("rank", "pretestProbability", "posttestProbability", "interval"))
        return {**self.term(condition, "condition"), **gaps, "prior": self._whole(self.prior, row)}

    def prior(self, row: str) -> dict[str, Any]:
        found = next(p for p in self._sources.tables.priors if p.id == row)
        return {
            "row": row,
            "setting": found.setting,
            "status": found.status,
            "references": self._sources.references(found.reference),
            "note": found.note,
        }

    def contributor(self, contributor: Contributor) -> dict[str, Any]:
        return render_contributor(contributor, self._sources)

    def advice(self, advice: CauseAdvice) -> dict[str, Any]:
        return render_advice(advice, self._sources)

    def item(self, item: EvidenceItem) -> dict[str, Any]:
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
            "standardError": math.sqrt(item.variance) if item.counted else None,
            "standardErrorFrom": item.variance_from if item.counted else None,
            "origin": item.origin,
            "status": item.status,
            "references": self._sources.references(item.reference),
            "note": item.note,
        }

    def pattern(self, match: PatternMatch) -> dict[str, Any]:
        return {
            **self.term(match.pattern, "pattern"),
            "relation": "suggests" if match.supports else "arguesAgainst",
            "condition": match.condition.local_name,
            "findings": [self.finding(f) for f in match.justification.findings],
        }

    def not_assessed(self, differential: Differential) -> Any:
        return [self._findings[finding] for finding in differential.not_assessed]

    # ------------------------------------------------------------ parts

    def justification(self, justification: Justification) -> dict[str, Any]:
        return {
            "assertions": [self.assertion(a) for a in justification.assertions],
            "axioms": [self._axioms[index] for index in justification.axioms],
        }

    def axiom(self, axiom: Axiom) -> dict[str, Any]:
        return {"axiom": render_axiom(axiom, self._label), "claims": list(axiom.claims)}

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


class _TextWriter(_Writer):
    """Writes the parts that depend on the release alone as text, which is kept."""

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources, Fragments().write)
        self._with_rows: dict[str, Listed[Iri]] = {}

    def not_assessed(self, differential: Differential) -> Any:
        """The findings with rows are few lists, one for each setting; a case only leaves some out."""
        listed = self._with_rows.get(differential.setting)
        if listed is None:
            listed = Listed(lambda iri: self.term(iri, "finding"), differential.with_rows)
            self._with_rows[differential.setting] = listed
        return listed.without(differential.assessed)
