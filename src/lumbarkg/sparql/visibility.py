"""Who may see and write which graphs: every query, update and graph read gets its graphs from here alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from lumbarkg import vocabulary as v
from lumbarkg.errors import ForbiddenError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.sparql.queries import DatasetClause
from lumbarkg.sparql.updates import Operation, Update, Whole
from lumbarkg.store.port import DEFAULT_GRAPH, GraphSelection, WritableGraphs

USER_NAMESPACE = f"{v.LKG}graph/user/"
_KNOWLEDGE_REMEDY = "Knowledge is changed in ontology/ and published by `make release`, never over HTTP."


class Scope(Enum):
    """What a token allows."""

    READ = "read"
    ASSESS = "assess"
    CASES = "cases"
    UPDATE = "update"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """Whoever sent a request: the tenant that the token belongs to, '' for nobody, and what the token allows."""

    tenant: str = ""
    scopes: frozenset[Scope] = frozenset({Scope.READ})

    @property
    def namespace(self) -> str | None:
        """Where the caller's own graphs are, None for whoever has none."""
        return f"{USER_NAMESPACE}{self.tenant}/" if self.tenant else None

    def allows(self, scope: Scope) -> bool:
        """Whether the caller may do what a scope stands for."""
        return scope in self.scopes


ANYBODY = Caller()


@dataclass(frozen=True)
class Visibility:
    """The rule: knowledge graphs are for all to see and for none to write; a tenant's graphs are the tenant's alone.

    ``is_open`` is the rule of the conformance profile: one plain default graph, everything seen and written by all.
    """

    knowledge: tuple[Iri, ...]
    is_open: bool = False

    def can_see(self, caller: Caller, name: Iri) -> bool:
        """Whether a graph, existing or not, is one that the caller may see."""
        own = caller.namespace
        return self.is_open or name in self.knowledge or (own is not None and name.startswith(own) and name != own)

    def writable(self, caller: Caller) -> WritableGraphs:
        """The graphs that the caller may change."""
        if self.is_open:
            return WritableGraphs(every=True)
        own = caller.namespace
        return WritableGraphs((own,) if own and caller.allows(Scope.UPDATE) else ())

    def visible(self, caller: Caller, existing: Callable[[], tuple[Iri, ...]]) -> tuple[Iri, ...]:
        """The named graphs that the caller may see; ``existing`` is asked only if others than knowledge may be."""
        if not self.is_open and caller.namespace is None:
            return self.knowledge
        own = (name for name in existing() if name not in self.knowledge and self.can_see(caller, name))
        return tuple(sorted({*self.knowledge, *own}))

    def select(
        self,
        caller: Caller,
        asked: DatasetClause,
        existing: Callable[[], tuple[Iri, ...]],
        reach: frozenset[Iri] | None = None,
    ) -> GraphSelection:
        """The dataset of a query: what was asked for and may be seen, or all that may be seen.

        A graph that may not be seen is left out like one that does not exist, and so is a named graph that is not
        among ``reach``, all that the query has a GRAPH for; None stands for any.
        """
        if not asked:
            default = (DEFAULT_GRAPH,) if self.is_open else self.knowledge
            if reach is None:
                return GraphSelection(default, self.visible(caller, existing))
            return GraphSelection(default, tuple(sorted(name for name in reach if self.can_see(caller, name))))
        named = (name for name in dict.fromkeys(asked.named) if reach is None or name in reach)
        return GraphSelection(
            tuple(name for name in dict.fromkeys(asked.default) if self.can_see(caller, name)),
            tuple(name for name in named if self.can_see(caller, name)),
        )

    def check_update(self, caller: Caller, update: Update) -> None:
        """Raise ForbiddenError where an update names a graph that is not the caller's, QueryError where it loads."""
        writable = self.writable(caller)
        for operation in update.operations:
            self._check_load(operation)
            for target in operation.targets:
                if target is Whole.VARIABLE:
                    continue  # the store holds the result of the update against the same rule
                if target is Whole.DEFAULT:
                    self._check_target(caller, writable, DEFAULT_GRAPH)
                elif isinstance(target, Whole):
                    if not writable.every:
                        raise ForbiddenError(
                            f"{operation.keyword} of {target.value} is not allowed.", self._remedy(caller)
                        )
                else:
                    self._check_target(caller, writable, target)

    def check_write(self, caller: Caller, name: Iri) -> None:
        """Raise ForbiddenError where the caller may not write a graph."""
        self._check_target(caller, self.writable(caller), name)

    def _check_target(self, caller: Caller, writable: WritableGraphs, name: Iri) -> None:
        if not writable.includes(name):
            shown = "The default graph" if name == DEFAULT_GRAPH else f"<{name}>"
            raise ForbiddenError(f"{shown} is not yours to write.", self._remedy(caller))

    @staticmethod
    def _check_load(operation: Operation) -> None:
        if operation.loads is not None:
            message = "LOAD would reach outside this server, which is not allowed."
            raise QueryError(
                message, (error("load", "/update", message, "Fetch the document, and PUT it as a graph."),)
            )

    @staticmethod
    def _remedy(caller: Caller) -> str:
        own = f"Write graphs below {caller.namespace}. " if caller.namespace else ""
        return own + _KNOWLEDGE_REMEDY
