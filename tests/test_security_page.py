"""docs/security.md names tests that are there: a row whose test is gone is a promise that nobody holds."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_every_attack_names_a_test_that_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    table = page.split("## Attacks tried")[1]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 25
    for row in rows:
        cell = row.rstrip("| ").rpartition(" | ")[2]
        named = re.findall(r"`([^`]+)`", cell)
        assert named, row
        file = ""
        for name in named:
            path, _, test = name.partition("::")
            file = path or file
            source = (ROOT / "tests" / file).read_text("utf-8")
            assert not test or f"def {test}(" in source, name


def test_every_attack_of_the_list_has_a_row() -> None:
    """The list that the project set itself; a row of the table tells of each."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = [line.partition(" | ")[0].casefold() for line in page.split("## Attacks tried")[1].splitlines()]
    for attack in (
        "every parameter",
        "(idor)",
        "guessing tokens",
        "jwt",
        "ssrf by `service`, `load`",
        "`@context`",
        "owl:imports",
        "xxe",
        "entity bombs",
        "decompression bombs",
        "path traversal",
        "csrf",
        "into headers",
        "smuggling",
        "filling the disk",
        "byte a second",
    ):
        assert any(attack in row for row in rows), attack
