"""Every kind of problem that the code names is described, in docs/errors.md and at its own address."""

from __future__ import annotations

import ast
import re

from flask.testing import FlaskClient

from lumbarkg.web.problem_kinds import KINDS, render_markdown
from tests.conftest import ROOT

FROM_HTTP = {  # werkzeug's exceptions, by the status that HTTP gives them
    "bad-request",
    "method-not-allowed",
    "not-found",
    "request-entity-too-large",
    "unauthorized",
    "unsupported-media-type",
}
FROM_LOOKUPS = {"unknown-term", "ambiguous-term", "wrong-kind"}  # resources.py passes the code of the issue on


def _kinds_in_source() -> set[str]:
    found = set()
    source = ROOT / "src" / "lumbarkg"
    for path in (*(source / "web").rglob("*.py"), *(source / "server").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in ("problem", "render_problem") and len(node.args) > 1:
                    kind = node.args[1]
                    found |= {kind.value} if isinstance(kind, ast.Constant) else set()
                elif node.func.id == "_refusal":  # server/worker.py: what the application has no part in
                    found |= {kind.value for kind in node.args[2:3] if isinstance(kind, ast.Constant)}
            elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and path.name == "case_bodies.py":
                first = node.elts[0]
                if isinstance(first, ast.Constant) and str(first.value).startswith("malformed"):
                    found.add(str(first.value))
    return found


def test_all_kinds_are_described_and_no_others() -> None:
    assert len(KINDS) > 20
    assert _kinds_in_source() | FROM_HTTP | FROM_LOOKUPS == set(KINDS)


def test_the_page_of_the_docs_is_current() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    assert page == render_markdown()
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == sorted(KINDS)


def test_each_type_has_a_page_and_its_data(client: FlaskClient) -> None:
    for name, kind in KINDS.items():
        found = client.get(f"/lumbarkg/problems/{name}")
        assert found.json["meaning"] == kind.meaning
        page = client.get(f"/lumbarkg/problems/{name}", headers={"Accept": "text/html"})
        assert page.mimetype == "text/html"
        assert name in page.text


def test_an_unknown_type_is_a_problem_with_a_near_name(client: FlaskClient) -> None:
    found = client.get("/lumbarkg/problems/invalid-cas")
    assert found.status_code == 404
    assert "invalid-case" in found.json["issues"][0]["remedy"]
