"""How long a full answer takes in the engine, and its parts, over many different cases of twelve findings.

Warm: findings and exercises have been seen before, as in a server after its first cases; the cases, which combine them
anew, have not. Targets: a full answer at most 1.5 ms, triage and ranking alone at most 0.5 ms. Prints medians and
shares of one run, in processor time, so that a busy machine does not count.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Conclusions, ContradictoryCaseError, Engine, assess, conclude, load_engine
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import draft_case
from lumbarkg.model import Case
from lumbarkg.reasoning.questions import next_questions
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.sensitivity import find_flips

CASES, FINDINGS, SEED = 400, 12, 20
FULL_TARGET, RANKING_TARGET = 1.5, 0.5


@dataclass(frozen=True)
class Prepared:
    """A case with what its parts need."""

    case: Case
    found: Conclusions


def draw_documents(engine: Engine) -> list[dict[str, Any]]:
    """Different cases of twelve findings over terms that rows speak of, two thirds of them present."""
    draw = random.Random(SEED)  # noqa: S311 - cases are drawn, not secrets
    terms = sorted({r.finding for rows in engine.ranker.rows.values() for r in rows} & _assertable(engine))
    exercises = sorted(i.local_name for i in engine.lookup.assertable(v.EXERCISE) - {v.EXERCISE})
    faults = sorted(i.local_name for i in engine.lookup.assertable(v.TECHNIQUE_FAULT) - {v.TECHNIQUE_FAULT})
    return [
        {
            "age": draw.randint(15, 80),
            "exposures": [{"exercise": draw.choice(exercises), "faults": [draw.choice(faults)], "unaccustomed": True}],
            "findings": [_finding(term, draw) for term in draw.sample(terms, FINDINGS)],
        }
        for _ in range(CASES)
    ]


def recombine(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New cases of what the others hold: half the findings of one, half of the next, the exposure of a third."""
    half, count = FINDINGS // 2, len(documents)
    return [
        {
            "age": one["age"],
            "exposures": documents[(number + 2) % count]["exposures"],
            "findings": [*one["findings"][:half], *documents[(number + 1) % count]["findings"][half:]],
        }
        for number, one in enumerate(documents)
    ]


def prepare(documents: list[dict[str, Any]], engine: Engine) -> list[Prepared]:
    """The cases that do not contradict themselves."""
    found: list[Prepared] = []
    for document in documents:
        case = draft_case(document, engine.lookup, engine.ranker.tables.settings()).case()
        try:
            found.append(Prepared(case, conclude(case, engine)))
        except ContradictoryCaseError:
            continue
    return found


def _assertable(engine: Engine) -> frozenset[Iri]:
    return engine.lookup.assertable(v.FINDING)


def _finding(term: Iri, draw: random.Random) -> dict[str, Any]:
    if draw.random() < 1 / 3:
        return {"finding": term.local_name, "status": "absent"}
    told: dict[str, Any] = {"finding": term.local_name}
    if draw.random() < 1 / 3:
        told |= {"durationHours": draw.choice([10, 100, 1000]), "hoursAfterExercise": draw.choice([1, 18, 40])}
    return told


def median_ms(run: Callable[[Prepared], object], prepared: list[Prepared]) -> float:
    """The median over the cases, each run once."""
    times = []
    for one in prepared:
        started = time.process_time()
        run(one)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000


def main() -> None:
    """Print the table."""
    engine = load_engine(release_dir(), shapes_dir())
    documents = draw_documents(engine)
    warm, measured = prepare(documents, engine), prepare(recombine(documents), engine)
    graph = engine.knowledge.ontology.graph

    def triage(p: Prepared) -> object:
        return engine.rules.dispose(p.found.entailments, engine.rules.view(p.found.case, p.found.entailments))

    def ranking(p: Prepared) -> object:
        standing = engine.ranker.weigh(p.found.case, p.found.entailments, p.found.view.denied)
        return engine.ranker.rank(standing, p.found.entailments)

    def questions(p: Prepared) -> object:
        next_questions(p.found.case, p.found.view, p.found.disposition, engine.rules, graph)
        return engine.chooser.choose(p.found.standing, p.found.entailments, frozenset())

    conditions = engine.ranker.settings[engine.ranker.default_setting].conditions
    differentials = {id(p): engine.ranker.rank(p.found.standing, p.found.entailments) for p in measured}

    def guidance(p: Prepared) -> object:
        engine.contributors.find(p.found.case, p.found.entailments, conditions)
        return engine.adviser.advise(p.found.case, differentials[id(p)], p.found.disposition, urgent=False)

    def full(p: Prepared) -> object:
        return assess(p.case, engine)

    for one in warm:
        full(one)
    parts = {"triage": triage, "ranking with intervals": ranking, "next questions": questions, "guidance": guidance}
    whole = median_ms(full, measured)
    print(f"{len(measured)} cases of {FINDINGS} findings, medians")
    print(f"{'full answer':<26}{whole:8.3f} ms   (target at most {FULL_TARGET}: {whole / FULL_TARGET:.2f} of it)")
    took = {name: median_ms(run, measured) for name, run in parts.items()}
    for name, value in took.items():
        print(f"  of it {name:<20}{value:8.3f} ms   {value / whole:5.0%}")
    rest = whole - sum(took.values())
    print(f"  of it {'logic and the rest':<20}{rest:8.3f} ms   {rest / whole:5.0%}")
    alone = took["triage"] + took["ranking with intervals"]
    print(
        f"{'triage and ranking alone':<26}{alone:8.3f} ms   (target at most {RANKING_TARGET}: "
        f"{alone / RANKING_TARGET:.2f} of it)"
    )
    assessed = {id(p): assess(p.case, engine) for p in measured[:40]}
    flips = median_ms(lambda p: find_flips(p.case, assessed[id(p)], engine), measured[:40])
    print(f"{'sensitivity, on request':<26}{flips:8.3f} ms   ({flips / whole:.1f} full answers)")


if __name__ == "__main__":
    main()
