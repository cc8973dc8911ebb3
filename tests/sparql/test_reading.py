"""Queries and updates are read by their tokens: what stands in strings, comments and IRIs does not count."""

from __future__ import annotations

from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg.errors import ForbiddenError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.iris import is_iri
from lumbarkg.sparql.prefixes import undeclared_prefixes
from lumbarkg.sparql.queries import DatasetClause, read_dataset, refuse_nesting, refuse_services
from lumbarkg.sparql.tokens import TokenKind, tokenise, unescape
from lumbarkg.sparql.updates import Whole, read_update
from lumbarkg.sparql.visibility import ANYBODY, Caller, Scope, Visibility
from lumbarkg.vocabulary import LKG

A, B, G = Iri("http://example.org/a"), Iri("http://example.org/b"), Iri("http://example.org/g")
NOISE = [
    "# FROM <http://example.org/hidden> SERVICE\n",
    '"FROM <http://example.org/hidden>"',
    "'''SERVICE <http://example.org/> ' '' '''",
    '"""FROM NAMED <http://example.org/hidden> \\""""',
    "?from",
    "$service",
    "<http://example.org/FROM#SERVICE>",
    "from:SERVICE",
    "_:from",
    '"x"@from-SERVICE',
]


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * FROM <http://example.org/a> FROM NAMED <http://example.org/b> { ?s ?p ?o }", [A], [B]),
        ("BASE <http://example.org/> PREFIX e: <> ASK FROM <a> FROM NAMED e:b {}", [A], [B]),
        ("select*from<http://example.org/a>where{?s ?p ?o}", [A], []),
        ("SELECT (EXISTS { GRAPH ?from { ?s ?p ?o } } AS ?x) FROM <http://example.org/a> {}", [A], []),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://example.org/\\u0061> WHERE { ?s ?p ?o }", [A], []),
        ("CONSTRUCT FROM NAMED <http://example.org/b> WHERE { ?s ?p ?o }", [], [B]),
        ("DESCRIBE <http://example.org/x> FROM <http://example.org/a>", [A], []),
        ("ASK { ?s ?p ?o FILTER(?s<?o && ?o>?p) }", [], []),
        ("PREFIX from: <http://example.org/> ASK { from:x ?p ?o }", [], []),
        ("ASK FROM <Deadlift> {}", [Iri(f"{LKG}Deadlift")], []),
    ],
)
def test_the_dataset_of_a_query(text: str, default: list[Iri], named: list[Iri]) -> None:
    assert read_dataset(text) == DatasetClause(tuple(default), tuple(named))


@given(before=st.lists(st.sampled_from(NOISE)), within=st.lists(st.sampled_from(NOISE)))
def test_what_is_no_clause_does_not_count(before: list[str], within: list[str]) -> None:
    comments = "\n".join(noise for noise in before if noise.startswith("#"))
    text = f"{comments}\nSELECT * FROM <{A}> {comments}\n FROM NAMED <{B}> WHERE {{ {' '.join(within)} }}"
    assert read_dataset(text) == DatasetClause((A,), (B,))
    refuse_services(text)


@given(noise=st.lists(st.sampled_from(NOISE)), silent=st.sampled_from(["", "SILENT ", "silent "]))
def test_a_service_is_found_in_any_noise(noise: list[str], silent: str) -> None:
    text = f"SELECT * {{ {' '.join(noise)} SerVice {silent}?x {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryError, match=r"Line \d+, column \d+: SERVICE"):
        refuse_services(text)


def test_an_escaped_keyword_is_one() -> None:
    """A store that resolves escapes first, as the grammar says, would follow it."""
    with pytest.raises(QueryError):
        refuse_services("ASK { S\\u0045RVICE <http://example.org/> {} }")


def test_limits_of_reading() -> None:
    with pytest.raises(QueryError, match="1000 graphs"):
        read_dataset("ASK " + "FROM <http://example.org/a> " * 1001 + "{}")
    with pytest.raises(QueryError, match="before the pattern"):
        read_dataset("SELECT " + "?x " * 30_000 + "FROM <http://example.org/a> {}")
    with pytest.raises(QueryError, match="nested too deeply"):
        refuse_nesting("ASK " + "{" * 300 + "}" * 300)
    refuse_nesting("SELECT * { VALUES (?x) { " + "(1) " * 5000 + "} }")


@given(st.text(st.sampled_from("<>\"\\'#?:@_aF {}\n.\u00e9u0")))
def test_any_text_has_tokens_that_cover_it(text: str) -> None:
    """Reading ends, loses no character but white space and comments, and gives tokens in order."""
    tokens = list(tokenise(text))
    assert all(text[t.start : t.end] == t.text for t in tokens)
    assert all(a.end <= b.start for a, b in pairwise(tokens))
    assert isinstance(unescape(text), str)


def test_the_library_reads_the_same_tokens() -> None:
    """Each kind of terminal, as pyoxigraph takes it too."""
    text = "SELECT ?a $b { _:x.y <p#q>/^ex:l%41\\,o.cal|! a '''a'b''' , \"\\\"\"@en-GB, 1.5e-3, .5, true . }"
    ox.Store().query(f"PREFIX ex: <urn:> BASE <urn:b> {text.replace('|! a', '/a')}")
    kinds = {t.text: t.kind for t in tokenise(text)}
    assert kinds["_:x.y"] is TokenKind.BLANK
    assert kinds["ex:l%41\\,o.cal"] is TokenKind.PREFIXED
    assert kinds["'''a'b'''"] is kinds['"\\""'] is TokenKind.STRING
    assert kinds["@en-GB"] is TokenKind.LANGUAGE
    assert kinds["1.5e-3"] is kinds[".5"] is TokenKind.NUMBER


@pytest.mark.parametrize(
    ("text", "targets", "has_pattern"),
    [
        (f"INSERT DATA {{ GRAPH <{A}> {{ <s> <p> 1 }} }}", [A], False),
        ("INSERT DATA { <s> <p> 1 }", [Whole.DEFAULT], False),
        (f"DELETE DATA {{ <s> <p> 1 . GRAPH <{A}> {{ <s> <p> 1 }} }}", [Whole.DEFAULT, A], False),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", [Whole.VARIABLE], True),
        (
            f"WITH <{A}> DELETE {{ ?s ?p ?o }} INSERT {{ GRAPH <{B}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
            [A, B],
            True,
        ),
        (f"INSERT {{ GRAPH <{A}> {{ ?s ?p ?o }} }} USING <{B}> WHERE {{ {{ ?s ?p ?o }} UNION {{}} }}", [A], True),
        (f"PREFIX e: <http://example.org/> DROP SILENT GRAPH e:a ; CLEAR GRAPH <{B}>", [A, B], False),
        ("CLEAR DEFAULT; DROP NAMED; CLEAR ALL", [Whole.DEFAULT, Whole.NAMED, Whole.ALL], False),
        (
            f"COPY DEFAULT TO <{A}>; MOVE GRAPH <{A}> TO <{B}>; ADD SILENT <{A}> TO DEFAULT",
            [A, A, B, Whole.DEFAULT],
            True,
        ),
        (
            f"LOAD SILENT <http://example.org/x> INTO GRAPH <{A}>; LOAD <http://example.org/x>",
            [A, Whole.DEFAULT],
            False,
        ),
        (f"CREATE GRAPH <{A}>;", [A], False),
    ],
)
def test_the_targets_of_an_update(text: str, targets: list[object], has_pattern: bool) -> None:
    update = read_update(text)
    assert [target for operation in update.operations for target in operation.targets] == targets
    assert update.has_pattern is has_pattern


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA {",
        "SELECT * {}",
        "CLEAR",
        "CLEAR XYZ",
        "DROP GRAPH",
        "INSERT DATA { } CLEAR ALL",
        "PREFIX x CLEAR ALL",
        "INSERT DATA { GRAPH { } }",
        "COPY <a> <b>",
        "WITH <a> CLEAR ALL",
    ],
)
def test_what_is_no_update_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(QueryError, match=r"Line 1, column \d+"):
        read_update(text)


def test_a_dataset_is_written_into_every_operation() -> None:
    store = ox.Store()
    store.update(f"INSERT DATA {{ GRAPH <{A}> {{ <urn:s> <urn:p> 1 }} GRAPH <{B}> {{ <urn:s> <urn:p> 2 }} }}")
    update = read_update(
        f"INSERT {{ GRAPH <{G}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }} ;"
        f"INSERT {{ GRAPH <{G}> {{ ?s <urn:named> ?o }} }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} }} ;"
        "DELETE WHERE { ?s ?p 7 }"
    )
    store.update(update.with_dataset(DatasetClause((A,), (B,))))
    found = {(q.predicate.value, q.object.value) for q in store.quads_for_pattern(None, None, None, ox.NamedNode(G))}
    assert found == {("urn:p", "1"), ("urn:named", "2")}
    assert update.with_dataset(DatasetClause()) == update.text
    with pytest.raises(QueryError, match="USING or WITH"):
        read_update("WITH <urn:a> DELETE { ?s ?p ?o } WHERE {}").with_dataset(DatasetClause((A,)))


def test_prefixes_that_are_not_declared() -> None:
    known = {"rdfs": "http://www.w3.org/2000/01/rdf-schema#", "lkg": LKG}
    text = "PREFIX own: <urn:>\nSELECT * { ?s rdfs:label own:x, 'foaf:name' ; rfds:label lkgg:y # void:x\n}"
    issues = undeclared_prefixes(text, known)
    assert [issue.message for issue in issues] == [
        "Line 2, column 15: the prefix 'rdfs:' is not declared.",
        "Line 2, column 47: the prefix 'rfds:' is not declared.",
        "Line 2, column 58: the prefix 'lkgg:' is not declared.",
    ]
    assert issues[0].remedy == "Paste this line at the top: PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
    assert "rdfs:" in issues[1].remedy
    assert "lkg:" in issues[2].remedy


def test_is_iri() -> None:
    assert is_iri("http://example.org/a%31?x#y")
    assert is_iri("urn:x")
    for text in ("", "a", "//x", "http://a b", "http://a>", "http://a> <urn:p> 0 . <urn:x"):
        assert not is_iri(text)


def test_who_may_write_what() -> None:
    rule = Visibility((A,))
    writer = Caller("lab", frozenset({Scope.READ, Scope.UPDATE}))
    own = Iri(f"{LKG}graph/user/lab/x")
    rule.check_write(writer, own)
    for name in (A, Iri(f"{LKG}graph/user/lab/"), Iri(f"{LKG}graph/user/lab"), Iri(f"{LKG}graph/user/labx/x"), B):
        with pytest.raises(ForbiddenError):
            rule.check_write(writer, name)
        assert not rule.writable(ANYBODY).includes(name)
    assert not rule.can_see(ANYBODY, own)
    assert rule.can_see(writer, own)
    with pytest.raises(QueryError, match="LOAD"):
        rule.check_update(writer, read_update(f"LOAD <http://example.org/x> INTO GRAPH <{own}>"))
