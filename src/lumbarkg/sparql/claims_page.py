"""``docs/claims.md``: what each claim says, what formalises it, which query asks for it, and what it answers.

``python -m lumbarkg.sparql.claims_page`` writes the page; the same release gives the same bytes.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, load_engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.manchester import render_axiom
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.resources import queries_dir, release_dir, shapes_dir
from lumbarkg.sparql.documents import QueryDocument, read_folder
from lumbarkg.sparql.graphs import knowledge_graphs

_PAGE = Path("docs/claims.md")
_MOST_AXIOMS, _MOST_ROWS = 6, 5
_INTRODUCTION = """# Claims

What the article says, claim by claim: the stance of the graph, what formalises the claim, a query that asks for it, and
what it answers. Made by `make docs` from the release and the competency queries; do not edit.
"""


def claims_page(engine: Engine, queries: tuple[QueryDocument, ...]) -> str:
    """The page as Markdown."""
    dataset = Dataset(knowledge_graphs(engine.knowledge, engine.ranker.tables))
    by_claim: dict[str, list[QueryDocument]] = defaultdict(list)
    for query in queries:
        for claim in query.many("claims"):
            by_claim[claim].append(query)
    axioms: dict[str, list[str]] = defaultdict(list)
    for axiom in engine.knowledge.ontology.axioms:
        for claim in axiom.claims:
            axioms[claim].append(render_axiom(axiom, engine.terms.label))
    graph = engine.knowledge.ontology.graph
    parts = [_INTRODUCTION]
    for individual in sorted(graph.instances(v.CLAIM_CLASS)):
        claim = Iri(individual).local_name.removeprefix("Claim")
        parts.append(f"## {claim}: {graph.text(individual, v.TEXT)}\n")
        parts.append(f"Stance: **{graph.text(individual, v.STANCE)}**.")
        for prop, words in ((v.FORMALISED_BY, "Formalised by"), (v.COUNTER_EVIDENCE, "Counter-evidence")):
            names = sorted(engine.terms.curie(Iri(str(o))) for o in graph.objects(individual, prop))
            if names:
                parts.append(f"{words}: {', '.join(f'`{name}`' for name in names)}.")
        parts.append(_axiom_lines(sorted(set(axioms[claim]))))
        parts.extend(_query_lines(query, dataset, engine) for query in by_claim[claim][:2])
    return "\n".join(part for part in parts if part) + "\n"


def _axiom_lines(axioms: list[str]) -> str:
    shown = [f"- `{axiom}`" for axiom in axioms[:_MOST_AXIOMS]]
    if len(axioms) > _MOST_AXIOMS:
        shown.append(f"- and {len(axioms) - _MOST_AXIOMS} more")
    return "\n" + "\n".join(shown) + "\n" if shown else ""


def _query_lines(query: QueryDocument, dataset: Dataset, engine: Engine) -> str:
    _, rows = dataset.rows(query.text)
    expected = set(query.expected_rows(engine.terms.prefixes))
    shown = [row for row in sorted(rows, key=str) if row in expected][:_MOST_ROWS]
    answers = ["; ".join(_cell(cell, engine) for cell in row) for row in shown]
    more = f", and {len(rows) - len(shown)} more" if len(rows) > len(shown) else ""
    return f"*{query.one('question')}* (`{query.name}.rq`): {' · '.join(answers)}{more}.\n"


def _cell(cell: str | None, engine: Engine) -> str:
    if cell is None:
        return "-"
    return engine.terms.label(Iri(cell)) if cell.startswith(v.LKG) else cell


def main() -> int:
    """Write the page of this checkout."""
    engine = load_engine(release_dir(), shapes_dir())
    _PAGE.write_text(claims_page(engine, read_folder(queries_dir() / "competency")), "utf-8")
    print(f"{_PAGE} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
