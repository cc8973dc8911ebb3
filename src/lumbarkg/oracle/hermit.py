"""HermiT in processes of its own, over the ontology with a few cases at a time."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Triple

_PROCESSES = 2
_SHORT_LIVED = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""A run lives for seconds: without parallel collection and late compilation it takes about half the time."""
_BASE: list[Triple] = []
"""The triples of every run; set once in each process."""


@dataclass(frozen=True)
class Verdict:
    """What HermiT says of some cases together.

    ``types`` are all named classes of each individual, ``below`` all named classes under each class asked for.
    ``failure`` is what HermiT printed where it gave no answer at all.
    """

    consistent: bool
    types: dict[Iri, frozenset[Iri]]
    below: dict[Iri, frozenset[Iri]]
    seconds: float
    failure: str = ""


class Hermit:
    """A pool of processes that each run HermiT over the base triples and what is given; close it after use."""

    def __init__(self, base: list[Triple], processes: int = _PROCESSES) -> None:
        self._pool = ProcessPoolExecutor(
            processes, mp_context=multiprocessing.get_context("spawn"), initializer=_keep, initargs=(base,)
        )

    def close(self) -> None:
        """Let the running runs end, drop the others, and end the processes."""
        self._pool.shutdown(cancel_futures=True)

    def submit(self, triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Future[Verdict]:
        """Start a run: the types of the individuals, and what lies under the classes."""
        return self._pool.submit(_run, triples, individuals, classes)


def version() -> str:
    """The name and version of HermiT, of the library it runs through and of Java."""
    from lumbarkg.ontology.build.classify import version as hermit_version  # the extra 'hermit'

    return hermit_version()


def _keep(base: list[Triple]) -> None:
    """Prepare a process: keep the base triples, and let Java be quick to start."""
    _BASE[:] = base
    os.environ.setdefault("JAVA_TOOL_OPTIONS", _SHORT_LIVED)


def _run(triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Verdict:
    from lumbarkg.ontology.build.classify import (
        classify,  # the extra 'hermit', which drawing cases does not need
    )

    started = time.monotonic()
    try:
        found = classify([*_BASE, *triples], individuals)
    except OntologyError as problem:
        return Verdict(False, {}, {}, time.monotonic() - started, str(problem))
    below: dict[Iri, set[Iri]] = {cls: set() for cls in classes}
    for name, above in found.superclasses.items():
        for cls in above & below.keys():
            below[cls].add(name)
    return Verdict(
        found.consistent,
        found.types,
        {cls: frozenset(names) for cls, names in below.items()},
        time.monotonic() - started,
    )
