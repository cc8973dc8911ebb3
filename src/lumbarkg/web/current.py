"""What the running application holds."""

from __future__ import annotations

from flask import current_app

from lumbarkg.assessment import Engine
from lumbarkg.sparql.worker import QueryWorker


def current_engine() -> Engine:
    """The engine of the running application."""
    found: Engine = current_app.extensions["engine"]
    return found


def current_queries() -> QueryWorker:
    """The query worker of the running application."""
    found: QueryWorker = current_app.extensions["queries"]
    return found
