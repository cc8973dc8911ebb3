"""The entailed order of the named classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lumbarkg.identifiers import Iri


class Hierarchy:
    """Which named class lies under which; every answer includes the class itself."""

    def __init__(self, superclasses: Mapping[Iri, frozenset[Iri]]) -> None:
        self._superclasses = dict(superclasses)
        below: dict[Iri, set[Iri]] = {name: set() for name in self._superclasses}
        for name, above in self._superclasses.items():
            for sup in above:
                below[sup].add(name)
        self._subclasses = {name: frozenset(names) for name, names in below.items()}

    def superclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed named superclasses, itself included."""
        return self._superclasses.get(iri, frozenset())

    def subclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed named subclasses, itself included."""
        return self._subclasses.get(iri, frozenset())

    def is_subclass(self, sub: Iri, sup: Iri) -> bool:
        """Whether sub ⊑ sup is entailed between named classes."""
        return sup in self._superclasses.get(sub, frozenset())

    def direct_subclasses(self, iri: Iri) -> tuple[Iri, ...]:
        """The proper subclasses with no other class between, sorted."""
        below = self.subclasses(iri) - self.equivalents(iri)
        return tuple(sorted(c for c in below if not (self.superclasses(c) & below) - self.equivalents(c)))

    def equivalents(self, iri: Iri) -> frozenset[Iri]:
        """The named classes that are entailed to have the same instances, itself included."""
        return self.superclasses(iri) & self.subclasses(iri)

    def most_specific(self, classes: Iterable[Iri]) -> frozenset[Iri]:
        """Those of the classes that have no proper subclass among them."""
        names = frozenset(classes)
        return frozenset(c for c in names if not (self.subclasses(c) & names) - self.equivalents(c))

    def most_general(self, classes: Iterable[Iri]) -> frozenset[Iri]:
        """Those of the classes that have no proper superclass among them."""
        names = frozenset(classes)
        return frozenset(c for c in names if not (self.superclasses(c) & names) - self.equivalents(c))
