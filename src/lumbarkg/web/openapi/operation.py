"""An operation of the API as a value, and what the examples of operations are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from lumbarkg.assessment import Engine
from lumbarkg.catalogue.catalogue import Catalogue
from lumbarkg.sparql.library import NamedQuery
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.openapi.headers import Header

JSON, JSON_LD, TURTLE, TEXT = "application/json", "application/ld+json", "text/turtle", "text/plain"


@dataclass(frozen=True)
class Link:
    """What can be asked next with something of an answer: parameter of the other operation → expression (OpenAPI)."""

    operation: str
    parameters: dict[str, str]
    description: str


@dataclass(frozen=True)
class Operation:
    """One method at one address. ``bodies`` maps the media types of a body to an example of each.

    ``scope`` is what a token needs, ``statuses`` those of success, ``takes`` and ``sends`` the headers of a request
    and of an answer beside the usual ones.
    """

    method: str
    rule: str
    name: str
    tag: str
    summary: str
    answer: type[BaseModel] | None = None
    description: str = ""
    path: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    bodies: dict[str, Any] = field(default_factory=dict)
    gives: tuple[str, ...] = (JSON,)
    path_example: dict[str, str] = field(default_factory=dict)
    query_example: dict[str, Any] = field(default_factory=dict)
    refusals: tuple[int, ...] = (400,)
    is_cached: bool = False
    scope: Scope = Scope.READ
    statuses: tuple[int, ...] = (200,)
    takes: tuple[Header, ...] = ()
    sends: tuple[Header, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Sources:
    """What examples are made from."""

    engine: Engine
    catalogue: Catalogue
    library: dict[str, NamedQuery]
    cases: tuple[dict[str, Any], ...]
    """Example cases of the release."""
