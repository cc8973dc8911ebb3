"""``/lumbarkg/problems/…``: what a type of problem means, at the path of its IRI."""

from __future__ import annotations

import json

from flask import Blueprint, Response, render_template, request

from lumbarkg.did_you_mean import nearest
from lumbarkg.issues import error
from lumbarkg.web.problem_kinds import ADDRESS, KINDS
from lumbarkg.web.problems import problem

blueprint = Blueprint("problem_pages", __name__)


@blueprint.get("/lumbarkg/problems/<name>")
def problem_kind(name: str) -> Response:
    """One kind of problem, as a page for browsers and as JSON for programs."""
    kind = KINDS.get(name)
    if kind is None:
        near = nearest(name, {known: known for known in KINDS}, 1)
        remedy = f"Did you mean {near[0][0]}?" if near else "See docs/errors.md."
        issue = error("not-found", "", f"There is no problem of the type '{name}'.", remedy)
        return problem(404, "not-found", "Not found", str(issue), (issue,))
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        response = Response(render_template("problem.html", name=name, kind=kind), mimetype="text/html")
    else:
        body = {
            "type": ADDRESS + name,
            "statuses": kind.statuses,
            "meaning": kind.meaning,
            "remedy": kind.remedy,
        }
        response = Response(json.dumps(body), mimetype="application/json")
    response.vary.add("Accept")
    return response
