"""The requests of a soak: what clients of all kinds ask for, in fixed shares, drawn with a seed."""

from __future__ import annotations

import json
import random
import urllib.parse
import uuid
from dataclasses import dataclass

# Cases that are replaced again and again: the store must not grow by our doing.
CASE_IDS = tuple(str(uuid.UUID(int=n, version=4)) for n in range(1, 65))
_FINDINGS = (
    *("LowBackPain", "LowBackStiffness", "LegNumbness", "BladderDysfunction", "Fever", "LegWeakness", "NightPain"),
    *("SaddleAnaesthesia", "HistoryOfCancer", "LegPain", "UnexplainedWeightLoss", "DarkUrine"),
)
_TERMS = ("conditions/DiscHerniation", "findings/LowBackPain", "exercises/Deadlift", "conditions")
_SEARCHES = ("dead", "deadlft", "low ba", "slipped dis", "numbnes leg", "sci", "pain that wakes")
_SELECT = """
PREFIX lkg: <https://w3id.org/lumbarkg/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?term ?label WHERE { ?term rdfs:subClassOf+ lkg:Condition ; rdfs:label ?label } ORDER BY ?label LIMIT 50
"""


@dataclass(frozen=True)
class Question:
    """A request as it is sent, and what kind it is of."""

    name: str
    request: bytes


class Mix:
    """Draws questions by their shares."""

    def __init__(self, shares: dict[str, int]) -> None:
        self.names, self._weights = tuple(shares), tuple(shares.values())

    def draw(self, draw: random.Random) -> Question:
        (name,) = draw.choices(self.names, self._weights)
        if name in ("compact", "full"):
            return Question(name, _request("POST", f"/api/v1/assessments?view={name}", _case(draw)))
        if name == "PUT case":
            return put_case(draw.choice(CASE_IDS), draw)
        target = {
            "term": lambda: f"/api/v1/{draw.choice(_TERMS)}",
            "search": lambda: f"/api/v1/search?{urllib.parse.urlencode({'q': draw.choice(_SEARCHES)})}",
            "named query": lambda: "/api/v1/queries/loads-of-an-exercise?exercise=Deadlift",
            "select": lambda: f"/sparql?{urllib.parse.urlencode({'query': _SELECT})}",
            "GET case": lambda: f"/api/v1/cases/{draw.choice(CASE_IDS)}",
        }[name]()
        return Question(name, _request("GET", target))


def make_mix() -> Mix:
    """Half of it assessments, a third terms and search, the rest queries and stored cases."""
    return Mix(
        {
            "compact": 40,
            "full": 10,
            "term": 20,
            "search": 10,
            "named query": 5,
            "select": 5,
            "PUT case": 5,
            "GET case": 5,
        }
    )


def put_case(case_id: str, draw: random.Random) -> Question:
    """Stores a case, or replaces it."""
    return Question("PUT case", _request("PUT", f"/api/v1/cases/{case_id}", _case(draw)))


def _case(draw: random.Random) -> bytes:
    findings = [
        {"finding": name, "status": draw.choice(("present", "absent"))} if name != "LowBackPain" else {"finding": name}
        for name in _FINDINGS
    ]
    case = {
        "age": draw.randint(18, 80),
        "exposures": [{"exercise": "Deadlift", "hoursBeforeOnset": draw.randint(1, 48)}],
        "findings": findings,
    }
    return json.dumps(case).encode()


def _request(method: str, target: str, body: bytes = b"") -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, */*;q=0.5\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body
