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
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.identifiers import Iri
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.store.frames import Kind, Unpacker, pack
from lumbarkg.store.port import DEFAULT_GRAPH

# Names the file that the graphs are loaded from.
VARIABLE = "LUMBARKG_FIRST_GRAPHS"
_WAIT_SECONDS = 0.005


@dataclass(frozen=True)
class Template:
    """Loaded graphs, and how many bytes of N-Triples each was."""

    dataset: Dataset
    sizes: dict[Iri, int]


def await_template(path: Path) -> None:
    """Name the file to the processes that are started from here on; they wait until it is written."""
    os.environ[VARIABLE] = str(path)


def write_template(path: Path, graphs: dict[Iri, bytes], default: list[Iri], prefixes: dict[str, str]) -> None:
    """Write the file that a fork server loads."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(pack(Kind.JOB, {"default": default, "prefixes": prefixes}))
        for name, content in graphs.items():
            file.write(pack(Kind.FEED, {"name": name}, content))
    unfinished.replace(path)


def _load(path: Path) -> Template:
    parent = os.getppid()
    while not path.exists():  # the fork server starts while the graphs are made
        if os.getppid() != parent:
            sys.exit(1)
        time.sleep(_WAIT_SECONDS)
    settings, *feeds = Unpacker().feed(path.read_bytes())
    graphs = {Iri(frame.head["name"]): frame.content for frame in feeds}
    dataset = Dataset(graphs, unnamed=DEFAULT_GRAPH, prefixes=settings.head["prefixes"])
    dataset.merge(tuple(Iri(name) for name in settings.head["default"]))
    gc.collect()
    gc.freeze()  # what is never freed is never touched, so that the memory stays shared
    return Template(dataset, {name: len(content) for name, content in graphs.items()})


TEMPLATE = _load(Path(os.environ[VARIABLE])) if VARIABLE in os.environ else None
