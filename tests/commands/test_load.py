"""``lumbarkg load`` and ``lumbarkg serve`` against a real remote store: what is published is what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from lumbarkg import cli
from lumbarkg.commands.load import count, publish
from lumbarkg.identifiers import Iri
from lumbarkg.sparql.graphs import KNOWLEDGE, UNION
from lumbarkg.store.remote import Addresses, RemoteStore
from lumbarkg.store.settings import RemoteSettings
from lumbarkg.store.transport import Transport
from lumbarkg.web.app import create_app, default_config
from tests.store.conftest import clear
from tests.store.conftest import oxigraph as oxigraph

OTHER = Iri("https://example.org/graph/other")


@pytest.fixture(scope="module")
def store(oxigraph: Addresses) -> Iterator[RemoteStore]:
    """The remote store, with a graph that is none of ours."""
    found = RemoteStore(oxigraph, Transport(None, 60.0))
    found.replace_graph(OTHER, b"<a:s> <a:p> <a:o> .", "text/turtle")
    yield found
    clear(found)
    found.close()


@pytest.fixture
def environment(oxigraph: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    assert oxigraph.update
    assert oxigraph.graphs
    monkeypatch.setenv("LUMBARKG_STORE", oxigraph.query)
    monkeypatch.setenv("LUMBARKG_STORE_UPDATE", oxigraph.update)
    monkeypatch.setenv("LUMBARKG_STORE_GRAPHS", oxigraph.graphs)


@pytest.mark.slow
def test_every_graph_is_replaced_and_counted(
    store: RemoteStore, environment: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["load"]) == 0
    first = capsys.readouterr().out
    assert first.count(" triples, new") == len(KNOWLEDGE) + 1
    store.extend_graph(KNOWLEDGE[0], b"<a:s> <a:p> <a:o> .", "text/turtle")
    assert cli.main(["load"]) == 0
    assert capsys.readouterr().out == first.replace(" triples, new", " triples, replaced")
    assert set(store.graph_names()) == {*KNOWLEDGE, UNION, OTHER}
    assert count(store, OTHER) == 1, "what is not ours is left alone"


@pytest.mark.slow
def test_a_server_over_the_remote_store_answers_as_the_embedded_one(
    store: RemoteStore, oxigraph: Addresses, client: FlaskClient
) -> None:
    config = replace(default_config(), remote=RemoteSettings(oxigraph))
    app = create_app(config)
    app.extensions["store"].start()
    remote = app.test_client()
    everything = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    names = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    for text in (everything, names):
        answers = [c.get("/sparql", query_string={"query": text}).get_json(force=True) for c in (remote, client)]
        assert answers[0]["results"] == answers[1]["results"]
    for address in (
        "/api/v1/queries/claims?stance=contested",
        "/api/v1/queries/loads-of-an-exercise?exercise=Deadlift&format=csv&limit=4",
        "/api/v1/queries/does-an-exercise-aggravate-a-condition?exercise=SitUp&condition=DiscHerniation",
    ):
        assert remote.get(address).data == client.get(address).data
    broken = remote.get("/sparql", query_string={"query": "SELECT {"})
    assert (broken.status_code, broken.mimetype) == (400, "application/problem+json")
    app.extensions["store"].close()


def test_a_graph_that_did_not_arrive_whole_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    class Forgetful:
        """A store that loses what it is sent."""

        def replace_graph(self, name: Iri, content: bytes, media_type: str) -> bool:
            return True

        def query(self, text: str, graphs: object, accepted: object) -> object:
            class Nothing:
                content = iter([b'{"head":{"vars":["triples"]},"results":{"bindings":[{"triples":{"value":"1"}}]}}'])

            return Nothing()

    two = b"<a:s> <a:p> <a:o> .\n<a:s> <a:p> <a:q> .\n"
    assert publish(Forgetful(), {OTHER: two}) == 1  # type: ignore[arg-type] # only what publish uses
    out, err = capsys.readouterr()
    assert "NOT WHOLE: 2 were sent" in out
    assert "load them again" in err


def test_without_a_remote_store_there_is_nothing_to_load(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LUMBARKG_STORE", raising=False)
    assert cli.main(["load"]) == 2
    assert "LUMBARKG_STORE" in capsys.readouterr().err


def test_every_bad_variable_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LUMBARKG_STORE", "ftp://anna:hunter2@store.example")
    monkeypatch.setenv("LUMBARKG_STORE_SECONDS", "soon")
    assert cli.main(["load"]) == 2
    err = capsys.readouterr().err
    assert "LUMBARKG_STORE_SECONDS" in err
    assert err.count("lumbarkg: ") == 2
    assert "hunter2" not in err
