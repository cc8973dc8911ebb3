"""The whole server, two workers, over a real SPARQL server that holds the graphs of cases too."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from lumbarkg import cli
from lumbarkg.cases.graphs import entailed_graph_of, graph_of
from lumbarkg.store.remote import Addresses, RemoteStore
from tests.sparql.server import Server, running_server
from tests.store.conftest import oxigraph as oxigraph
from tests.store.conftest import remote as remote

PREFIX = "PREFIX lkg: <https://w3id.org/lumbarkg/>"


def _is_there(server: Server, case_id: str) -> bool:
    answer = server.query(f"{PREFIX} ASK {{ GRAPH <{graph_of(case_id)}> {{ ?c a lkg:PatientCase }} }}")
    assert answer.status == 200, answer.body
    return bool(json.loads(answer.body)["boolean"])


@pytest.mark.slow
def test_cases_reach_a_remote_store_and_leave_it(
    remote: RemoteStore, oxigraph: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        "LUMBARKG_STORE": oxigraph.query,
        "LUMBARKG_STORE_UPDATE": oxigraph.update or "",
        "LUMBARKG_STORE_GRAPHS": oxigraph.graphs or "",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["load"]) == 0
    record = str(tmp_path / "record.sqlite")
    kept, dropped = str(uuid.uuid4()), str(uuid.uuid4())
    case = json.dumps({"age": 40, "findings": [{"finding": "LowBackPain"}]}).encode()
    headers = {"Content-Type": "application/json"}
    with running_server("--record", record, **environment) as server:
        assert json.loads(server.send("GET", "/readyz").body)["parts"] == {"store": "ok", "record": "ok"}
        for case_id in (kept, dropped):
            assert server.send("PUT", f"/api/v1/cases/{case_id}", headers, case).status == 201
            assert _is_there(server, case_id), "a query after the answer to a PUT sees it"
        assert server.send("DELETE", f"/api/v1/cases/{dropped}").status == 204
        assert not _is_there(server, dropped)
        assert {graph_of(kept), entailed_graph_of(kept)} <= set(remote.graph_names())
    # The store outlives the server; one that lost its graphs is filled again by command.
    with running_server("--record", record, **environment) as server:
        assert _is_there(server, kept)
    remote.drop_graph(graph_of(kept))
    assert cli.main(["cases", "rebuild-graphs", "--record", record]) == 0
    with running_server("--record", record, **environment) as server:
        assert _is_there(server, kept)
        assert not _is_there(server, dropped)
