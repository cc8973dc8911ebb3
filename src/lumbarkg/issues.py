"""Problems as values: what happened, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Severity(Enum):
    """How much an issue matters: an error refuses the input, a warning or note does not."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True)
class Issue:
    """One problem with an input.

    ``path`` is a JSON Pointer (RFC 6901) into the input, '' for the whole of it; ``remedy`` says what to do.
    """

    severity: Severity
    code: str
    path: str
    message: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        """The same five fields as a JSON object."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "path": self.path,
            "message": self.message,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}{self.message}" + (f" {self.remedy}" if self.remedy else "")


def error(code: str, path: str, message: str, remedy: str = "") -> Issue:
    """An issue that refuses the input."""
    return Issue(Severity.ERROR, code, path, message, remedy)


def warning(code: str, path: str, message: str, remedy: str = "") -> Issue:
    """An issue that is reported with the answer."""
    return Issue(Severity.WARNING, code, path, message, remedy)


def has_errors(issues: tuple[Issue, ...] | list[Issue]) -> bool:
    """Whether any of the issues refuses the input."""
    return any(issue.severity is Severity.ERROR for issue in issues)
