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

# Names the process that writes the graphs, and the file that they are loaded from.
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
    os.environ[VARIABLE] = f"{os.getpid()} {path}"


def _load(announced: str) -> Template:
    """Load what stands in the file: a job that names the merge, the graphs, and a job that ends them."""
    writer, _, path = announced.partition(" ")
    frames = _frames(Path(path), int(writer))
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


def _frames(path: Path, writer: int) -> Iterator[Frame]:
    """The frames of a file as they are written; the process ends where whoever writes it has gone."""
    unpacker = Unpacker()
    while not path.exists():
        _wait(writer)
    with path.open("rb") as file:
        while True:
            if content := file.read(_READ):
                yield from unpacker.feed(content)
            else:
                _wait(writer)


def _wait(writer: int) -> None:
    if os.getppid() != writer:  # it had started us
        sys.exit(1)
    time.sleep(_WAIT_SECONDS)


TEMPLATE = _load(os.environ[VARIABLE]) if VARIABLE in os.environ else None
