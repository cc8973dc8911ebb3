"""What a server refused, with all that it said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProblemIssue:
    """One thing that is wrong: where (JSON Pointer), why, and what to do."""

    severity: str
    code: str
    path: str
    message: str
    remedy: str


class ProblemError(Exception):
    """A problem (RFC 9457) that a server answered with."""

    def __init__(self, status: int, content: dict[str, Any]) -> None:
        self.status = status
        self.content = content
        self.kind = str(content.get("type", "")).rpartition("/")[2]
        self.detail = str(content.get("detail", ""))
        names = ("severity", "code", "path", "message", "remedy")
        self.issues = tuple(
            ProblemIssue(**{name: str(issue.get(name, "")) for name in names}) for issue in content.get("issues", ())
        )
        super().__init__(f"{status} {self.kind}: {self.detail}")
