"""What the engine and HermiT say of a case, in one form, and where the two differ."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.model import Case
from lumbarkg.oracle.hermit import Verdict
from lumbarkg.oracle.translate import CaseNodes, is_of_the_oracle, query_class
from lumbarkg.reasoning.knowledge import Knowledge
from lumbarkg.reasoning.realise import realise

CASE = "the case"
_SPOKEN = {"suggests": v.SUGGESTS, "arguesAgainst": v.ARGUES_AGAINST}


@dataclass(frozen=True)
class Answer:
    """Everything that is compared of one case.

    ``types`` maps the case itself and each of its findings and exposures (by its place) to its named classes,
    ``denied`` each absent finding to the named findings that it denies, the other two are sets of conditions.
    Where ``consistent`` is False nothing else counts.
    """

    consistent: bool
    types: dict[str, frozenset[Iri]]
    suggests: frozenset[Iri]
    argues_against: frozenset[Iri]
    denied: dict[str, frozenset[Iri]]

    @property
    def case_types(self) -> frozenset[Iri]:
        """The classes that the case itself falls under."""
        return self.types.get(CASE, frozenset())


INCONSISTENT = Answer(False, {}, frozenset(), frozenset(), {})
"""The answer to a case that contradicts itself."""


@dataclass(frozen=True)
class Difference:
    """One point on which the two disagree: what only one of them derives."""

    about: str
    only_engine: frozenset[str]
    only_hermit: frozenset[str]

    def __str__(self) -> str:
        sides = (("only the engine", self.only_engine), ("only HermiT", self.only_hermit))
        told = "; ".join(
            f"{who}: {', '.join(sorted(x.local_name if isinstance(x, Iri) else x for x in said))}"
            for who, said in sides
            if said
        )
        return f"{self.about}: {told}"


def engine_answer(case: Case, knowledge: Knowledge) -> Answer:
    """The engine's answer to a case as realised, without proofs."""
    realised = realise(case, knowledge)
    if not realised.consistent:
        return INCONSISTENT
    branches = (*(b for _, b in realised.findings), *(b for _, b in realised.exposures))
    types = (realised.types, *(branch.types for branch in branches))
    return Answer(
        True,
        dict(zip(_places(case), types, strict=True)),
        realised.spoken(v.SUGGESTS),
        realised.spoken(v.ARGUES_AGAINST),
        {f"absent/{i}": knowledge.denied_classes(knowledge.finding_expression(f)) for i, f in enumerate(case.absent)},
    )


def hermit_answer(case: Case, nodes: CaseNodes, verdict: Verdict, knowledge: Knowledge) -> Answer:
    """HermiT's answer to a case, read from a run in which the case took part."""
    conditions = knowledge.subclasses(v.CONDITION)
    root = verdict.types[nodes.root]
    return Answer(
        verdict.consistent,
        {
            place: frozenset(t for t in verdict.types[node] if not is_of_the_oracle(t))
            for place, node in zip(_places(case), nodes.individuals, strict=True)
        },
        frozenset(c for c in conditions if query_class(v.SUGGESTS, c) in root),
        frozenset(c for c in conditions if query_class(v.ARGUES_AGAINST, c) in root),
        {
            f"absent/{i}": frozenset(t for t in verdict.below[cls] if not is_of_the_oracle(t))
            for i, cls in enumerate(nodes.denials)
        },
    )


def differences(ours: Answer, theirs: Answer) -> tuple[Difference, ...]:
    """Every point on which the engine's answer and HermiT's differ."""
    if ours.consistent != theirs.consistent:
        verdict = frozenset({"consistent"})
        return (
            _difference(
                "consistency",
                verdict if ours.consistent else frozenset(),
                verdict if theirs.consistent else frozenset(),
            ),
        )
    pairs = [(f"types of {place}", said, theirs.types[place]) for place, said in ours.types.items()]
    pairs += [
        ("suggests", ours.suggests, theirs.suggests),
        ("arguesAgainst", ours.argues_against, theirs.argues_against),
    ]
    pairs += [(f"denied by {place}", said, theirs.denied[place]) for place, said in ours.denied.items()]
    return tuple(_difference(about, mine, other) for about, mine, other in pairs if mine != other)


def unsound(ours: Answer, theirs: Answer) -> tuple[Difference, ...]:
    """Every point on which the engine derives what HermiT does not; what only HermiT derives does not count."""
    found = differences(ours, theirs)
    if ours.consistent != theirs.consistent:
        return found
    return tuple(replace(d, only_hermit=frozenset()) for d in found if d.only_engine)


def left_out(found: tuple[Difference, ...], case: Case, nodes: CaseNodes) -> dict[Iri, frozenset[Iri]]:
    """Individual → the classes of it that HermiT left out; nothing where it disagrees on something else too."""
    node_of = {f"types of {place}": node for place, node in zip(_places(case), nodes.individuals, strict=True)}
    claims: dict[Iri, frozenset[Iri]] = {}
    for difference in found:
        if difference.only_hermit:
            return {}
        if difference.about in node_of:
            node, classes = node_of[difference.about], frozenset(map(Iri, difference.only_engine))
        elif difference.about in _SPOKEN:
            prop = _SPOKEN[difference.about]
            node, classes = nodes.root, frozenset(query_class(prop, Iri(c)) for c in difference.only_engine)
        else:
            return {}
        claims[node] = claims.get(node, frozenset()) | classes
    return claims


def _difference(about: str, ours: frozenset[str], theirs: frozenset[str]) -> Difference:
    return Difference(about, ours - theirs, theirs - ours)


def _places(case: Case) -> list[str]:
    present = [f"present/{i}" for i, _ in enumerate(case.present)]
    return [CASE, *present, *(f"exposures/{i}" for i, _ in enumerate(case.exposures))]
