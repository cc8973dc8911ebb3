"""What HermiT said, kept in a file: an interrupted comparison goes on where it stopped, and one with another engine
over the same cases needs no HermiT.

One line of JSON a run. A run is known by the digest of everything that HermiT read: each journal belongs to one
ontology (and one version of HermiT), each line to the cases of one run. A line that was cut off is as if never written.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from lumbarkg.identifiers import Iri
from lumbarkg.oracle.hermit import Verdict
from lumbarkg.rdf.syntax import Syntax, serialise
from lumbarkg.rdf.terms import Triple


class Reasoner(Protocol):
    """What a comparison needs of HermiT."""

    def submit(self, triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Future[Verdict]:
        """Start a run over the ontology and these triples."""


class Journal:
    """A reasoner that asks another one only what its file does not tell, and keeps what it is told.

    ``ontology`` is the digest of what the other one reads beside the triples that are submitted. No two processes may
    write one journal at a time.
    """

    def __init__(self, reasoner: Reasoner, folder: Path, ontology: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{ontology[:16]}.jsonl"
        self.told = 0
        self._reasoner = reasoner
        self._kept = _read(self.path)

    def submit(self, triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> Future[Verdict]:
        """The verdict on these triples, from the file if it is there; ``told`` counts those."""
        key = _key(triples, individuals, classes)
        outer: Future[Verdict] = Future()
        if (kept := self._kept.get(key)) is not None:
            self.told += 1
            outer.set_result(kept)
            return outer

        def keep(inner: Future[Verdict]) -> None:
            if inner.cancelled():
                outer.cancel()
            elif (problem := inner.exception()) is not None:
                outer.set_exception(problem)
            else:
                self._keep(key, inner.result())
                outer.set_result(inner.result())

        self._reasoner.submit(triples, individuals, classes).add_done_callback(keep)
        return outer

    def _keep(self, key: str, verdict: Verdict) -> None:
        if verdict.failure:
            return  # no answer, out of memory say: it is asked again
        self._kept[key] = verdict
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(_document(key, verdict))}\n")


def _key(triples: list[Triple], individuals: tuple[Iri, ...], classes: tuple[Iri, ...]) -> str:
    asked = "\n".join((*individuals, "", *classes)).encode()
    return hashlib.sha256(serialise(triples, Syntax.N_TRIPLES, {}) + asked).hexdigest()


def _document(key: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "run": key,
        "consistent": verdict.consistent,
        "types": {iri: sorted(classes) for iri, classes in verdict.types.items()},
        "below": {iri: sorted(classes) for iri, classes in verdict.below.items()},
        "seconds": round(verdict.seconds, 2),
    }


def _read(path: Path) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    if not path.exists():
        return found
    text = path.read_text("utf-8")
    if text and not text.endswith("\n"):  # cut off while it was written: what comes next starts on a line of its own
        text = text[: text.rfind("\n") + 1]
        path.write_text(text, "utf-8")
    for line in text.splitlines():
        one = json.loads(line)
        found[one["run"]] = Verdict(one["consistent"], _sets(one["types"]), _sets(one["below"]), one["seconds"])
    return found


def _sets(stated: dict[str, list[str]]) -> dict[Iri, frozenset[Iri]]:
    return {Iri(name): frozenset(map(Iri, classes)) for name, classes in stated.items()}
