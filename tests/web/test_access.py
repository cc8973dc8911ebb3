"""Who comes in: the open door on loopback, tokens, scopes, foreign pages, JWTs, rates; and what every answer says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from lumbarkg.access.door import Door, is_loopback_name
from lumbarkg.access.jwt import JwtVerifier, Provider, read_provider
from lumbarkg.access.rate import Rate, RateLimiter
from lumbarkg.cli import main
from lumbarkg.errors import InvalidInputError
from lumbarkg.record.tokens import PREFIX
from lumbarkg.server import master
from lumbarkg.server.settings import ServerSettings
from lumbarkg.sparql.visibility import Scope
from lumbarkg.web.app import Config, create_app
from lumbarkg.web.gate import Access
from tests.sparql.server import running_server
from tests.web.served import ALL, CLOSED, UNLIMITED, Served, serving

CASE = {"findings": []}
ORIGIN = "https://app.example.org"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Bound to loopback."""
    with serving(tmp_path_factory.mktemp("open")) as found:
        yield found


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Iterator[Served]:
    """Bound to another address, with an identity provider and an allowed origin."""
    folder = tmp_path_factory.mktemp("closed")
    access = Access(Door(is_loopback=False, origins=frozenset({ORIGIN})), rate=UNLIMITED, failures=UNLIMITED)
    with serving(folder, access, verifiers=(JwtVerifier(keys.provider),)) as found:
        yield found


# ------------------------------------------------------------ the open door


def test_on_loopback_no_token_is_needed(opened: Served) -> None:
    for host in ("localhost", "localhost:8000", "127.0.0.1:8000", "127.8.9.1", "[::1]:8000"):
        assert opened.send("GET", "/api/v1/cases", headers={"Host": host}).status_code == 200
    assert opened.send("PUT", f"/api/v1/cases/{uuid.uuid4()}", json=CASE).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": "0.0.0.0"},  # noqa: S104 - a name that is sent, no address that is bound
        {"Host": "10.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"x-forwarded-anything": "1"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/cases", "/sparql?query=ASK%7B%7D", "/api/v1/nothing"])
def test_whoever_may_come_from_elsewhere_needs_a_token(path: str, headers: dict[str, str], opened: Served) -> None:
    answer = opened.send("GET", path, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "lumbarkg token create" in answer.get_json()["issues"][0]["remedy"]
    assert opened.send("GET", path, opened.token(), headers=headers).status_code != 401


@given(st.text(max_size=30) | st.ip_addresses().map(str) | st.from_regex(r"\A[a-z0-9.\[\]:@/-]{0,20}\Z"))
def test_only_loopback_names_open_the_door(host: str) -> None:
    """Whatever the Host header: the door opens only for what parses as a loopback name, with a port at most."""
    if Door(is_loopback=True).is_open(host, ()):
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and not host.endswith("]") else host
        assert is_loopback_name(name.strip("[]:")) or is_loopback_name(host.strip("[]"))
    assert not Door(is_loopback=False).is_open(host, ())


def test_another_address_serves_only_health_without_a_token(closed: Served) -> None:
    assert closed.send("GET", "/healthz").get_json() == {"status": "ok"}
    rules = {rule.rule for rule in closed.app.url_map.iter_rules() if "<" not in rule.rule} - {"/healthz", "/readyz"}
    assert set(closed.send("GET", "/readyz").get_json()) == {"status", "parts"}
    assert len(rules) > 8
    for rule in rules:
        for method in ("GET", "POST", "PUT", "DELETE"):
            assert closed.send(method, rule).status_code == 401, (method, rule)


@pytest.mark.slow
@pytest.mark.parametrize("has_token", [False, True])
def test_a_first_start_elsewhere_says_how_to_begin(
    has_token: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is built as for another address, and not bound."""
    statuses = []

    def serve(settings: ServerSettings, config: Config) -> None:
        assert settings.host == "192.0.2.1"
        client = create_app(config).test_client()
        statuses.extend(client.get(path).status_code for path in ("/healthz", "/", "/api/v1/cases"))

    monkeypatch.setattr(master, "serve", serve)
    record = str(tmp_path / "record.sqlite")
    if has_token:
        assert main(["token", "create", "--name", "first", "--record", record]) == 0
    assert main(["serve", "--host", "192.0.2.1", "--record", record]) == 0
    said = capsys.readouterr().out
    assert ("only /healthz and /readyz are served" in said) is not has_token
    assert (f"lumbarkg token create --record {record}" in said) is not has_token
    assert statuses == [200, 401, 401]


# ------------------------------------------------------------ tokens and scopes


def test_tokens_are_made_listed_and_revoked_by_command(closed: Served, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(closed.record.database.path)
    arguments = ["--record", path, "--name", "notebook", "--tenant", "lab", "--scope", "cases", "--scope", "read"]
    assert main(["token", "create", *arguments]) == 0
    token = capsys.readouterr().out.strip()
    assert closed.send("GET", "/api/v1/cases", token).status_code == 200
    assert main(["token", "list", "--record", path]) == 0
    listed = capsys.readouterr().out
    line = next(row for row in listed.splitlines() if "notebook" in row)
    assert token.rpartition("_")[2] not in listed
    assert main(["token", "revoke", line.split()[0], "--record", path]) == 0
    assert closed.send("GET", "/api/v1/cases", token).status_code == 401
    assert main(["token", "revoke", line.split()[0], "--record", path]) == 2
    assert main(["token", "create", "--record", path, "--name", "x", "--tenant", "No Tenant!"]) == 2
    capsys.readouterr()
    assert main(["audit", "--record", path]) == 0
    actions = [json.loads(row)["action"] for row in capsys.readouterr().out.splitlines()]
    assert actions.count("token.revoke") == 1
    stored = b"".join(f.read_bytes() for f in Path(path).parent.glob("record.sqlite*"))
    assert token.rpartition("_")[2].encode() not in stored


@pytest.mark.parametrize("spoil", ["secret", "id", "case", "short", "expired", "empty", "basic", "twice"])
def test_a_wrong_token_is_refused(spoil: str, closed: Served) -> None:
    token = closed.token(days=-1 if spoil == "expired" else 1)
    prefix, token_id, secret = token.split("_", 2)
    flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
    wrong = {
        "secret": f"Bearer {prefix}_{token_id}_{flipped}",
        "id": f"Bearer {prefix}_{'0' * 16}_{secret}",
        "case": f"Bearer {token.swapcase()}",
        "short": f"Bearer {token[:-1]}",
        "expired": f"Bearer {token}",
        "empty": "Bearer ",
        "basic": f"Basic {base64.b64encode(token.encode()).decode()}",
        "twice": f"Bearer {token}, Bearer {token}",
    }[spoil]
    answer = closed.send("GET", "/api/v1/cases", headers={"Authorization": wrong})
    assert (answer.status_code, answer.get_json()["type"].rpartition("/")[2]) == (401, "invalid-token")


def test_a_wrong_token_is_refused_on_loopback_too(opened: Served) -> None:
    assert opened.send("GET", "/api/v1/cases", f"{PREFIX}{'0' * 16}_{'A' * 43}").status_code == 401


NEEDED = {
    ("GET", "/"): "read",
    ("GET", "/sparql"): "read",
    ("POST", "/api/v1/assessments"): "assess",
    ("POST", "/api/v1/assessments/why"): "assess",
    ("GET", "/api/v1/cases"): "cases",
    ("POST", "/api/v1/cases"): "cases",
    ("GET", f"/api/v1/cases/{uuid.UUID(int=1)}"): "cases",
    ("PUT", f"/api/v1/cases/{uuid.UUID(int=1)}"): "cases",
    ("DELETE", f"/api/v1/cases/{uuid.UUID(int=1)}"): "cases",
    ("GET", f"/api/v1/cases/{uuid.UUID(int=1)}/assessment"): "cases",
    ("GET", "/api/v1/cohort"): "cases",
}


@pytest.mark.parametrize("scope", ALL)
def test_a_token_opens_what_its_scope_says_and_nothing_else(scope: str, closed: Served) -> None:
    token = closed.token(scopes=(scope,))
    for (method, path), needed in NEEDED.items():
        if path == "/sparql" and scope != "read":
            path = "/sparql?query=ASK%7B%7D"  # without a query it only describes itself
        status = closed.send(method, path, token, json=CASE if method in ("POST", "PUT") else None).status_code
        assert (status != 403) is (scope == needed), (method, path, status)


def test_guessing_tokens_is_slowed_down(tmp_path: Path) -> None:
    now = [0.0]
    access = Access(CLOSED, rate=UNLIMITED, failures=Rate(1, 20), clock=lambda: now[0])
    with serving(tmp_path, access) as served:
        good = served.token()
        wrong = [f"{PREFIX}{n:016x}_{'A' * 43}" for n in range(25)]
        statuses = [served.send("GET", "/api/v1/cases", guess).status_code for guess in wrong]
        assert statuses == [401] * 20 + [429] * 5
        assert served.send("GET", "/api/v1/cases", good).status_code == 200  # whoever has one is not locked out
        now[0] += 2
        assert served.send("GET", "/api/v1/cases", wrong[0]).status_code == 401


# ------------------------------------------------------------ foreign pages


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({"Origin": "http://localhost"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://localhost.evil.example"}, True),
        ({"Origin": "http://localhost:81"}, True),
        ({"Origin": ""}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_foreign_page_changes_nothing(method: str, headers: dict[str, str], is_refused: bool, opened: Served) -> None:
    path = "/api/v1/cases" if method == "POST" else f"/api/v1/cases/{uuid.uuid4()}"
    answer = opened.send(method, path, headers=headers, json=CASE)
    assert (answer.status_code == 403) is is_refused
    if is_refused:
        assert answer.get_json()["type"].endswith("/foreign-origin")
        update = opened.send("POST", "/sparql", headers=headers, data={"update": "CLEAR ALL"})
        assert update.status_code == 403


def test_a_form_of_a_foreign_page_is_no_case(opened: Served) -> None:
    """Browsers send these three types across origins without asking."""
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = opened.send("POST", "/api/v1/cases", data=json.dumps(CASE), content_type=media_type)
        assert answer.status_code == 415


def test_cors_is_for_allowed_origins_alone(closed: Served, opened: Served) -> None:
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization"}
    path = f"/api/v1/cases/{uuid.uuid4()}"
    allowed = closed.send("OPTIONS", path, headers={"Origin": ORIGIN, **asked})
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PUT" in allowed.headers["Access-Control-Allow-Methods"]
    token = closed.token()
    put = closed.send("PUT", path, token, headers={"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}, json=CASE)
    assert put.status_code == 201
    assert "ETag" in put.headers["Access-Control-Expose-Headers"]
    for served, origin in ((closed, "https://evil.example"), (opened, ORIGIN)):
        refused = served.send("OPTIONS", path, headers={"Origin": origin, **asked})
        got = served.send("GET", "/healthz", headers={"Origin": origin})
        for answer in (refused, got):
            assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
            assert "Access-Control-Allow-Credentials" not in answer.headers


# ------------------------------------------------------------ every answer


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/sparql", "/api/v1/cases", "/api/v1/nothing", "/api/v1/cases/x", "/nowhere"]
)
@pytest.mark.parametrize("is_open", [True, False])
def test_every_answer_carries_the_headers(path: str, is_open: bool, opened: Served, closed: Served) -> None:
    headers = (opened if is_open else closed).send("GET", path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_compressed_bodies_are_refused(opened: Served) -> None:
    import gzip

    bomb = gzip.compress(b" " * 10_000_000)
    for path in ("/api/v1/assessments", "/api/v1/cases", "/sparql"):
        answer = opened.send(
            "POST", path, data=bomb, content_type="application/json", headers={"Content-Encoding": "gzip"}
        )
        assert answer.status_code == 415


def test_headers_cannot_be_injected(opened: Served) -> None:
    """Line breaks in parameters come back in no header: not in Link, Location or anywhere."""
    evil = "x%0d%0aSet-Cookie:%20a=b"
    for path in (
        f"/api/v1/cases?limit=1&modifiedSince={evil}",
        f"/api/v1/cases?cursor={evil}",
        f"/api/v1/cases/{evil}",
        f"/api/v1/cases/{uuid.uuid4()}/why?condition={evil}",
        f"/sparql/graphs?graph={evil}",
    ):
        answer = opened.send("GET", path)
        assert answer.status_code in (400, 404)
        assert "Set-Cookie" not in answer.headers
        assert all("\n" not in value and "\r" not in value for _, value in answer.headers)


# ------------------------------------------------------------ rates


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5))
def test_a_bucket_never_gives_more_than_its_rate(gaps: list[float], burst: int) -> None:
    limiter, now, given_at = RateLimiter(Rate(2, burst)), 0.0, []
    for gap in gaps:
        now += gap
        wait = limiter.wait("one", now)
        if not wait:
            given_at.append(now)
        else:
            assert 0 < wait <= 0.5 + 1e-9
            assert limiter.wait("another", now) == 0 or burst < len(gaps)
    for i, begin in enumerate(given_at):
        for j in range(i, len(given_at)):
            assert j - i + 1 <= burst + 2 * (given_at[j] - begin) + 1e-6


def test_one_caller_does_not_use_up_what_is_anothers(tmp_path: Path) -> None:
    access = Access(CLOSED, rate=Rate(1, 5), failures=UNLIMITED, clock=lambda: 0.0)
    with serving(tmp_path, access) as served:
        first, second = served.token("lab"), served.token("ward")
        statuses = [served.send("GET", "/api/v1/cases", first) for _ in range(7)]
        assert [a.status_code for a in statuses] == [200] * 5 + [429] * 2
        assert int(statuses[-1].headers["Retry-After"]) >= 1
        assert served.send("GET", "/api/v1/cases", second).status_code == 200


# ------------------------------------------------------------ JSON Web Tokens


class Keys:
    """An identity provider of the tests."""

    def __init__(self, folder: Path) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        listed = [
            {**json.loads(RSAAlgorithm.to_jwk(self.rsa.public_key())), "kid": "r1", "use": "sig"},
            {**json.loads(ECAlgorithm.to_jwk(self.ec.public_key())), "kid": "e1", "use": "sig"},
            {"kty": "oct", "k": base64.urlsafe_b64encode(b"x" * 32).decode(), "kid": "o1"},
        ]
        self.path = folder / "jwks.json"
        self.path.write_text(json.dumps({"keys": listed}))
        self.provider = Provider("https://id.example", "lumbarkg", str(self.path), scope_prefix="lkg:")

    def claims(self, **changed: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": "https://id.example",
            "aud": "lumbarkg",
            "sub": "jane@example.org",
            "iat": now,
            "exp": now + 300,
            "tenant": "lab",
            "scope": "lkg:read lkg:cases openid",
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, key: Any = None, algorithm: str = "RS256", kid: str = "r1", **changed: Any) -> str:
        return jwt.encode(self.claims(**changed), key or self.rsa, algorithm, headers={"kid": kid})

    def sign_by_hand(self, header: dict[str, Any], secret: bytes | None) -> str:
        def encode(content: bytes) -> str:
            return base64.urlsafe_b64encode(content).decode().rstrip("=")

        text = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(self.claims()).encode())}"
        signature = hmac.new(secret, text.encode(), hashlib.sha256).digest() if secret is not None else b""
        return f"{text}.{encode(signature)}"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def test_a_jwt_of_the_provider_opens_what_its_claims_say(keys: Keys, closed: Served) -> None:
    for token in (keys.sign(), keys.sign(keys.ec, "ES256", "e1")):
        assert closed.send("GET", "/api/v1/cases", token).status_code == 200
        assert closed.send("POST", "/api/v1/assessments", token, json=CASE).status_code == 403
    case_id = uuid.uuid4()
    assert closed.send("PUT", f"/api/v1/cases/{case_id}", keys.sign(), json=CASE).status_code == 201
    assert closed.send("GET", f"/api/v1/cases/{case_id}", closed.token("lab")).status_code == 200
    assert closed.send("GET", f"/api/v1/cases/{case_id}", keys.sign(tenant="ward")).status_code == 404
    who = [e["who"] for e in closed.record.audit.entries() if e["object"] == str(case_id)]
    assert all("jane" not in name for name in who)


FORGED: dict[str, Callable[[Keys], str]] = {
    "none": lambda k: k.sign_by_hand({"alg": "none", "kid": "r1"}, None),
    "None": lambda k: k.sign_by_hand({"alg": "None", "kid": "r1"}, None),
    "no algorithm": lambda k: k.sign_by_hand({"kid": "r1"}, None),
    "no signature": lambda k: k.sign().rpartition(".")[0] + ".",
    "HMAC keyed with the public key": lambda k: k.sign_by_hand(
        {"alg": "HS256", "kid": "r1"}, json.dumps(json.loads(k.path.read_text())["keys"][0]).encode()
    ),
    "HMAC with a symmetric key of the set": lambda k: k.sign_by_hand({"alg": "HS256", "kid": "o1"}, b"x" * 32),
    "RSA name on an elliptic key": lambda k: k.sign(kid="e1"),
    "algorithm not on the list": lambda k: k.sign(algorithm="RS512"),
    "key of somebody else": lambda k: k.sign(k.other),
    "unknown key": lambda k: k.sign(kid="r2"),
    "key in the header": lambda k: jwt.encode(
        k.claims(),
        k.other,
        "RS256",
        headers={"kid": "x", "jwk": json.loads(RSAAlgorithm.to_jwk(k.other.public_key()))},
    ),
    "address in the header": lambda k: jwt.encode(
        k.claims(), k.other, "RS256", headers={"kid": "r1", "jku": "http://127.0.0.1:9/"}
    ),
    "critical extension": lambda k: jwt.encode(
        k.claims(), k.rsa, "RS256", headers={"kid": "r1", "crit": ["x"], "x": 1}
    ),
    "path as key": lambda k: k.sign(kid="../../etc/passwd"),
    "other issuer": lambda k: k.sign(iss="https://evil.example"),
    "other audience": lambda k: k.sign(aud="other"),
    "expired": lambda k: k.sign(exp=int(time.time()) - 3600),
    "not yet": lambda k: k.sign(nbf=int(time.time()) + 3600),
    "no expiry": lambda k: k.sign(exp=None),
    "no audience": lambda k: k.sign(aud=None),
    "no subject": lambda k: k.sign(sub=None),
    "no tenant": lambda k: k.sign(tenant=None),
    "tenant that is no name": lambda k: k.sign(tenant="../ward"),
    "tenant that is a list": lambda k: k.sign(tenant=["lab", "ward"]),
    "no scope": lambda k: k.sign(scope=""),
    "scope without the prefix": lambda k: k.sign(scope="cases admin"),
    "scope that is a number": lambda k: k.sign(scope=7),
    "too long": lambda k: k.sign(padding="x" * 20_000),
    "changed claims": lambda k: ".".join(
        [
            k.sign().split(".")[0],
            base64.urlsafe_b64encode(json.dumps(k.claims(tenant="ward")).encode()).decode().rstrip("="),
            k.sign().split(".")[2],
        ]
    ),
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_a_forged_jwt_is_refused(name: str, keys: Keys, closed: Served) -> None:
    answer = closed.send("GET", "/api/v1/cases", FORGED[name](keys))
    assert (answer.status_code, answer.get_json()["type"].rpartition("/")[2]) == (401, "invalid-token")


def test_a_new_key_is_found_but_keys_are_not_read_at_every_guess(tmp_path: Path) -> None:
    now = [0.0]
    old, new = Keys(tmp_path), None
    verifier = JwtVerifier(old.provider, lambda: now[0])
    assert verifier.caller(old.sign()) is not None
    new = Keys(tmp_path)  # the provider has changed its keys
    new_set = json.loads(new.path.read_text())
    new_set["keys"][0]["kid"] = "r9"
    new.path.write_text(json.dumps(new_set))
    assert verifier.caller(new.sign(kid="r9")) is None
    now[0] += 61
    found = verifier.caller(new.sign(kid="r9"))
    assert found is not None
    assert (found.tenant, found.scopes) == ("lab", frozenset({Scope.READ, Scope.CASES}))
    new.path.unlink()
    now[0] += 61
    assert verifier.caller(new.sign(kid="r7")) is None
    assert verifier.caller(new.sign(kid="r9")) is not None  # the keys that were read stay good


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('algorithms = ["HS256"]', "asymmetric"),
        ('algorithms = ["none"]', "asymmetric"),
        ("algorithms = []", "asymmetric"),
        ('jwks = "http://id.example/keys"', "without TLS"),
        ('issuer = ""', "no text"),
        ("leeway_seconds = 4000", "0 to 300"),
        ('jwks_uri = "x"', "no setting"),
    ],
)
def test_a_loose_configuration_is_refused(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "oidc.toml"
    whole = {"issuer": '"https://id.example"', "audience": '"lumbarkg"', "jwks": '"keys.json"'}
    lines = [f"{name} = {value}" for name, value in whole.items() if not line.startswith(f"{name} ")]
    path.write_text("\n".join([*lines, line]))
    with pytest.raises(InvalidInputError, match=said):
        read_provider(path)
    path.write_text("\n".join(f"{name} = {value}" for name, value in whole.items()))
    assert read_provider(path).algorithms == ("RS256", "ES256")


# ------------------------------------------------------------ on the wire


@pytest.mark.slow
def test_smuggled_and_broken_requests_end_in_errors(tmp_path: Path) -> None:
    """Raw requests to a running server: none is taken for two, none crashes it."""
    import socket

    with running_server("--record", str(tmp_path / "record.sqlite")) as server:
        for raw in (
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\r\nb: c\r\n\r\n",
            b"POST /api/v1/cases HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
            b"POST /api/v1/cases HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
            b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /static/..%2f..%2fapp.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
            b"GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
        ):
            with socket.create_connection(("127.0.0.1", server.port), 10) as connection:
                connection.sendall(raw.replace(b"localhost\r\n", b"localhost\r\nConnection: close\r\n"))
                answer = b""
                while part := connection.recv(65536):
                    answer += part
            status = int(answer.split(b" ", 2)[1])
            assert status == 200 if b"/healthz" in raw else 400 <= status <= 501, raw
            assert answer.count(b"HTTP/1.") == 1, raw
            assert b"root:" not in answer
            assert b"create_app" not in answer
        assert server.send("GET", "/healthz").status == 200
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/api/v1/cases", headers={"Host": "evil.example"})
        assert connection.getresponse().status == 401
