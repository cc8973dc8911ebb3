"""Who sees the graphs of a case: its tenant, with a token for cases; whoever else asks finds that they do not exist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lumbarkg import vocabulary as v
from lumbarkg.access.credentials import case_tenant
from lumbarkg.cases.graphs import case_of, entailed_graph_of, graph_of
from lumbarkg.identifiers import Iri
from lumbarkg.record.cases import Cases
from lumbarkg.sparql.visibility import Caller, Scope, Visibility


@dataclass(frozen=True)
class CaseVisibility(Visibility):
    """The rule of the knowledge graphs, and that of the graphs of stored cases.

    What the record says counts, not what the store holds: a case that was deleted is gone at once.
    """

    cases: Cases | None = None

    def can_see(self, caller: Caller, name: Iri) -> bool:
        """As the base says; nobody writes the graphs of cases but the record."""
        if not name.startswith(v.CASE_GRAPHS):
            return super().can_see(caller, name)
        case_id = case_of(name)
        if case_id is None or self.cases is None or not caller.allows(Scope.CASES):
            return False
        return self.cases.owner(case_id) == case_tenant(caller)

    def visible(self, caller: Caller, existing: Callable[[], tuple[Iri, ...]]) -> tuple[Iri, ...]:
        """As the base says."""
        own: tuple[Iri, ...] = ()
        if self.cases is not None and caller.allows(Scope.CASES):
            ids = self.cases.ids(case_tenant(caller))
            own = tuple(name for case_id in ids for name in (graph_of(case_id), entailed_graph_of(case_id)))
        others = super().visible(caller, lambda: tuple(n for n in existing() if not n.startswith(v.CASE_GRAPHS)))
        return tuple(sorted({*others, *own}))
