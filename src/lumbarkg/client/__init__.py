"""A thin typed client of the HTTP API: ``Client("http://127.0.0.1:8000")``.

It needs nothing but the standard library, so that a program that only asks carries no server. It holds one connection
and is not shared between threads. Whatever the server refuses is raised as ``ProblemError`` with every issue.
"""

from __future__ import annotations

from lumbarkg.client.client import Client
from lumbarkg.client.errors import ProblemError
from lumbarkg.client.values import Assessment, BatchLine, Hypothesis, Mention, Page, SearchHit, Thing

__all__ = ["Assessment", "BatchLine", "Client", "Hypothesis", "Mention", "Page", "ProblemError", "SearchHit", "Thing"]
