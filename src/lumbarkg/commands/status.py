"""The exit statuses of all commands."""

from __future__ import annotations

OK, FAILED, INVALID = 0, 1, 2
"""Done; failed; the input was refused."""
