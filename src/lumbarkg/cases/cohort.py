"""Counts over many stored cases: by triage level, by suggested condition, by finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, assess
from lumbarkg.cases.accept import read_stored
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.reasoning.bulk import CaseTypes, classify_cases
from lumbarkg.reasoning.realise import add_bilateral_findings, find_contradictions
from lumbarkg.record.cases import Revision


@dataclass(frozen=True)
class Cohort:
    """How many of the cases are of each kind.

    ``unusable`` are cases that cannot be assessed: they contradict themselves, or name a term that is gone. Conditions
    are all named ones that are suggested, findings those that are stated as present; a case counts once for each.
    """

    size: int
    unusable: int
    levels: dict[str, int]
    conditions: dict[Iri, int]
    findings: dict[Iri, int]


def count_cases(revisions: Iterable[Revision], engine: Engine) -> Cohort:
    """Count; classified in bulk, and only cases that no triage rule holds of are looked at one by one."""
    cases: list[Case] = []
    size = 0
    for revision in revisions:
        size += 1
        try:
            cases.append(read_stored(revision.document, engine).case)
        except InvalidInputError:
            continue
    ranks = _level_ranks(engine)
    levels: Counter[str] = Counter()
    conditions: Counter[Iri] = Counter()
    findings: Counter[Iri] = Counter()
    usable = 0
    for case, found in zip(cases, classify_cases(cases, engine.knowledge), strict=True):
        level = _level(case, found, ranks, engine)
        if level is None:
            continue
        usable += 1
        levels[level] += 1
        conditions.update(found.suggests)
        findings.update({f.term for f in case.present})
    return Cohort(size, size - usable, dict(levels), dict(conditions), dict(findings))


def _level(case: Case, found: CaseTypes, ranks: dict[Iri, tuple[int, str]], engine: Engine) -> str | None:
    """The triage level, None where the case contradicts itself."""
    full = add_bilateral_findings(case, engine.knowledge)
    if not found.consistent or find_contradictions(full, engine.knowledge):
        return None
    reached = [ranks[cls] for cls in found.types & ranks.keys()]
    # Where no rule holds the gate decides, by what was asked and denied.
    return max(reached)[1] if reached else assess(case, engine).disposition.level


def _level_ranks(engine: Engine) -> dict[Iri, tuple[int, str]]:
    """Class of cases → rank and name of its triage level."""
    graph = engine.knowledge.ontology.graph
    return {
        Iri(t.subject): (int(graph.text(t.subject, v.TRIAGE_RANK)), graph.text(t.subject, v.TRIAGE_LEVEL))
        for t in graph.with_predicate(v.TRIAGE_LEVEL)
        if isinstance(t.subject, Iri)
    }
