"""lumbarkg.resources finds the knowledge in a wheel and in a checkout, and says so when it is not there."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

import pytest

from lumbarkg import resources
from lumbarkg.errors import ResourceError

FOLDERS: dict[str, tuple[Callable[[], Path], str]] = {
    "release": (resources.release_dir, "ontology/release"),
    "queries": (resources.queries_dir, "queries"),
    "shapes": (resources.shapes_dir, "shapes"),
}


@pytest.fixture(params=sorted(FOLDERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def lie_in(monkeypatch: pytest.MonkeyPatch, package: Traversable) -> None:
    """Let the package lie somewhere else."""
    monkeypatch.setattr(resources, "files", lambda _: package)


def make_checkout(root: Path) -> Path:
    package = root / "src" / "lumbarkg"
    package.mkdir(parents=True)
    (root / "pyproject.toml").touch()
    return package


def test_this_checkout_has_all_three() -> None:
    root = Path(__file__).parent.parent
    found = {name: find() for name, (find, _) in FOLDERS.items()}
    assert found == {name: root / folder for name, (_, folder) in FOLDERS.items()}


def test_wheel(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "lumbarkg" / "_knowledge" / name
    folder.mkdir(parents=True)
    lie_in(monkeypatch, tmp_path / "lumbarkg")
    assert FOLDERS[name][0]() == folder


def test_checkout(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find, in_checkout = FOLDERS[name]
    lie_in(monkeypatch, make_checkout(tmp_path))
    (tmp_path / in_checkout).mkdir(parents=True)
    assert find() == tmp_path / in_checkout


def test_missing_in_a_checkout(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    find, in_checkout = FOLDERS[name]
    lie_in(monkeypatch, make_checkout(tmp_path))
    with pytest.raises(ResourceError, match="checkout of lumbarkg lacks") as raised:
        find()
    assert str(tmp_path / in_checkout) in str(raised.value)


def test_missing_in_an_installation(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Folders that happen to lie near an installed package are never taken for ours."""
    find, in_checkout = FOLDERS[name]
    (tmp_path / in_checkout).mkdir(parents=True)
    lie_in(monkeypatch, tmp_path / "site-packages" / "lumbarkg")
    with pytest.raises(ResourceError, match="install it again"):
        find()


def test_archive(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with ZipFile(tmp_path / "lumbarkg.zip", "w") as archive:
        archive.writestr("lumbarkg/__init__.py", "")
    lie_in(monkeypatch, ZipPath(tmp_path / "lumbarkg.zip", "lumbarkg/"))
    with pytest.raises(ResourceError, match="archive"):
        FOLDERS[name][0]()
