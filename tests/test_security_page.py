"""docs/security.md names tests that are there: a row whose test is gone is a promise that nobody holds."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_every_attack_names_a_test_that_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    rows = page.split("## Attacks tried")[1].split("\n|")[3:]
    assert len(rows) > 25
    for row in rows:
        cell = row.rstrip().rstrip("|").rpartition("|")[2].split("\n\n")[0]
        named = re.findall(r"`([^`]+)`", cell)
        assert named, row
        file = ""
        for name in named:
            path, _, test = name.partition("::")
            file = path or file
            source = (ROOT / "tests" / file).read_text("utf-8")
            assert not test or f"def {test}(" in source, name
