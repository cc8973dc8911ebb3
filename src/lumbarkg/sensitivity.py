"""Which single finding, were it the other way round, would change the first hypothesis or the triage.

Each flip is assessed anew, so this costs as many assessments as the case has findings: it is done where it is asked
for.
"""

from __future__ import annotations

from dataclasses import replace

from lumbarkg import vocabulary as v
from lumbarkg.assessment import ContradictoryCaseError, Engine, conclude
from lumbarkg.model import Assessment, Case, Finding, Flip, Status

_KEPT_WHEN_DENIED = frozenset({v.LOCATED_IN, v.HAS_LATERALITY, v.RADIATES_TO})
MOST_FLIPPED = 60
"""A case with more findings has the first of them flipped."""


def with_sensitivity(case: Case, assessment: Assessment, engine: Engine) -> Assessment:
    """The assessment of a case, with the findings whose flip would change its first hypothesis or its triage."""
    return replace(assessment, sensitivity=find_flips(case, assessment, engine))


def find_flips(case: Case, assessment: Assessment, engine: Engine) -> tuple[Flip, ...]:
    """The flips that change the first hypothesis or the level, in the order of the findings.

    A flip that contradicts the other findings is not ranked; its triage is that of the present findings.
    """
    first, level = assessment.differential.hypotheses[0].condition, assessment.disposition.level
    found = []
    for finding in case.findings[:MOST_FLIPPED]:
        flipped = flip(finding)
        other = replace(case, findings=tuple(flipped if f is finding else f for f in case.findings))
        try:
            conclusions = conclude(other, engine)
            standing = conclusions.standing
            leading, reached = standing.setting.conditions[standing.order[0]], conclusions.disposition.level
        except ContradictoryCaseError as refused:
            leading, reached = first, refused.disposition.level
        if leading != first or reached != level:
            found.append(
                Flip(
                    finding,
                    flipped.status,
                    leading if leading != first else None,
                    reached if reached != level else "",
                )
            )
    return tuple(found)


def flip(finding: Finding) -> Finding:
    """Absent for present and present for absent; a denial keeps site, side and radiation alone."""
    if finding.status is Status.ABSENT:
        return replace(finding, status=Status.PRESENT)
    kept = tuple(q for q in finding.qualifiers if q[0] in _KEPT_WHEN_DENIED)
    return replace(finding, status=Status.ABSENT, qualifiers=kept, quantities=())
