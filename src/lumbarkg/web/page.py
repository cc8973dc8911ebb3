"""The page at ``/`` and what its form offers, all of it read from the ontology."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri

blueprint = Blueprint("page", __name__)
_KINDS = (v.SYMPTOM, v.SIGN, v.TEST_RESULT, v.RISK_FACTOR)


@blueprint.get("/")
def index() -> str:
    """The page; its script asks for the form's content."""
    return render_template("index.html")


@blueprint.get("/api/v1/form")
def form() -> Response:
    """What a form can offer: settings, levels, red-flag groups, findings and the terms of their qualifiers."""
    return Response(current_app.extensions["form"], mimetype="application/json")


def form_content(engine: Engine, release: Path) -> str:
    """The content of the form as JSON, made once."""
    lookup, terms, rules = engine.lookup, engine.terms, engine.rules

    def options(root: Iri) -> list[dict[str, str]]:
        found = [{"term": i.local_name, "label": terms.label(i)} for i in lookup.assertable(root) if i != root]
        return sorted(found, key=lambda option: option["label"].casefold())

    def member(iri: Iri) -> dict[str, str]:
        return {"finding": iri.local_name, "label": terms.label(iri), "question": terms.term(iri).question}

    content: dict[str, Any] = {
        "settings": list(engine.ranker.tables.settings()),
        "levels": [{"name": level.name, "rank": level.rank, "action": level.action} for level in rules.levels],
        "redFlagGroups": [
            {
                **member(g.finding),
                "group": g.finding.local_name,
                "question": g.question,
                "members": [member(m) for m in g.members],
            }
            for g in rules.groups
        ],
        "findings": _findings(engine),
        "exercises": options(v.EXERCISE),
        "faults": options(v.TECHNIQUE_FAULT),
        "characters": options(v.FINDING_CHARACTER),
        "lateralities": options(v.LATERALITY),
        "courses": options(v.COURSE),
        "locations": options(v.ANATOMICAL_STRUCTURE),
        "factors": options(v.MODIFYING_FACTOR),
        "sexes": options(v.SEX),
        "examples": _examples(release / "examples"),
    }
    return json.dumps(content, ensure_ascii=False)


def _examples(folder: Path) -> list[dict[str, Any]]:
    """The example cases; a file's name is its title."""
    return [
        {"title": file.stem.replace("-", " ").capitalize(), "case": json.loads(file.read_text("utf-8"))}
        for file in sorted(folder.glob("*.json"))
    ]


def _findings(engine: Engine) -> list[dict[str, Any]]:
    knowledge, terms = engine.knowledge, engine.terms
    found = []
    for iri in engine.lookup.assertable(v.FINDING) - {v.FINDING, *_KINDS}:
        term = terms.term(iri)
        kind = next((k for k in _KINDS if knowledge.is_subclass(iri, k)), v.FINDING)
        found.append(
            {
                "finding": iri.local_name,
                "label": term.label,
                "synonyms": list(term.synonyms),
                "question": term.question,
                "kind": terms.label(kind),
                "definition": term.definition,
            }
        )
    return sorted(found, key=lambda finding: finding["label"].casefold())
