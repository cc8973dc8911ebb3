"""Documents that would hurt their parser are refused before it sees them, at every door that takes RDF/XML."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.documents import read_triples
from lumbarkg.rdf.guard import refuse_hostile
from tests.web.served import Served, serving

RDF_XML = "application/rdf+xml"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LONGEST = 256
LAUGHS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 5))


def document(subset: str, content: str = "&l4;", declaration: str = '<?xml version="1.0"?>') -> str:
    """RDF/XML of one literal under a document type with an internal subset."""
    return (
        f"{declaration}<!DOCTYPE rdf:RDF [{subset}]>"
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="urn:s">'
        f'<p xmlns="urn:">{content}</p></rdf:Description></rdf:RDF>'
    )


def encoded(encoding: str, name: str = "") -> bytes:
    declared = f'<?xml version="1.0" encoding="{name or encoding}"?>'
    return document(LAUGHS, declaration=declared).encode(encoding)


HOSTILE: dict[str, bytes] = {
    "billion laughs": document(LAUGHS).encode(),
    "entities of entities, a little": document('<!ENTITY a "x"><!ENTITY b "&a;">').encode(),
    "an entity by a character reference": document('<!ENTITY a "x"><!ENTITY b "&#38;a;&#x26;a;">').encode(),
    "quadratic blowup": document(f'<!ENTITY l4 "{"x" * (LONGEST + 1)}">', "&l4;" * 1000).encode(),
    "external, SYSTEM": document('<!ENTITY l4 SYSTEM "file:///etc/passwd">').encode(),
    "external, PUBLIC": document('<!ENTITY l4 PUBLIC "x" "http://127.0.0.1:9/">').encode(),
    "external, unparsed": document('<!ENTITY l4 SYSTEM "file:///etc/passwd" NDATA x>').encode(),
    "parameter entity": document("<!ENTITY % p \"<!ENTITY l4 'x'>\"> %p;").encode(),
    "external parameter entity": document('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;').encode(),
    "markup in an entity": document('<!ENTITY l4 "<p>x</p>">').encode(),
    "single quotes": document(LAUGHS.replace('"', "'")).encode(),
    "small letters": document(LAUGHS.replace("ENTITY", "entity")).encode(),
    "line breaks": document(LAUGHS.replace("ENTITY ", "ENTITY\n\t")).encode(),
    # These three pyoxigraph 0.5.13 takes for entities, though they are none in XML.
    "no space": document(LAUGHS.replace("ENTITY ", "ENTITY")).encode(),
    "a space that is none in XML": document(LAUGHS.replace("ENTITY ", "ENTITY\u00a0")).encode(),
    "such a space before the value": document(LAUGHS.replace(' "', ' \u2003"')).encode(),
    "a form feed": document(LAUGHS.replace("ENTITY ", "ENTITY\x0c")).encode(),
    "within a comment": document(f"<!-- {LAUGHS} -->").encode(),
    "comments between": document(LAUGHS.replace("<!ENTITY", '<!-- " --><!ENTITY')).encode(),
    "a comment within the declaration": document(LAUGHS.replace("ENTITY ", "ENTITY <!-- x --> ")).encode(),
    "a comment that opens a quote": document('<!-- <!ENTITY z "-->' + LAUGHS).encode(),
    "after a harmless one": document('<!ENTITY a "x">' + LAUGHS).encode(),
    "within another declaration": document("<!ELEMENT x \"<!ENTITY l1 '&l0;&l0;'>\">" + LAUGHS).encode(),
    "a second document type": document('<!ENTITY a "x">')
    .replace("<rdf:RDF", f"<!DOCTYPE y [{LAUGHS}]><rdf:RDF")
    .encode(),
    "a byte order mark": b"\xef\xbb\xbf" + document(LAUGHS).encode(),
    "ISO-8859-1": encoded("iso-8859-1"),
    "GBK": encoded("gbk"),
    "UTF-7 by name": document(LAUGHS, declaration='<?xml version="1.0" encoding="UTF-7"?>').encode(),
    "UTF-16": encoded("utf-16"),
    "UTF-16LE without a mark": encoded("utf-16-le"),
    "UTF-16BE without a mark": encoded("utf-16-be"),
    "UTF-16 that says UTF-8": encoded("utf-16", "utf-8"),
    "UTF-32": encoded("utf-32"),
}
UNREADABLE: dict[str, bytes] = {
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>'
    + document(LAUGHS, declaration="").replace("<!", "+ADwAIQ-").encode(),
    "EBCDIC": encoded("cp037"),
}
"""The guard sees no declaration in these; the parser refuses their encoding."""
HARMLESS: dict[str, tuple[bytes, str]] = {
    "namespaces as entities": (document(f'<!ENTITY l4 "{RDF}" >').encode(), RDF),
    "two of them": (document('<!ENTITY a "x">\n  <!ENTITY l4 "y">', "&a;&l4;").encode(), "xy"),
    "the longest": (document(f'<!ENTITY l4 "{"x" * LONGEST}">').encode(), "x" * LONGEST),
    "the five of XML": (document("", "&lt;&gt;&amp;&quot;&apos;").encode(), "<>&\"'"),
    "none, but its word": (document("", "ENTITY !ENTITY").encode(), "ENTITY !ENTITY"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_before_the_parser_sees_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the parser saw it")

    monkeypatch.setattr("lumbarkg.rdf.documents.ox.parse", parse)
    with pytest.raises(InvalidInputError) as refused:
        read_triples(HOSTILE[name], RDF_XML, Iri("urn:base"))
    (issue,) = refused.value.issues
    assert issue.code in ("entity", "encoding")
    assert issue.remedy


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_encoding_that_hides_a_declaration_is_none_that_is_read(name: str) -> None:
    with pytest.raises(InvalidInputError):
        read_triples(UNREADABLE[name], RDF_XML, Iri("urn:base"))


@pytest.mark.parametrize("name", HARMLESS)
def test_what_honest_documents_hold_is_read(name: str) -> None:
    content, text = HARMLESS[name]
    (triple,) = read_triples(content, RDF_XML, Iri("urn:base"))
    assert getattr(triple.object, "value", None) == text


@pytest.mark.parametrize("media_type", ["application/rdf+xml; charset=utf-8", "APPLICATION/XML", "text/xml"])
def test_it_is_refused_under_every_name_of_the_format(media_type: str) -> None:
    with pytest.raises(InvalidInputError):
        refuse_hostile(HOSTILE["billion laughs"], media_type)


SPACES = st.sampled_from([" ", " ", " ", "", "\n", "\x0b", "\x0c", "\u00a0", "\u0085", "\u2003", "\u3000", "<!-- -->"])
SPELLINGS = st.tuples(
    st.sampled_from(["", "", "", "<!-- ", "<!ELEMENT x>", '<?x "?>']),
    st.sampled_from(["<!ENTITY", "<!ENTITY", "<!ENTITY", "<!Entity", "<! ENTITY"]),
    SPACES,
    st.sampled_from(["", "", "", "% "]),
    SPACES,
    st.sampled_from(['"', '"', '"', "'"]),
    st.sampled_from(["&{0};", "&{0};", "&#38;{0};", "&#x26;{0};", "<x>&{0};</x>", "%{0};"]),
    st.sampled_from([">", ">", " >", "-->", ""]),
)


@settings(max_examples=1500)
@given(st.lists(SPELLINGS, max_size=3))
def test_nothing_that_is_let_through_grows(spellings: list[tuple[str, ...]]) -> None:
    """Each entity holds the one before it three times, in some spelling: what is read holds no entity of an entity."""
    subset = '<!ENTITY l0 "lol">'
    for number, (before, keyword, space, percent, second, quote, reference, ending) in enumerate(spellings, 1):
        value = reference.format(f"l{number - 1}") * 3
        subset += f"{before}{keyword}{space}{percent}l{number}{second}{quote}{value}{quote}{ending}"
    try:
        triples = read_triples(document(subset, f"&l{len(spellings)};").encode(), RDF_XML, Iri("urn:base"))
    except InvalidInputError:
        return
    for triple in triples:
        assert getattr(triple.object, "value", "").count("lol") <= 1, subset


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("record")) as found:
        yield found


OWN = "https://w3id.org/lumbarkg/graph/user/lab/xml"


@pytest.mark.parametrize("media_type", [RDF_XML, "application/xml", "text/xml"])
def test_every_door_that_takes_rdf_xml_is_guarded(served: Served, media_type: str) -> None:
    token = served.token("lab")
    asked = 0
    for name, content in (HOSTILE | UNREADABLE).items():
        for method, path in (
            ("PUT", f"/sparql/graphs?graph={OWN}"),
            ("POST", f"/sparql/graphs?graph={OWN}"),
            ("POST", "/sparql/graphs"),
            ("PUT", "/lumbarkg/graph/user/lab/xml"),
        ):
            answer = served.send(method, path, token, data=content, content_type=media_type)
            assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), name
            asked += 1
        form = {"file": (io.BytesIO(content), "x.rdf", media_type)}
        assert served.send("POST", f"/sparql/graphs?graph={OWN}", token, data=form).status_code == 400, name
    assert asked > 100
    assert served.send("GET", f"/sparql/graphs?graph={OWN}", token).status_code == 404


def test_doors_for_cases_take_no_xml(served: Served) -> None:
    content = HOSTILE["billion laughs"]
    for method, path in (("POST", "/api/v1/assessments"), ("PUT", f"/api/v1/cases/{uuid.uuid4()}")):
        assert served.send(method, path, data=content, content_type=RDF_XML).status_code == 415
