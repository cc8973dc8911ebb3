"""The master process: it loads releases, listens, and keeps worker processes; it answers nothing itself.

SIGTERM and SIGINT stop it, the former when running requests are answered; SIGHUP reloads the release: the next
generation is loaded beside the one that serves and tries itself out, and only if it finds no fault new workers take
over, while the old ones finish. A new generation whose workers end by themselves in its first seconds is rolled back.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger

from lumbarkg.errors import LumbarkgError
from lumbarkg.server.balance import ConnectionCounts
from lumbarkg.server.generation import Generation, load_generation
from lumbarkg.server.process import without_collector
from lumbarkg.server.self_test import find_faults
from lumbarkg.server.settings import ServerSettings
from lumbarkg.server.worker import WaitressWorker
from lumbarkg.web import metrics
from lumbarkg.web.app import Config

LOG = logging.getLogger("lumbarkg.server")
_HEARTBEAT_SECONDS = 60
"""A worker whose event loop has not turned for so long is killed and replaced."""

_QUICK_SECONDS, _MOST_QUICK_DEATHS = 2.0, 10
"""So many workers, one after the other, that lived no longer: starting more would only keep the machine busy."""
_GARBAGE = 10_000
"""New objects after which a worker looks for cycles: an answer makes thousands of objects and hardly a cycle.

With 50,000 it takes no less in all, but the answer that has to wait for it waits five times as long (6 to 13 ms).
"""


def serve(settings: ServerSettings, config: Config) -> None:
    """Serve until stopped. Raises OntologyError, ResourceError or StoreError where it cannot begin."""
    service = _Service(settings, config)
    try:
        _Master(service).run()
    finally:
        service.close()


class _Quiet(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's messages go where ours do, which ``lumbarkg.server.logs`` has set up."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        """As gunicorn asks."""
        self.error_log.propagate = True


class _Service(BaseApplication):  # type: ignore[misc]  # as _Quiet
    """What gunicorn asks about us, and the generations: the one that serves and those that are on their way out."""

    def __init__(self, settings: ServerSettings, config: Config) -> None:
        self._settings, self._config = settings, config
        self.generation = self._load()
        self._former: Generation | None = None
        self._open = [self.generation]
        self._swapped = float("-inf")
        self._quick_deaths = 0
        self._counts = ConnectionCounts()
        super().__init__()

    def load_config(self) -> None:
        """As gunicorn asks."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        for name, value in {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.workers,
            "worker_class": WaitressWorker,
            "logger_class": _Quiet,
            "timeout": _HEARTBEAT_SECONDS,
            "graceful_timeout": self._settings.shutdown_seconds + 5,
            "proc_name": "lumbarkg",
            "control_socket_disable": True,
            "pre_fork": self._before_fork,
            "post_fork": self._after_fork,
            "child_exit": self._after_exit,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in a worker, which keeps it."""
        return self.generation.make_app()

    def advance(self) -> bool:
        """Put the next generation in place if it may serve; returns whether workers must be replaced."""
        gc.unfreeze()
        gc.collect()  # a generation that was closed goes before the next one comes
        try:
            following = self._load()
        except (LumbarkgError, OSError, ValueError) as problem:
            self._refuse((str(problem),))
            return False
        faults = find_faults(following)
        if faults:
            following.close()
            self._refuse(faults)
            return False
        LOG.info("reload: %s takes over from %s", following.title, self.generation.title)
        metrics.count_reload("done")
        self._former, self.generation, self._swapped = self.generation, following, time.monotonic()
        self._open.append(following)
        return True

    def roll_back(self) -> bool:
        """Put the former generation in place again, where the new one failed; returns whether there is one to."""
        if self._former is None:
            return False
        LOG.error(
            "rolled back: a worker of %s ended by itself; %s serves again", self.generation.title, self._former.title
        )
        metrics.count_reload("rolled back")
        self.generation, self._former = self._former, None
        return True

    def watch(self, workers: Iterable[Any]) -> None:
        """Look after the pools, and close the generations that nobody needs any more."""
        if not self._is_on_probation():
            self._former = None
        needed = {id(worker.generation) for worker in workers} | {id(self.generation), id(self._former)}
        for generation in self._open[:]:
            if id(generation) not in needed:
                self._open.remove(generation)
                generation.close()
                LOG.info("closed %s", generation.title)
            elif generation.watch_pool():
                LOG.error("the query pool ended and was started anew")

    def close(self) -> None:
        """End every pool."""
        for generation in self._open:
            generation.close()

    def _load(self) -> Generation:
        with without_collector():
            return load_generation(self._config)

    def _is_on_probation(self) -> bool:
        return time.monotonic() - self._swapped <= self._settings.probation_seconds

    def _refuse(self, reasons: tuple[str, ...]) -> None:
        LOG.error("reload refused: %s; %s goes on serving", "; ".join(reasons), self.generation.title)
        metrics.count_reload("refused")

    # gunicorn's hooks

    def _before_fork(self, master: Any, worker: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        worker.generation, worker.settings = self.generation, self._settings
        worker.born, worker.slot = time.monotonic(), self._counts.slot(worker.age)

    def _after_fork(self, master: Any, worker: Any) -> None:  # noqa: ARG002 - as above
        for generation in self._open:
            generation.leave_to_parent()
        gc.set_threshold(_GARBAGE)

    def _after_exit(self, master: Any, worker: Any) -> None:
        metrics.forget_process(worker.pid)
        if worker.generation is self.generation and self._is_on_probation() and not master.is_stopping:
            master.roll_back_soon()
        self._quick_deaths = self._quick_deaths + 1 if time.monotonic() - worker.born < _QUICK_SECONDS else 0
        if self._quick_deaths >= _MOST_QUICK_DEATHS and not master.is_stopping:
            raise HaltServer("workers end as soon as they start; the log says why", 1)


class _Master(Arbiter):  # type: ignore[misc]  # as _Quiet
    """gunicorn's master, whose reload may be refused or taken back."""

    app: _Service
    is_stopping = False
    _is_rolling_back = False

    def reload(self) -> None:
        """SIGHUP."""
        must_replace = self.app.roll_back() if self._is_rolling_back else self.app.advance()
        self._is_rolling_back = False
        if must_replace:
            super().reload()

    def spawn_worker(self) -> int:
        """Fork a worker; in it this does not return, and nothing that the master has to tidy up is touched."""
        master = os.getpid()
        try:
            pid: int = super().spawn_worker()
        except SystemExit as end:
            if os.getpid() == master:
                raise
            logging.shutdown()
            os._exit(end.code if isinstance(end.code, int) else 0)
        return pid

    def manage_workers(self) -> None:
        """Called every second, and when a worker has ended."""
        super().manage_workers()
        self.app.watch(self.WORKERS.values())

    def stop(self, graceful: bool = True) -> None:
        """End the workers."""
        self.is_stopping = True
        super().stop(graceful)

    def roll_back_soon(self) -> None:
        """Ask ourselves to reload, once what is under way is done."""
        self._is_rolling_back = True
        os.kill(os.getpid(), signal.SIGHUP)
