"""What a release must answer before it may serve, asked of the application itself, in a process of its own.

Every example of the release is assessed, the API document and the pages are made, the query pool answers, and no
verify query finds a row.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection

from flask.testing import FlaskClient

from lumbarkg.resources import queries_dir
from lumbarkg.server.generation import Generation
from lumbarkg.sparql.documents import read_folder
from lumbarkg.web.app import create_app
from lumbarkg.web.gate import Access

_CONTEXT = multiprocessing.get_context("fork")  # the release is in memory here and nowhere else
_SECONDS, _POOL_SECONDS = 120.0, 60.0
_PAGES = ("/", "/docs", "/openapi.json", "/api/v1/conditions", "/api/v1/findings")


def find_faults(generation: Generation) -> tuple[str, ...]:
    """Try a generation; returns what is wrong with it, nothing where it may serve."""
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_report, args=(generation, theirs))
    process.start()
    theirs.close()
    try:
        faults: tuple[str, ...] = (f"the self-test took more than {_SECONDS:g} s",)
        if ours.poll(_SECONDS):
            faults = ours.recv()
    except EOFError:
        faults = ("the self-test ended without a verdict",)
    finally:
        process.kill()
        process.join()
    return faults


def _report(generation: Generation, answers: Connection) -> None:
    generation.leave_to_parent()
    # Nothing is asked about callers, and nothing is stored.
    app = create_app(replace(generation.config, record=None, access=Access()), generation.loaded)
    app.after_request_funcs.clear()  # nobody asked: it is neither counted nor logged
    client = app.test_client()
    answers.send((*_readiness(client), *_pages(client), *_examples(client, generation), *_verify_queries(client)))
    answers.close()


def _readiness(client: FlaskClient) -> Iterator[str]:
    """The query pool loads its graphs while all else goes on; then it answers."""
    deadline = time.monotonic() + _POOL_SECONDS
    while client.get("/readyz").status_code != 200:
        if time.monotonic() > deadline:
            yield f"the query pool is not ready after {_POOL_SECONDS:g} s"
            return
        time.sleep(0.05)


def _pages(client: FlaskClient) -> Iterator[str]:
    for path in _PAGES:
        status = client.get(path).status_code
        if status != 200:
            yield f"{path} answers {status}"


def _examples(client: FlaskClient, generation: Generation) -> Iterator[str]:
    """Every example case is assessed, and the answer names this release."""
    files = sorted((generation.config.release / "examples").glob("*.json"))
    if not files:
        yield "the release has no examples"
    for file in files:
        answer = client.post("/api/v1/assessments", json=json.loads(file.read_text("utf-8")))
        if answer.status_code != 200:
            yield f"the example {file.stem} answers {answer.status_code}"
        elif answer.get_json()["reasoning"]["ontologyDigest"] != generation.digest:
            yield f"the example {file.stem} was answered by another release"
        elif not answer.get_json()["differential"]:
            yield f"the example {file.stem} has no causes"


def _verify_queries(client: FlaskClient) -> Iterator[str]:
    for query in read_folder(queries_dir() / "verify"):
        answer = client.post(
            "/sparql", data={"query": query.text}, headers={"Accept": "application/sparql-results+json"}
        )
        if answer.status_code != 200:
            yield f"the query {query.name} answers {answer.status_code}"
        elif answer.get_json(force=True)["results"]["bindings"]:
            yield f"the query {query.name} finds a defect"
