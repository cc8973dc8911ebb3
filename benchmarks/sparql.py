"""Requests a second at ``/sparql``, beside a fifteen-line Flask app over pyoxigraph that governs nothing.

Same data, same queries, same WSGI server, same run: the two are loaded by ``wrk`` in turn, several times, and the
medians are compared. Prints the ratio for each query and for all of them, and the latency of a lookup.
"""

from __future__ import annotations

import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

# ``--short`` is a run of a minute.
ROUNDS, SECONDS, CONNECTIONS = (1, 2, 8) if "--short" in sys.argv else (3, 4, 8)
PREFIXES = """PREFIX lkg: <https://w3id.org/lumbarkg/>
PREFIX lkggraph: <https://w3id.org/lumbarkg/graph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX obo: <http://purl.obolibrary.org/obo/>
"""
QUERIES = {
    "lookup": "SELECT ?label { lkg:Deadlift rdfs:label ?label }",
    "describe a term": "SELECT ?p ?o { lkg:Deadlift ?p ?o }",
    "subclasses": "SELECT DISTINCT ?c ?label { ?c rdfs:subClassOf lkg:Condition ; rdfs:label ?label }",
    "relations": "SELECT ?c ?label { lkg:Deadlift lkg:aggravates ?c . ?c rdfs:label ?label }",
    "evidence": "SELECT ?row ?status { GRAPH lkggraph:evidence { ?row lkg:evidenceCondition lkg:DiscHerniation ; "
    "lkg:status ?status } }",
    "construct": "CONSTRUCT { ?c rdfs:label ?l } { ?c rdfs:subClassOf lkg:Exercise ; rdfs:label ?l }",
}
_SCRIPT = """paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
n = 0
request = function() n = n + 1; return wrk.format("GET", paths[(n - 1) %% #paths + 1]) end
"""


def serve_bare(port: int) -> None:
    """The app that is compared with: the data in one store, and nothing between it and whoever asks."""
    import pyoxigraph as ox
    import waitress
    from flask import Flask, Response, request

    app, store = Flask("bare"), ox.Store()
    for name, content in _graphs().items():
        for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES):
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(name)))
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object))

    @app.get("/sparql")
    def sparql() -> Response:
        results = store.query(request.args["query"])
        if isinstance(results, ox.QueryTriples):
            return Response(results.serialize(format=ox.RdfFormat.TURTLE), mimetype="text/turtle")
        content = results.serialize(format=ox.QueryResultsFormat.JSON)
        return Response(content, mimetype="application/sparql-results+json")

    waitress.serve(app, port=port, host="127.0.0.1", threads=16)


def _graphs() -> dict[str, bytes]:
    from lumbarkg.assessment import load_engine
    from lumbarkg.ontology.sssom import read_mappings
    from lumbarkg.resources import release_dir, shapes_dir
    from lumbarkg.sparql.graphs import knowledge_graphs

    engine = load_engine(release_dir(), shapes_dir())
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    return dict(knowledge_graphs(engine.knowledge, engine.ranker.tables, mappings))


@contextmanager
def serving(*command: str) -> Iterator[int]:
    """A server on a free port of loopback, given as ``{port}`` in its command, for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = [part.format(port=port) for part in command]
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _path(query: str) -> str:
    return "/sparql?" + urlencode({"query": PREFIXES + query})


def _wrk(port: int, queries: list[str], seconds: int = SECONDS, connections: int = CONNECTIONS) -> dict[str, float]:
    """Requests a second, and the latency in milliseconds at the median and at 99 %."""
    with tempfile.TemporaryDirectory() as folder:
        paths, script = Path(folder) / "paths", Path(folder) / "script.lua"
        paths.write_text("\n".join(_path(query) for query in queries) + "\n")
        script.write_text(_SCRIPT % paths)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script)]
        output = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        ).stdout
    if "Non-2xx" in output:
        raise SystemExit(f"wrk met errors:\n{output}")
    found = {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])}  # type: ignore[index] # wrk prints it
    for percent in ("50", "99"):
        number, unit = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", output).groups()  # type: ignore[union-attr] # as above
        found[percent] = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return found


def main() -> int:
    """Print the table."""
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian, Ubuntu: apt-get install wrk)")
        return 0
    bare_command = (str(Path(__file__).resolve()), "--bare", "{port}")
    rates: dict[str, dict[str, list[float]]] = {"governed": {}, "bare": {}}
    latencies: dict[str, list[dict[str, float]]] = {"governed": [], "bare": []}
    with serving("-m", "lumbarkg", "serve", "--port", "{port}") as governed, serving(*bare_command) as bare:
        ports = {"governed": governed, "bare": bare}
        for port in ports.values():
            _wrk(port, list(QUERIES.values()), 3)
        for _ in range(ROUNDS):
            for name, query in [*QUERIES.items(), ("all, mixed", "")]:
                for server, port in ports.items():
                    measured = _wrk(port, [query] if query else list(QUERIES.values()))
                    rates[server].setdefault(name, []).append(measured["rate"])
            for server, port in ports.items():
                latencies[server].append(_wrk(port, [QUERIES["lookup"]], SECONDS, 1))
    print(f"{'query':18} {'governed':>10} {'bare':>10} {'ratio':>7}   requests a second, {CONNECTIONS} connections")
    for name, measured_rates in rates["governed"].items():
        ours, theirs = statistics.median(measured_rates), statistics.median(rates["bare"][name])
        print(
            f"{name:18} {ours:10.0f} {theirs:10.0f} {ours / theirs:7.2f}" + "   (target: ≥ 0.8)" * (name[:3] == "all")
        )
    for server, found in latencies.items():
        p50, p99 = (statistics.median(one[percent] for one in found) for percent in ("50", "99"))
        target = "   (targets: 3 ms, 10 ms)" if server == "governed" else ""
        print(f"lookup, {server:8}: p50 {p50:.2f} ms, p99 {p99:.2f} ms at one connection{target}")
    return 0


if __name__ == "__main__":
    if "--bare" in sys.argv:
        serve_bare(int(sys.argv[-1]))
    sys.exit(main())
