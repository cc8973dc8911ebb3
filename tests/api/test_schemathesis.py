"""The live server keeps to its own OpenAPI document, and refuses what that does not allow."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.api.fuzz import fuzz


@pytest.mark.slow
def test_no_check_fails(measured: Callable[[str], None]) -> None:
    status, text = fuzz(40, 1, all_operations=False)
    assert status == 0, text[:3000] + text[-6000:]
    found = re.search(r"(\d+) selected / (\d+) total", text)
    assert found is not None
    assert int(found[1]) > 60
    links = re.search(r"(\d+) covered", text)
    assert links is not None, "what was created is to be read, assessed and deleted too"
    assert int(links[1]) > 5
    summary = re.search(r"[\d,]+ generated", text)
    measured(f"{found[1]} operations, {summary[0] if summary else '?'}")
