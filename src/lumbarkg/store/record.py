"""The graphs as the pool holds them: the record that every worker's copy is fed from, by revision number."""

from __future__ import annotations

from collections.abc import Mapping

from lumbarkg.errors import QueryLimitError
from lumbarkg.identifiers import Iri
from lumbarkg.store.port import DEFAULT_GRAPH
from lumbarkg.vocabulary import CASE_GRAPHS


class Record:
    """Name → N-Triples, with the revision of each.

    The graphs below ``namespace`` belong to owners, whose name comes next in theirs; what an owner may hold is limited.
    All other graphs together count as one owner's, without those that stood here at the start
    and those of cases, which derive from another record.
    """

    def __init__(self, graphs: Mapping[Iri, bytes], namespace: str = "") -> None:
        self._namespace = namespace
        self._graphs: dict[Iri, bytes] = dict(graphs)
        self._revisions: dict[Iri, int] = dict.fromkeys(graphs, 0)
        self._first = frozenset(graphs)
        self.revision = 0

    def __contains__(self, name: object) -> bool:
        return name in self._graphs

    def names(self) -> tuple[Iri, ...]:
        """The named graphs that hold a triple, sorted."""
        return tuple(sorted(name for name, content in self._graphs.items() if content and name != DEFAULT_GRAPH))

    def commit(self, changes: Mapping[Iri, bytes | None]) -> None:
        """Put the contents in place, None for a graph that is gone: a new revision."""
        self.revision += 1
        for name, content in changes.items():
            self._revisions[name] = self.revision
            if content is None:
                self._graphs.pop(name, None)
            else:
                self._graphs[name] = content

    def check_room(self, changes: Mapping[Iri, bytes | None], most: int) -> None:
        """Raise QueryLimitError where the graphs of an owner would grow past ``most`` bytes of N-Triples."""
        counted = {n: c for n, c in self._graphs.items() if n not in self._first and not n.startswith(CASE_GRAPHS)}
        after = {**counted, **changes}
        for owner in {self._owner(name) for name, content in changes.items() if content}:
            size = sum(len(content) for name, content in after.items() if content and self._owner(name) == owner)
            if size > most:
                raise QueryLimitError(
                    f"Your graphs would hold {size} bytes of N-Triples; the limit is {most}. Drop one, or write less."
                )

    def _owner(self, name: Iri) -> str:
        if not self._namespace or not name.startswith(self._namespace):
            return ""
        return name.removeprefix(self._namespace).partition("/")[0]

    def since(self, revision: int) -> list[tuple[Iri, bytes | None]]:
        """What changed after a revision: name and content, None where the graph is gone."""
        return [(name, self._graphs.get(name)) for name, changed in self._revisions.items() if changed > revision]
