"""Where the knowledge lies that the program reads: the released ontology, the queries and the shapes.

A wheel carries the three as ``lumbarkg/_knowledge/``; an editable install reads the checkout's folders.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from lumbarkg.errors import ResourceError


def release_dir() -> Path:
    """The folder of the released ontology."""
    return _find("release", "ontology/release", "`make release` builds it")


def queries_dir() -> Path:
    """The folder of the SPARQL queries."""
    return _find("queries", "queries", "it is part of the sources")


def shapes_dir() -> Path:
    """The folder of the SHACL shapes."""
    return _find("shapes", "shapes", "it is part of the sources")


def _find(in_wheel: str, in_checkout: str, origin: str) -> Path:
    package = _package_dir()
    shipped = package / "_knowledge" / in_wheel
    if shipped.is_dir():
        return shipped
    checkout = _checkout_of(package)
    if checkout is None:
        raise ResourceError(f"The installed lumbarkg lacks the folder {shipped}: install it again.")
    folder = checkout / in_checkout
    if not folder.is_dir():
        raise ResourceError(f"This checkout of lumbarkg lacks the folder {folder}: {origin}.")
    return folder


def _package_dir() -> Path:
    package = files("lumbarkg")
    if not isinstance(package, Path):
        raise ResourceError("lumbarkg cannot read its files in an archive: install it with pip.")
    return package


def _checkout_of(package: Path) -> Path | None:
    """The checkout whose ``src`` holds the package, if it lies in one."""
    root = package.parent.parent
    return root if package.parent.name == "src" and (root / "pyproject.toml").is_file() else None
