"""The remote adapter against a server that misbehaves: what is repeated, what is refused, and what is never said."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbarkg.errors import (
    ForbiddenError,
    InvalidInputError,
    LumbarkgError,
    NotAcceptableError,
    QueryError,
    QueryLimitError,
    QueryTimeoutError,
    StoreBusyError,
    StoreError,
)
from lumbarkg.identifiers import Iri
from lumbarkg.sparql.tokens import TokenKind, tokenise, unescape
from lumbarkg.store.port import DEFAULT_GRAPH, GraphSelection, WritableGraphs
from lumbarkg.store.remote import Addresses, RemoteStore, UnionGraph, is_unbounded
from lumbarkg.store.transport import Credentials, Transport
from tests.store.conftest import free_port

JSON, NT = "application/sparql-results+json", "application/n-triples"
A, B, C = (Iri(f"https://example.org/graph/{letter}") for letter in "abc")
ONE = GraphSelection((A,), (B,))
MINE = WritableGraphs((str(A),))
SECRET = "hunter2"  # noqa: S105 - nobody's
ASK = "ASK { ?s ?p ?o }"


class _Quiet(ThreadingHTTPServer):
    """A server that says nothing about clients that hang up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@dataclass
class Stub:
    """A server that answers by a script, and remembers what it was asked."""

    port: int
    answers: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def store(self, seconds: float = 5.0, credentials: Credentials | None = None) -> RemoteStore:
        root = f"http://127.0.0.1:{self.port}"
        return RemoteStore(Addresses(f"{root}/q?key=1", f"{root}/u", f"{root}/g"), Transport(credentials, seconds))

    def parameters(self, number: int = 0) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.seen[number][1]).query)


@pytest.fixture
def stub() -> Iterator[Stub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found.seen.append((self.command, self.path, dict(self.headers), body))
            (found.answers.pop(0) if found.answers else status(500))(self)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_: object) -> None:
            pass

    server = _Quiet(("127.0.0.1", 0), Handler)
    found = Stub(server.server_address[1])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def status(
    code: int, body: bytes = b"", media_type: str = "text/plain", **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


YES = status(200, b'{"head":{},"boolean":true}', JSON)
BUSY = status(503, Retry_After="0")


def ask(store: RemoteStore) -> bytes:
    return b"".join(store.query(ASK, ONE, (JSON,)).content)


def test_the_dataset_goes_with_the_request(stub: Stub) -> None:
    stub.answers = [YES]
    assert ask(stub.store()) == b'{"head":{},"boolean":true}'
    method, _, headers, body = stub.seen[0]
    assert (method, headers["Content-Type"], body) == ("POST", "application/sparql-query; charset=utf-8", ASK.encode())
    assert headers["Accept"].startswith(JSON)
    assert stub.parameters() == {"key": ["1"], "default-graph-uri": [A], "named-graph-uri": [B]}


def test_an_empty_selection_is_never_everything(stub: Stub) -> None:
    stub.answers = [YES, status(204)]
    store = stub.store()
    store.query(ASK, GraphSelection((), ()), (JSON,))
    store.update("INSERT DATA {}", GraphSelection((), ()), MINE)
    (only,) = stub.parameters(0)["default-graph-uri"]
    assert only.startswith("urn:")
    assert "using-graph-uri" in stub.parameters(1)


def test_the_union_stands_for_its_graphs(stub: Stub) -> None:
    stub.answers = [YES, YES]
    root = f"http://127.0.0.1:{stub.port}/q"
    store = RemoteStore(Addresses(root), Transport(None, 5), UnionGraph(Iri("urn:union"), frozenset({A, B})))
    store.query(ASK, GraphSelection((A, B, C), (A, B)), (JSON,))
    store.query(ASK, GraphSelection((A, C), (B,)), (JSON,))
    assert stub.parameters(0) == {"default-graph-uri": ["urn:union", C], "named-graph-uri": [A, B]}
    assert stub.parameters(1) == {"default-graph-uri": [A, C], "named-graph-uri": [B]}


def test_the_graph_without_a_name_cannot_be_selected(stub: Stub) -> None:
    with pytest.raises(QueryError, match="without a name"):
        stub.store().query(ASK, GraphSelection((DEFAULT_GRAPH,), ()), (JSON,))
    assert stub.seen == []


@pytest.mark.parametrize("trouble", [BUSY, hang_up, status(429, Retry_After="0"), status(502)])
def test_what_may_be_sent_twice_is_sent_again(stub: Stub, trouble: Callable[[BaseHTTPRequestHandler], None]) -> None:
    stub.answers = [trouble, YES, trouble, status(201), trouble, status(204), trouble, status(200, b"", NT)]
    store = stub.store()
    ask(store)
    assert store.replace_graph(A, b"", NT)
    assert store.drop_graph(A)
    assert store.read_graph(A, (NT,)) is not None
    assert len(stub.seen) == 8


@pytest.mark.parametrize(("trouble", "raised"), [(BUSY, StoreBusyError), (hang_up, StoreError)])
def test_what_may_not_be_sent_twice_is_sent_once(
    stub: Stub, trouble: Callable[[BaseHTTPRequestHandler], None], raised: type[LumbarkgError]
) -> None:
    stub.answers = [trouble, status(204), trouble, status(204)]
    store = stub.store()
    with pytest.raises(raised):
        store.update(f"INSERT DATA {{ GRAPH <{A}> {{ <a:a> <a:a> 1 }} }}", ONE, MINE)
    assert len(stub.seen) == 1
    stub.answers = [trouble, status(204)]
    with pytest.raises(raised):
        store.extend_graph(A, b"", NT)
    assert len(stub.seen) == 2


def test_a_store_that_stays_busy_is_given_up(stub: Stub) -> None:
    stub.answers = [status(503, Retry_After="0")] * 3 + [status(503, Retry_After="7")]
    with pytest.raises(StoreBusyError) as refused:
        ask(stub.store())
    assert refused.value.retry_after == 7
    assert len(stub.seen) == 4


def test_retries_end_with_the_time(stub: Stub) -> None:
    stub.answers = [status(503, Retry_After="60")] * 9
    started = time.monotonic()
    with pytest.raises(StoreBusyError):
        ask(stub.store(seconds=0.5))
    assert time.monotonic() - started < 2
    assert len(stub.seen) == 1


def test_a_store_that_is_not_there_is_named() -> None:
    port = free_port()
    store = RemoteStore(Addresses(f"http://127.0.0.1:{port}/q"), Transport(Credentials.bearer(SECRET), 5, attempts=2))
    with pytest.raises(StoreError, match=f"127.0.0.1:{port} cannot be reached") as refused:
        ask(store)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(stub: Stub, code: int) -> None:
    """Neither to another server, which must see no connection, nor to this one."""
    with _Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        other.socket.settimeout(0.2)
        stub.answers = [
            status(code, Location=f"http://127.0.0.1:{other.server_address[1]}/q"),
            status(code, Location="/elsewhere"),
        ]
        store = stub.store(credentials=Credentials.basic("anna", SECRET))
        for _ in range(2):
            with pytest.raises(StoreError, match="not followed"):
                ask(store)
        with pytest.raises(TimeoutError):
            other.socket.accept()
    assert len(stub.seen) == 2


def test_credentials_are_sent_and_never_said(stub: Stub) -> None:
    stub.answers = [YES, YES, status(401), status(403)]
    basic, bearer = Credentials.basic("anna", SECRET), Credentials.bearer(SECRET)
    ask(stub.store(credentials=basic))
    ask(stub.store(credentials=bearer))
    assert stub.seen[0][2]["Authorization"] == "Basic YW5uYTpodW50ZXIy"
    assert stub.seen[1][2]["Authorization"] == f"Bearer {SECRET}"
    for _ in range(2):
        with pytest.raises(StoreError, match="refuses the credentials") as refused:
            ask(stub.store(credentials=bearer))
        assert SECRET not in str(refused.value)
    assert SECRET not in repr(basic) + repr(bearer)
    assert "YW5uYTpodW50ZXIy" not in repr(basic)


def test_silence_ends_with_the_time(stub: Stub) -> None:
    stub.answers = [lambda _: time.sleep(3)]
    started = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        ask(stub.store(seconds=0.3))
    assert time.monotonic() - started < 2
    assert len(stub.seen) == 1, "a query that ran out of time is not asked again"


def test_a_trickle_ends_with_the_time(stub: Stub) -> None:
    """Each piece comes in time, the whole does not."""

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(40):
            handler.wfile.write(b" " * 100)
            handler.wfile.flush()
            time.sleep(0.05)

    stub.answers = [trickle]
    started = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        ask(stub.store(seconds=0.4))
    assert time.monotonic() - started < 3


def test_an_answer_that_breaks_off_is_an_error(stub: Stub) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b'{"head":')
        hang_up(handler)

    stub.answers = [break_off]
    with pytest.raises(StoreError, match="broke off in the middle"):
        ask(stub.store())


def test_an_answer_is_streamed(stub: Stub) -> None:
    """The first bytes are here before the server has written the last."""
    may_finish, piece = threading.Event(), b"x" * 70_000

    def in_two(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv")
        handler.send_header("Content-Length", str(2 * len(piece)))
        handler.end_headers()
        handler.wfile.write(piece)
        handler.wfile.flush()
        assert may_finish.wait(5)
        handler.wfile.write(piece)

    stub.answers = [in_two]
    content = stub.store().query(ASK, ONE, ("text/csv",)).content
    first = next(content)
    may_finish.set()
    assert len(first) + len(b"".join(content)) == 2 * len(piece)


def test_an_answer_that_breaks_off_between_chunks_is_an_error(stub: Stub) -> None:
    def break_off(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b'8\r\n{"head":\r\n')
        handler.wfile.flush()
        hang_up(handler)

    stub.answers = [break_off]
    with pytest.raises(StoreError, match="broke off in the middle"):
        ask(stub.store())


def test_an_answer_has_a_largest_size(stub: Stub) -> None:
    stub.answers = [status(200, b" " * 3_000_000, JSON), YES]
    root = f"http://127.0.0.1:{stub.port}/q"
    store = RemoteStore(Addresses(root), Transport(None, 5, answer_bytes=1024**2))
    with pytest.raises(QueryLimitError, match="larger than 1 MiB"):
        ask(store)
    assert ask(store)


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        (400, QueryError),
        (404, StoreError),
        (406, NotAcceptableError),
        (408, QueryTimeoutError),
        (500, StoreError),
        (504, QueryTimeoutError),
    ],
)
def test_every_status_has_a_meaning(stub: Stub, code: int, raised: type[LumbarkgError]) -> None:
    stub.answers = [status(code, b"line 1: expected SELECT")]
    with pytest.raises(raised):
        ask(stub.store())


def test_what_is_no_result_is_refused(stub: Stub) -> None:
    stub.answers = [status(200, b"<html>", "text/html")]
    with pytest.raises(StoreError, match="text/html"):
        ask(stub.store())


def test_another_name_for_a_format_is_understood(stub: Stub) -> None:
    stub.answers = [status(200, b"{}", "application/json;charset=utf-8")]
    assert stub.store().query(ASK, ONE, (JSON,)).media_type == JSON


def test_a_graph_that_the_store_refuses_is_an_invalid_input(stub: Stub) -> None:
    stub.answers = [status(400, b"too many")]
    with pytest.raises(InvalidInputError, match="too many"):
        stub.store().replace_graph(A, b"", NT)


def test_a_missing_address_says_which_variable_to_set(stub: Stub) -> None:
    store = RemoteStore(Addresses(f"http://127.0.0.1:{stub.port}/q"), Transport(None, 5))
    with pytest.raises(StoreError, match="LUMBARKG_STORE_UPDATE"):
        store.update("INSERT DATA {}", ONE, MINE)
    with pytest.raises(StoreError, match="LUMBARKG_STORE_GRAPHS"):
        store.drop_graph(A)


def test_a_store_without_knowledge_does_not_start(stub: Stub) -> None:
    stub.answers = [status(200, b'{"head":{},"boolean":false}', JSON), YES]
    root = f"http://127.0.0.1:{stub.port}/q"
    store = RemoteStore(Addresses(root), Transport(None, 5), UnionGraph(Iri("urn:union"), frozenset({A})))
    with pytest.raises(StoreError, match="lumbarkg load"):
        store.start()
    assert store.start() == root


@pytest.mark.parametrize(
    "text",
    [
        "INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        "INSERT { graph#x\n$g { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        f"WITH <{C}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"DELETE {{ GRAPH <{A}> {{ ?s ?p ?o }} }} USING <{C}> WHERE {{ ?s ?p ?o }}",
        f"COPY <{C}> TO <{A}>",
        f"ADD <{C}> TO <{A}>",
        f"MOVE <{C}> TO <{A}>",
        "CLEAR ALL",
        "DROP SILENT DEFAULT",
        "clear named",
        f"LOAD <http://127.0.0.1/x> INTO GRAPH <{A}>",
        "INSERT { \\u0047RAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o }",
        'INSERT DATA { <a:a> <a:a> "\\u0022 } } ; CLEAR ALL ; #" }',
    ],
)
def test_an_update_of_unknown_reach_is_not_sent(stub: Stub, text: str) -> None:
    with pytest.raises(ForbiddenError) as refused:
        stub.store().update(text, ONE, MINE)
    assert refused.value.remedy
    assert stub.seen == []


@pytest.mark.parametrize(
    "text",
    [
        f'INSERT DATA {{ GRAPH <{A}> {{ <a:a> <a:a> \'COPY ALL WITH GRAPH ?x\' , "LOAD \\" USING" }} }} # CLEAR ALL',
        f'INSERT DATA {{ GRAPH <{A}> {{ <http://e.org/load> <http://e.org/#with> """ DROP "ALL" """ }} }}',
        f"CLEAR GRAPH <{A}>",
        f"DELETE {{ GRAPH <{A}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{A}> {{ ?s ?p ?o FILTER(?o<3) }} }}",
    ],
)
def test_an_update_of_plain_reach_is_sent(stub: Stub, text: str) -> None:
    stub.answers = [status(204)]
    stub.store().update(text, ONE, MINE)
    assert stub.seen[0][3] == text.encode()
    assert stub.parameters() == {"using-graph-uri": [A], "using-named-graph-uri": [B]}


FRAGMENTS = [
    *(
        "GRAPH",
        "graph",
        "?g",
        "$g",
        "WITH",
        "USING NAMED",
        "COPY",
        "LOAD",
        "DROP SILENT NAMED",
        "CLEAR",
        "ALL",
        "{",
        "}",
    ),
    *(
        " ",
        "\n",
        "\r",
        "#",
        "# x\n",
        '"',
        "'",
        '"""',
        3 * "'",
        '"a"',
        "'b'",
        "\\",
        '\\"',
        "<",
        ">",
        "<http://e.org/#x>",
    ),
    *("<?a&&?b>", "1<2", "INSERT DATA", "WHERE", ";", "\\u0047", "é", "a:b", "a:b\\#", "a:b\\'", "_", "3", "\t"),
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_no_update_of_unknown_reach_passes_for_a_plain_one(text: str) -> None:
    """Whatever the tokens of the grammar make of a text, no word that opens its reach is overlooked."""
    tokens = list(tokenise(unescape(text)))
    opens = any(token.is_word("WITH", "USING", "COPY", "LOAD") for token in tokens)
    for first, second, third in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        opens |= first.is_word("GRAPH") and second.kind is TokenKind.VARIABLE
        if first.is_word("CLEAR", "DROP"):
            opens |= second.is_word("ALL", "NAMED")
            opens |= second.is_word("SILENT") and third is not None and third.is_word("ALL", "NAMED")
    assert is_unbounded(text) or not opens
