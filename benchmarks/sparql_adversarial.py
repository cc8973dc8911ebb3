"""What hostile queries can do to ``/sparql``: when each ends, how much memory it takes, and what others notice.

Each query runs alone first: it must end within the deadline and 0.1 s, and no worker may grow past its cap. Then
healthy queries run for a while by themselves and beside four hostile ones at once: their 95th percentile may double.
``--short`` is a run of half a minute.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.sparql import PREFIXES, QUERIES, serving

DEADLINE = 3.0
ALLOWED = 0.1
CAP = 1024**3  # Limits.memory_bytes
SHORT = "--short" in sys.argv
HEALTHY_SECONDS = 6 if SHORT else 30
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
HOSTILE = {
    "Cartesian product, counted": f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}",
    "Cartesian product, distinct": f"SELECT DISTINCT ?a ?d ?g {{ {_CROSS} }}",
    "Cartesian product, all rows": f"SELECT * {{ {_CROSS} }}",
    "unbounded path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)* ?b }",
    "path of paths": "SELECT (COUNT(*) AS ?n) { ?a ((!<urn:x>)+|^(!<urn:y>)*)+ ?b }",
    "regular expression": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f "
    'FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(.*a){20}$")) }',
    "expression that is large": 'ASK { ?a ?b ?c FILTER(REGEX(STR(?c), "((((a{90}){90}){90}){9})")) }',
    "sort": f"SELECT * {{ {_CROSS} }} ORDER BY ?c ?f ?i",
    "CONSTRUCT": f"CONSTRUCT {{ ?a ?b ?f . ?d ?e ?i . ?g ?h ?c }} {{ {_CROSS} }}",
    "concatenation": f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) {{ {_CROSS} }}",
    "string that doubles": "SELECT ?x40 { BIND('xxxxxxxxxxxxxxxx' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    + " }",
    "nested groups": "SELECT * { " + "{ " * 100_000 + "?s ?p ?o" + " }" * 100_000 + " }",
    "nested OPTIONAL": "SELECT * { " + "OPTIONAL { ?s ?p ?o " * 2000 + "}" * 2000 + " }",
    "nested brackets": "SELECT (" + "(" * 100_000 + "1" + ")" * 100_000 + " AS ?x) {}",
    "1 MB of VALUES": "SELECT * { VALUES ?x { " + "<http://example.org/abcdefgh> " * 33_000 + "} ?x ?p ?o }",
    "1 MB of UNION": "SELECT * { {?s ?p ?o}" + " UNION {?s ?p ?o}" * 55_000 + " }",
    "1 MB that is no query": "SELECT FROM " + "(\"x' <a " * 120_000,
    "1 MB of FROM": "SELECT * " + "FROM <http://example.org/a> " * 37_000 + "{ ?s ?p ?o }",
}


@dataclass(frozen=True)
class Ending:
    """How a query ended: the status, 0 where the answer broke off, and after how many seconds."""

    status: int
    seconds: float
    received: int


def ask(port: int, query: str, connection: http.client.HTTPConnection | None = None) -> Ending:
    """Send a query and read its whole answer."""
    mine = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = (PREFIXES + query).encode()[: 1024 * 1024 - 1]
    started = time.perf_counter()
    status, received = 0, 0
    try:
        mine.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
        response = mine.getresponse()
        status = response.status
        while content := response.read(65536):
            received += len(content)
    except (http.client.HTTPException, OSError):
        status = 0
    finally:
        if connection is None:
            mine.close()
    return Ending(status, time.perf_counter() - started, received)


class Watch(threading.Thread):
    """The most resident memory that any process under this one was seen to take, sampled."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0

    def run(self) -> None:
        """Until the program ends."""
        while True:
            for pid in _descendants(os.getpid()):
                try:
                    name = Path(f"/proc/{pid}/statm").read_text().split()
                except OSError:
                    continue
                self.most = max(self.most, int(name[1]) * os.sysconf("SC_PAGE_SIZE"))
            time.sleep(0.05)


def _descendants(root: int) -> set[int]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {root}


def _p95(port: int, seconds: float) -> tuple[float, int]:
    """The 95th percentile of healthy queries in milliseconds, and how many failed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, failed = [], 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for query in QUERIES.values():
            ending = ask(port, query, connection)
            times.append(ending.seconds * 1000)
            failed += ending.status != 200
        time.sleep(0.02)
    return sorted(times)[int(len(times) * 0.95)], failed


def attack(port: int, first: int) -> None:
    """Send one hostile query after another, beginning with a certain one, until killed."""
    queries = list(HOSTILE.values())
    while True:
        for query in queries[first:] + queries[:first]:
            ask(port, query)


def main() -> int:
    """Print the tables; the status says whether every limit held."""
    late: list[str] = []
    watch = Watch()
    command = ("-m", "lumbarkg", "serve", "--port", "{port}", "--query-seconds", str(DEADLINE))
    with serving(*command) as port:
        for _ in range(50):
            ask(port, QUERIES["lookup"])
        watch.start()
        time.sleep(5)
        print(f"{'hostile query':28} {'status':>6} {'seconds':>8} {'received':>10}   deadline {DEADLINE} s")
        for name, query in HOSTILE.items():
            ending = ask(port, query)
            if ending.seconds > DEADLINE + ALLOWED:
                late.append(name)
            print(f"{name:28} {ending.status or 'broken':>6} {ending.seconds:8.2f} {ending.received:10}")
        print(f"most memory of any process: {watch.most / 1024**2:.0f} MB (cap of a query: {CAP // 1024**2} MB)")
        alone, failed_alone = _p95(port, HEALTHY_SECONDS)
        # In processes of their own: the client that measures must not be slowed down by what the others receive.
        command = [sys.executable, __file__, "--attack", str(port)]
        attackers = [subprocess.Popen([*command, str(first)]) for first in (0, 5, 8, 15)]
        time.sleep(2)
        beside, failed_beside = _p95(port, HEALTHY_SECONDS)
        for attacker in attackers:
            attacker.kill()
            attacker.wait()
    print(
        f"healthy queries, p95: alone {alone:.1f} ms ({failed_alone} failed), beside four hostile ones {beside:.1f} ms"
    )
    print(f"({failed_beside} failed): ratio {beside / alone:.2f} (target: at most 2)")
    print(f"late: {', '.join(late) or 'none'}")
    return 1 if late else 0


if __name__ == "__main__":
    if "--attack" in sys.argv:
        attack(int(sys.argv[-2]), int(sys.argv[-1]))
    sys.exit(main())
