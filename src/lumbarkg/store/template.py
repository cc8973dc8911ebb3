"""The graphs that worker processes are born with.

The pool has its fork server import this module before it forks the first worker: the server, which has one thread and
does nothing else, then holds the loaded graphs, and a worker that replaces another one is there in milliseconds and
shares their memory. In every other process the module holds nothing.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.store.frames import Frame, Kind, Unpacker
from lumbarkg.store.port import DEFAULT_GRAPH

# Names the file that the graphs are loaded from.
VARIABLE = "LUMBARKG_FIRST_GRAPHS"
_WAIT_SECONDS = 0.005
_READ = 1024 * 1024


@dataclass(frozen=True)
class Template:
    """Loaded graphs, and how many bytes of N-Triples each was."""

    dataset: Dataset
    sizes: dict[Iri, int]


def announce_template(path: Path) -> None:
    """Name the file to the processes that are started from here on; they read it while it is written."""
    os.environ[VARIABLE] = str(path)


def _load(path: Path) -> Template:
    """Load what stands in the file: a job that names the merge, the graphs, and a job that ends them."""
    frames = _frames(path)
    default = tuple(Iri(name) for name in next(frames).head["default"])
    dataset, sizes = Dataset({}, unnamed=DEFAULT_GRAPH), {}

    def graphs() -> Iterator[tuple[Iri, bytes]]:
        for frame in frames:
            if frame.kind is Kind.JOB:
                dataset.prefixes = frame.head["prefixes"]
                return
            name = Iri(frame.head["name"])
            sizes[name] = len(frame.content)
            yield name, frame.content

    dataset.fill(graphs(), default)
    gc.collect()
    gc.freeze()  # what is never freed is never touched, so that the memory stays shared
    return Template(dataset, sizes)


def _frames(path: Path) -> Iterator[Frame]:
    """The frames of a file as they are written; the process ends where whoever writes it has gone."""
    parent, unpacker = os.getppid(), Unpacker()
    while not path.exists():
        _wait(parent)
    with path.open("rb") as file:
        while True:
            if content := file.read(_READ):
                yield from unpacker.feed(content)
            else:
                _wait(parent)


def _wait(parent: int) -> None:
    if os.getppid() != parent:
        sys.exit(1)
    time.sleep(_WAIT_SECONDS)


TEMPLATE = _load(Path(os.environ[VARIABLE])) if VARIABLE in os.environ else None
