"""Identifiers as types: IRIs, and the prefixes that shorten them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class Iri(str):
    """An absolute IRI."""

    __slots__ = ()

    @property
    def local_name(self) -> str:
        """The part after the last '#', '/' or ':'."""
        return self[max(self.rfind("#"), self.rfind("/"), self.rfind(":")) + 1 :]

    @property
    def namespace(self) -> str:
        """The part up to and including the last '#', '/' or ':'."""
        return self[: len(self) - len(self.local_name)]


@dataclass(frozen=True)
class Prefixes:
    """Prefix → namespace, read both ways."""

    namespaces: Mapping[str, str]

    def expand(self, curie: str) -> Iri | None:
        """The IRI of ``prefix:name``, or None where the prefix is not known."""
        prefix, colon, name = curie.partition(":")
        if not colon or prefix not in self.namespaces:
            return None
        return Iri(self.namespaces[prefix] + name)

    def shorten(self, iri: str) -> str:
        """``prefix:name`` where a prefix fits, else the IRI itself; the longest namespace wins."""
        fitting = [(ns, p) for p, ns in self.namespaces.items() if iri.startswith(ns) and iri != ns]
        if not fitting:
            return str(iri)
        namespace, prefix = max(fitting, key=lambda pair: len(pair[0]))
        return f"{prefix}:{iri[len(namespace) :]}"
