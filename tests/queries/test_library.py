"""Every named query declares itself fully, answers its example, and binds its parameters as terms."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.errors import InvalidInputError, QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.evidence_rdf import evidence_triples
from lumbarkg.ontology.sssom import read_mappings
from lumbarkg.rdf.dataset import Dataset
from lumbarkg.rdf.results import Collector
from lumbarkg.rdf.syntax import Syntax, parse
from lumbarkg.rdf.terms import Graph, Literal
from lumbarkg.resources import release_dir
from lumbarkg.sparql.documents import parse_document, read_document, row_fits
from lumbarkg.sparql.graphs import QUERIES, knowledge_graphs
from lumbarkg.sparql.library import NamedQuery, Page, ParameterType, QueryForm, read_library, read_query
from lumbarkg.sparql.library_graph import SHACL, library_triples, query_iri
from lumbarkg.sparql.parameters import bind_parameters
from lumbarkg.sparql.term_index import TermIndex, Unresolved
from tests.conftest import ROOT

FOLDER = ROOT / "queries" / "api"
LIBRARY = read_library(FOLDER)
ALL = [pytest.param(query, id=name) for name, query in LIBRARY.items()]
TABLES = [p for p in ALL if p.values[0].form is QueryForm.SELECT]
TAGS = {
    "advice",
    "anatomy",
    "claims",
    "conditions",
    "evidence",
    "exercises",
    "findings",
    "mappings",
    "patterns",
    "terms",
    "triage",
}


@pytest.fixture(scope="module")
def graphs(engine: Engine) -> dict[Iri, bytes]:
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    return knowledge_graphs(engine.knowledge, engine.ranker.tables, mappings, LIBRARY.values())


@pytest.fixture(scope="module")
def dataset(graphs: dict[Iri, bytes]) -> Dataset:
    return Dataset(graphs)


@pytest.fixture(scope="module")
def index(engine: Engine) -> TermIndex:
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    return TermIndex(engine.knowledge, evidence_triples(engine.ranker.tables), engine.terms.prefixes, mappings)


def _rows(dataset: Dataset, query: NamedQuery, text: str) -> list[tuple[str | None, ...]]:
    if not query.form.gives_graph:
        return dataset.rows(text)[1]
    document = Collector()
    dataset.query(text, dataset.names, dataset.names, ("application/n-triples",), document)
    return [
        (str(t.subject), str(t.predicate), t.object.value if isinstance(t.object, Literal) else str(t.object))
        for t in parse(document.content, Syntax.N_TRIPLES)
    ]


def test_the_queries_are_as_many_as_they_should_be() -> None:
    assert len(LIBRARY) >= 70
    assert len({q.summary for q in LIBRARY.values()}) == len(LIBRARY)
    assert {tag for q in LIBRARY.values() for tag in q.tags} == TAGS
    assert {p.type for q in LIBRARY.values() for p in q.parameters} >= {
        ParameterType.TERM,
        ParameterType.STRING,
        ParameterType.TEXT,
        ParameterType.DECIMAL,
    }


@pytest.mark.parametrize("query", ALL)
def test_a_query_says_what_it_asks(query: NamedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.description.endswith(".")
    assert query.tags
    assert all(parameter.description for parameter in query.parameters)
    assert {name for name, _ in query.example} >= {p.name for p in query.parameters if p.is_required}


@pytest.mark.parametrize("query", ALL)
def test_a_query_answers_what_it_expects(query: NamedQuery, dataset: Dataset, engine: Engine, index: TermIndex) -> None:
    expected = query.document.expected_rows(engine.terms.prefixes)
    assert expected
    rows = _rows(dataset, query, query.bind(bind_parameters(query, query.example, index)))
    missing = [want for want in expected if not any(row_fits(want, row) for row in rows)]
    assert missing == [], rows[:10]


@pytest.mark.parametrize("query", ALL)
def test_the_text_as_it_stands_answers_the_example(query: NamedQuery, dataset: Dataset, index: TermIndex) -> None:
    bound = query.bind(bind_parameters(query, query.example, index))
    assert _rows(dataset, query, query.text) == _rows(dataset, query, bound)


@pytest.mark.parametrize("query", TABLES)
def test_the_columns_are_those_declared(query: NamedQuery, dataset: Dataset) -> None:
    columns, rows = dataset.rows(query.text)
    assert columns == tuple(column.name for column in query.columns)
    assert len(set(rows)) == len(rows), "a row stands twice: pages would not be stable"


@pytest.mark.parametrize("query", TABLES)
def test_the_pages_of_an_answer_are_the_answer(query: NamedQuery, dataset: Dataset, index: TermIndex) -> None:
    """In whatever pieces it is read, each row comes once; the columns make the order total."""
    bound = bind_parameters(query, query.example, index)
    whole = dataset.rows(query.bind(bound, Page(10_000)))[1]
    assert sorted(whole, key=str) == sorted(dataset.rows(query.bind(bound))[1], key=str)
    step = max(1, len(whole) // 3)
    pages = [dataset.rows(query.bind(bound, Page(step, start)))[1] for start in range(0, len(whole), step)]
    assert [row for page in pages for row in page] == whole


@pytest.mark.parametrize("query", [p for p in ALL if any(not q.is_required for q in p.values[0].parameters)])
def test_a_query_answers_without_what_is_optional(query: NamedQuery, dataset: Dataset, index: TermIndex) -> None:
    needed = {p.name for p in query.parameters if p.is_required}
    fewer = [(name, value) for name, value in query.example if name in needed]
    assert _rows(dataset, query, query.bind(bind_parameters(query, fewer, index)))


@pytest.mark.parametrize("query", ALL)
def test_a_file_is_formatted(query: NamedQuery) -> None:
    lines = query.text.splitlines()
    header = [number for number, line in enumerate(lines) if line.startswith("#+")]
    assert header == list(range(len(header))), "the header stands first"
    assert query.text.endswith("\n")
    assert not query.text.endswith("\n\n")
    assert all(line == line.rstrip() and "\t" not in line for line in lines)
    body = lines[len(header) :]
    assert all(len(line) <= 120 for line in body)
    prefixes = [line for line in body if line.startswith("PREFIX")]
    declared = {line.split()[1].rstrip(":") for line in prefixes}
    rest = re.sub(r'"[^"]*"|#.*', "", "\n".join(line for line in body if line not in prefixes))
    assert set(re.findall(r"(?<![\w:<])([A-Za-z]+):", rest)) == declared
    for line in prefixes:
        _, prefix, namespace = line.split()
        known = {**v.WELL_KNOWN_PREFIXES}[prefix.rstrip(":")]
        assert namespace == f"<{known}>"


def test_no_query_reaches_outside() -> None:
    for query in LIBRARY.values():
        assert not re.search(r"\b(SERVICE|LOAD|FROM|REGEX)\b", re.sub(r"#.*", "", query.text)), query.name


LITERALS = """#+ summary: Which literals are these?
#+ description: They come back.
#+ parameter: string, string, optional: any
#+ parameter: text, text, optional: any
#+ parameter: integer, integer, optional: any
#+ parameter: decimal, decimal, optional: any
#+ parameter: boolean, boolean, optional: any
#+ example: string=a
#+ column: string: it
#+ column: text: it
#+ column: language: of the text
#+ column: integer: it
#+ column: decimal: it
#+ column: boolean: it
#+ column: intruder: never bound
SELECT ?string ?text (LANG(?text) AS ?language) ?integer ?decimal ?boolean ?intruder
WHERE {
  VALUES ?string { "a" }
  VALUES ?text { "a"@en }
  VALUES ?integer { 1 }
  VALUES ?decimal { 1.5 }
  VALUES ?boolean { true }
}
ORDER BY ?string
"""
HARMFUL = ['"', '" } BIND(1 AS ?intruder) #', "'''", "\\", '\\" }', "\n", "{", "}", "?x", "<a>", "\u2028", "a@b", "é😀"]


@given(text=st.one_of(st.sampled_from(HARMFUL), st.text(min_size=1, max_size=40)))
def test_whatever_is_written_stays_one_term(text: str, index: TermIndex) -> None:
    """Reading what was bound gives it back: no text ends the literal that it is written in."""
    query = read_query(parse_document("asked", LITERALS))
    if not text.strip() or "\x00" in text:
        assert set(_problems(query, [("string", text)], index)) == {"/string"}
        return
    bound = bind_parameters(query, [("string", text), ("text", f"{text}@de-CH")], index)
    _, rows = Dataset({}).rows(query.bind(bound))
    assert rows == [(text, text, "de-ch", None, None, None, None)]


@given(
    integer=st.integers(-(10**17), 10**17),
    decimal=st.decimals(-(10**6), 10**6, places=4),
    boolean=st.booleans(),
)
def test_numbers_keep_their_value(integer: int, decimal: Decimal, boolean: bool, index: TermIndex) -> None:
    query = read_query(parse_document("asked", LITERALS))
    given_ = [("integer", str(integer)), ("decimal", str(decimal)), ("boolean", str(boolean))]
    _, rows = Dataset({}).rows(query.bind(bind_parameters(query, given_, index)))
    assert len(rows) == 1
    assert rows[0][:3] == (None, None, None)
    assert [Decimal(str(cell)) for cell in rows[0][3:5]] == [integer, decimal]
    assert rows[0][5:] == (str(boolean).lower(), None)


def _problems(query: NamedQuery, given_: list[tuple[str, str]], index: TermIndex) -> dict[str, tuple[str, str]]:
    with pytest.raises(InvalidInputError) as refused:
        bind_parameters(query, given_, index)
    return {issue.path: (issue.code, issue.remedy) for issue in refused.value.issues}


def test_every_problem_is_told_at_once(index: TermIndex) -> None:
    query = read_query(parse_document("asked", LITERALS))
    problems = _problems(
        query,
        [
            ("integer", "1.5"),
            ("decimal", "1e3"),
            ("boolean", "perhaps"),
            ("string", " "),
            ("strung", "a"),
            ("text", "a"),
            ("text", "b"),
        ],
        index,
    )
    assert {path: code for path, (code, _) in problems.items()} == {
        "/integer": "wrong-type",
        "/decimal": "wrong-type",
        "/boolean": "wrong-type",
        "/string": "empty",
        "/strung": "unknown-parameter",
        "/text": "repeated",
    }
    assert "string" in problems["/strung"][1]


@pytest.mark.parametrize(
    "written", ["Deadlift", "lkg:Deadlift", "https://w3id.org/lumbarkg/Deadlift", "deadlift", "Deadlift ", "DEADLIFT"]
)
def test_a_term_is_accepted_by_any_of_its_names(written: str, index: TermIndex) -> None:
    bound = bind_parameters(LIBRARY["loads-of-an-exercise"], [("exercise", written)], index)
    assert bound == {"exercise": "<https://w3id.org/lumbarkg/Deadlift>"}


@pytest.mark.parametrize(
    ("query", "parameter", "written", "code", "remedy"),
    [
        ("loads-of-an-exercise", "exercise", "Dedlift", "unknown-term", "lkg:Deadlift"),
        ("loads-of-an-exercise", "exercise", "Fever", "wrong-kind", "exercise"),
        ("loads-of-an-exercise", "exercise", "lkg:NoSuchThing", "unknown-term", ""),
        ("loads-of-an-exercise", "exercise", "<https://example.org/x> } #", "unknown-term", ""),
        ("claims", "stance", "contestd", "no-choice", "contested"),
        ("red-flags-of-a-group", "group", "Fever", "wrong-kind", "red-flag group"),
        ("loads-of-an-exercise", "exercise", "a" * 2000, "unusable", ""),
        ("loads-of-an-exercise", "exercise", "\ud800", "unusable", ""),
    ],
)
def test_a_bad_value_says_what_to_do(
    query: str, parameter: str, written: str, code: str, remedy: str, index: TermIndex
) -> None:
    found = _problems(LIBRARY[query], [(parameter, written)], index)[f"/{parameter}"]
    assert found[0] == code
    assert remedy in found[1]


def test_individuals_rows_and_references_are_terms_too(index: TermIndex) -> None:
    for query, parameter, written, iri in (
        ("sources-of-a-claim", "claim", "ClaimA33", "ClaimA33"),
        ("red-flags-of-a-group", "group", "cauda equina red-flag group", "CaudaEquinaRedFlagGroup"),
        ("what-a-reference-supports", "reference", "Wilke1999", "reference/Wilke1999"),
        ("definition-of-a-term", "term", "lkg:hasFinding", "hasFinding"),
    ):
        bound = bind_parameters(LIBRARY[query], [(parameter, written)], index)
        assert bound[parameter] == f"<{v.LKG}{iri}>"


def test_a_code_that_means_the_same_is_a_name(index: TermIndex, engine: Engine) -> None:
    """A code that is only near means nothing: it is for the caller to choose."""
    mappings = read_mappings(release_dir() / "mappings", engine.terms.prefixes)
    exact = {m.object: m.subject for m in mappings if m.predicate == "skos:exactMatch"}
    others = {m.object for m in mappings} - set(exact)
    assert exact
    assert len(others) > 200
    assert {code: index.resolve(code, "") for code in exact} == exact
    assert all(isinstance(index.resolve(code, ""), Unresolved) for code in sorted(others)[:40])


def test_a_repeatable_parameter_holds_several_terms(index: TermIndex, dataset: Dataset) -> None:
    query = LIBRARY["terms-by-label"]
    bound = bind_parameters(query, [("label", "fever"), ("label", "foot drop@en"), ("label", "fever")], index)
    assert bound["label"] == '"fever"@en "foot drop"@en'
    assert len(dataset.rows(query.bind(bound))[1]) == 2
    assert _problems(query, [("label", str(n)) for n in range(21)], index)["/label"][0] == "repeated"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("#+ parameter: string, string, optional: any", "#+ parameter: string, strong, optional: any", "no type"),
        ("#+ parameter: string, string, optional: any", "#+ parameter: string, string, perhaps: any", "required"),
        ("#+ parameter: string, string, optional: any", "#+ parameter: limit, string, optional: any", "cannot name"),
        ("#+ parameter: string, string, optional: any", "#+ parameter: string any", "is not 'name"),
        ('  VALUES ?string { "a" }\n', "", "no line 'VALUES"),
        ("#+ example: string=a", "#+ example: strung=a", "no parameter"),
        ("ORDER BY ?string\n", "", "ORDER BY"),
        ("SELECT ?string", "CHOOSE ?string", "no line begins"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named(old: str, new: str, words: str) -> None:
    assert old in LITERALS
    with pytest.raises(QueryError, match=words) as refused:
        read_query(parse_document("asked", LITERALS.replace(old, new)))
    assert str(refused.value).startswith("asked: ")


def test_the_store_lists_the_queries(dataset: Dataset) -> None:
    """As SPARQL editors ask, over the default graph."""
    columns, rows = dataset.rows(
        f"""PREFIX sh: <{SHACL}> PREFIX rdfs: <{v.RDFS}> PREFIX schema: <https://schema.org/>
        SELECT ?query ?comment ?text (COUNT(?keyword) AS ?keywords) WHERE {{
          ?query a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?text ;
                 schema:keywords ?keyword .
        }} GROUP BY ?query ?comment ?text"""
    )
    assert columns[0] == "query"
    assert {row[0]: row[2] for row in rows} == {query_iri(name): query.text for name, query in LIBRARY.items()}


def test_every_form_has_its_class() -> None:
    graph = Graph(library_triples(LIBRARY.values()))
    for form, cls in (("ASK", "Ask"), ("SELECT", "Select"), ("CONSTRUCT", "Construct")):
        names = {query_iri(q.name) for q in LIBRARY.values() if q.form.name == form}
        assert names
        assert set(graph.instances(Iri(f"{SHACL}SPARQL{cls}Executable"))) == names


def test_the_description_has_a_graph_of_its_own(graphs: dict[Iri, bytes]) -> None:
    assert graphs[QUERIES].count(b"SPARQLExecutable") == len(LIBRARY)


def test_a_header_line_without_a_colon_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_text("#+ nothing\n")
    with pytest.raises(QueryError, match="key: value"):
        read_document(tmp_path / "x.rq")
