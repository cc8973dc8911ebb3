"""A generation: one release, loaded, with the query pool that holds its graphs. Workers are forked with it in memory.

A worker belongs to one generation for life, so every answer comes from one release. A reload makes the next generation
beside the one that serves; the pool of the former ends when its last worker has.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Flask

from lumbarkg.sparql.graphs import KNOWLEDGE
from lumbarkg.store.embedded import EmbeddedStore
from lumbarkg.store.launch import launch_pool
from lumbarkg.web.app import Config, LoadedRelease, create_app, load_release, open_store


@dataclass(frozen=True)
class Generation:
    """``store`` owns the pool, None where a remote store is asked; ``folder`` holds the link to the pool's socket."""

    config: Config
    loaded: LoadedRelease
    store: EmbeddedStore | None
    folder: Path

    @property
    def digest(self) -> str:
        """The digest of the release."""
        return self.loaded.engine.digest

    @property
    def title(self) -> str:
        """The release in words for a log: its version and the start of its digest."""
        return f"release {self.loaded.engine.version} ({self.digest[:12]})"

    def make_app(self) -> Flask:
        """The application of one worker, over what all share."""
        return create_app(self.config, self.loaded)

    def watch_pool(self) -> bool:
        """Start the pool anew where it has ended; returns whether that was so."""
        if self.store is None or not self.store.restart():
            return False
        _point(self.folder / "pool", self.store.address)
        return True

    def leave_to_parent(self) -> None:
        """In a worker: what the master ends is not held open, and what the pool holds is not kept twice."""
        if self.store is not None:
            self.store.leave_to_parent()
            graphs = self.loaded.published.graphs
            graphs.update(dict.fromkeys(graphs, b""))

    def close(self) -> None:
        """End the pool; no worker is left."""
        if self.store is not None:
            self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def load_generation(config: Config) -> Generation:
    """Load the release that the configuration names and start its pool, whose graphs load while the caller goes on.

    Raises OntologyError or ResourceError where the release cannot be used, StoreError where the pool does not start.
    """
    # Where the name is a link: what is read must be of one release, though the link may be moved meanwhile.
    config = replace(config, release=config.release.resolve())
    # Its process starts and takes the graphs beside the loading, so that both are done at about the same time.
    launched = None if config.remote is not None else launch_pool(() if config.is_conformance else KNOWLEDGE)
    try:
        loaded = load_release(config, None if launched is None or config.is_conformance else launched.feed)
    except BaseException:
        if launched is not None:
            launched.discard()
        raise
    store, _ = open_store(loaded, config, launched)
    folder = Path(tempfile.mkdtemp(prefix="lumbarkg-"))
    if not isinstance(store, EmbeddedStore):
        return Generation(config, loaded, None, folder)
    try:
        _point(folder / "pool", store.start())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Generation(replace(config, pool=folder / "pool"), loaded, store, folder)


def _point(link: Path, target: str) -> None:
    """Point a symbolic link to a target, in one step for those who follow it."""
    fresh = link.with_name(f"{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
