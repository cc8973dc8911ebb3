"""The kinds of resources, and the questions that a client has about a thing of each kind.

A question is answered by a named query of the library; the table here only says which, so that a new question is a
query and a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri


@dataclass(frozen=True)
class Topic:
    """A question about one thing: the last part of its address, the named query and the parameter that is the thing."""

    name: str
    query: str
    parameter: str
    summary: str


@dataclass(frozen=True)
class Kind:
    """A kind of resource: its address below ``/api/v1``, its class, and whether its things are classes or rows."""

    name: str
    singular: str
    root: Iri
    has_classes: bool
    topics: tuple[Topic, ...] = ()


_ABOUT = (
    Topic("claims", "claims-about-a-term", "term", "What the article claims about this"),
    Topic("evidence", "evidence-about-a-term", "term", "The rows of evidence about this"),
    Topic("codes", "codes-of-a-term", "term", "The codes of other vocabularies for this"),
    Topic("relations", "relations-of-a-term", "term", "Every entailed relation from and to this"),
)

KINDS = (
    Kind(
        "conditions",
        "condition",
        v.CONDITION,
        True,
        (
            Topic("causes", "causes-of-a-condition", "condition", "What can cause this condition"),
            Topic("findings", "findings-that-speak-for-a-condition", "condition", "Which findings speak for it"),
            Topic("patterns", "patterns-of-a-condition", "condition", "Which patterns suggest it or argue against it"),
            Topic("avoid", "exercises-that-aggravate-a-condition", "condition", "Which exercises to avoid, and why"),
            Topic("substitutes", "exercises-to-replace-in-a-condition", "condition", "What to do instead of these"),
            Topic("advice", "advice-for-a-condition", "condition", "What is advised, with its source"),
            *_ABOUT,
        ),
    ),
    Kind(
        "findings",
        "finding",
        v.FINDING,
        True,
        (
            Topic("causes", "conditions-that-explain-a-finding", "finding", "Which conditions explain this finding"),
            Topic("patterns", "patterns-with-a-finding", "finding", "Which patterns have this finding"),
            Topic("triage", "triage-rules-of-a-finding", "finding", "Which rules of triage look at it"),
            *_ABOUT,
        ),
    ),
    Kind(
        "exercises",
        "exercise",
        v.EXERCISE,
        True,
        (
            Topic("loads", "loads-of-an-exercise", "exercise", "What this exercise loads"),
            Topic("aggravates", "conditions-that-an-exercise-aggravates", "exercise", "Which conditions it aggravates"),
            Topic("substitutes", "substitutes-for-an-exercise", "exercise", "What can replace it"),
            Topic("faults", "faults-of-an-exercise", "exercise", "Which technique faults it is done with"),
            *_ABOUT,
        ),
    ),
    Kind(
        "anatomy",
        "anatomical structure",
        v.ANATOMICAL_STRUCTURE,
        True,
        (
            Topic("parts", "parts-of-a-structure", "structure", "What it is made of"),
            Topic("conditions", "conditions-of-a-structure", "structure", "Which conditions affect it"),
            Topic("findings", "findings-in-a-structure", "structure", "Which findings lie in it"),
            *_ABOUT,
        ),
    ),
    Kind(
        "technique-faults",
        "technique fault",
        v.TECHNIQUE_FAULT,
        True,
        (Topic("exercises", "exercises-with-a-fault", "fault", "Which exercises are done with it"), *_ABOUT),
    ),
    Kind(
        "patterns",
        "clinical pattern",
        v.CLINICAL_PATTERN,
        True,
        (Topic("needs", "what-a-pattern-needs", "pattern", "What a case needs to match it"), *_ABOUT),
    ),
    Kind(
        "claims",
        "claim",
        v.CLAIM_CLASS,
        False,
        (Topic("sources", "sources-of-a-claim", "claim", "What it rests on"),),
    ),
    Kind("evidence", "row of evidence", v.EVIDENCE, False),
    Kind(
        "red-flags",
        "red-flag group",
        v.RED_FLAG_GROUP,
        False,
        (Topic("members", "red-flags-of-a-group", "group", "The red flags that the group asks about"),),
    ),
)
KIND_BY_NAME = {kind.name: kind for kind in KINDS}
