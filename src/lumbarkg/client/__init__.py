"""A thin typed client of the HTTP API: ``Client("http://127.0.0.1:8000")``.

It needs nothing but the standard library, so that a program that only asks carries no server. It holds one connection
and is not shared between threads. Whatever the server refuses is raised as ``ProblemError`` with every issue.
"""

from __future__ import annotations

from lumbarkg.client.cases import StoredCases
from lumbarkg.client.client import Client
from lumbarkg.client.errors import ProblemError
from lumbarkg.client.values import (
    Assessment,
    BatchLine,
    CaseRevision,
    CaseSummary,
    Cohort,
    Hypothesis,
    Mention,
    Page,
    SearchHit,
    StoredCase,
    Thing,
    Written,
)

__all__ = [
    "Assessment",
    "BatchLine",
    "CaseRevision",
    "CaseSummary",
    "Client",
    "Cohort",
    "Hypothesis",
    "Mention",
    "Page",
    "ProblemError",
    "SearchHit",
    "StoredCase",
    "StoredCases",
    "Thing",
    "Written",
]
