"""What the running application holds."""

from __future__ import annotations

from flask import current_app, g, request

from lumbarkg.assessment import Engine
from lumbarkg.sparql.visibility import Caller, Visibility
from lumbarkg.store.port import Store
from lumbarkg.web.callers import Tokens, identify


def current_engine() -> Engine:
    """The engine of the running application."""
    found: Engine = current_app.extensions["engine"]
    return found


def current_store() -> Store:
    """The knowledge store of the running application."""
    found: Store = current_app.extensions["store"]
    return found


def current_visibility() -> Visibility:
    """The rule of who sees which graphs."""
    found: Visibility = current_app.extensions["visibility"]
    return found


def current_caller() -> Caller:
    """Whoever sent the request. Raises Unauthorized where it carries a token that nobody has."""
    if "caller" not in g:
        tokens: Tokens = current_app.extensions["tokens"]
        g.caller = identify(request, tokens)
    found: Caller = g.caller
    return found
