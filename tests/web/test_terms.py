"""The reference: every named thing answers at the path of its IRI, as a page and as RDF."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree
from urllib.parse import unquote

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib.compare import to_canonical_graph

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.manchester import render_axiom
from lumbarkg.ontology.owl import SubClassOf
from lumbarkg.resources import release_dir, shapes_dir
from lumbarkg.web.app import Config, create_app
from lumbarkg.web.negotiate import Form
from lumbarkg.web.terms import TermPages
from tests.conftest import ROOT

RDF_FORMATS = {Form.TURTLE: "turtle", Form.RDF_XML: "xml", Form.JSON_LD: "json-ld"}
DEFINITION = rdflib.URIRef(v.DEFINITION)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SAMPLE = 60
MANUAL = (ROOT / "docs" / "reference.md").read_text("utf-8")


class Links(HTMLParser):
    """The addresses that a page leads to, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("a", "link", "script"):
            self.addresses.add(found.get("href") or found.get("src") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def code(self) -> str:
        """The text without the spaces between neighbouring links."""
        return "".join(self.words)


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    """A client of an application of this module's own."""
    app = create_app()
    yield app.test_client()
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def pages(client: FlaskClient) -> TermPages:
    found: TermPages = client.application.extensions["terms"]
    return found


def _path(iri: str) -> str:
    return "/lumbarkg/" + iri.removeprefix(v.LKG)


def _html(client: FlaskClient, name: str) -> Links:
    response = client.get(f"/lumbarkg/{name}", headers=BROWSER)
    assert (response.status_code, response.mimetype) == (200, "text/html"), name
    return Links(response.text)


def _sample(names: frozenset[Iri]) -> list[Iri]:
    return random.Random(3).sample(sorted(names), SAMPLE)  # noqa: S311 - a draw, no secret


# ---------------------------------------------------------------- all of it


@pytest.mark.slow
def test_everything_named_has_a_page_whose_links_resolve(client: FlaskClient, pages: TermPages, engine: Engine) -> None:
    ontology = engine.knowledge.ontology
    named = ontology.classes | ontology.object_properties | ontology.data_properties
    assert named <= pages.names
    assert len(pages.names) > 1000
    led_to: set[str] = set(_html(client, "").addresses)
    for iri in sorted(pages.names):
        page = _html(client, iri.removeprefix(v.LKG))
        led_to |= page.addresses
        assert engine.terms.curie(iri) in page.text, iri
        if definition := ontology.graph.text(iri, v.DEFINITION):
            assert " ".join(definition.split()) in page.text, iri
    inside = {a for a in led_to if a.startswith("/")}
    assert {_path(c) for c in ontology.classes} <= inside
    assert [a for a in led_to - inside if not a.startswith(("https://", "http://", "#"))] == []
    answered = {_path(n) for n in pages.names}
    others = {a for a in inside if unquote(a) not in answered}
    rdf = {a for a in others if a.endswith(tuple(f.extension for f in RDF_FORMATS))}
    assert {a.rpartition(".")[0] for a in rdf} <= answered | {"/lumbarkg/ontology"}
    assert others - rdf
    for address in others - rdf:
        assert client.get(address, headers=BROWSER).status_code == 200, address


def test_a_sample_of_classes_answers_in_all_forms(client: FlaskClient, engine: Engine) -> None:
    classes = _sample(engine.knowledge.ontology.classes)
    assert len(classes) == SAMPLE
    for iri in classes:
        definition = engine.terms.term(iri).definition
        graphs = []
        for form, format_ in RDF_FORMATS.items():
            by_header = client.get(_path(iri), headers={"Accept": form.media_type})
            by_extension = client.get(_path(iri) + form.extension)
            assert (by_header.status_code, by_header.mimetype) == (200, form.media_type), iri
            assert by_header.data == by_extension.data, iri
            assert by_header.vary.as_set() >= {"accept"}
            assert by_header.headers["Content-Location"] == _path(iri) + form.extension
            graph = rdflib.Graph().parse(data=by_header.data, format=format_)
            assert str(graph.value(rdflib.URIRef(iri), DEFINITION)) == definition, iri
            graphs.append(to_canonical_graph(graph))
        assert set(graphs[0]) == set(graphs[1]) == set(graphs[2]), iri
        page = client.get(_path(iri), headers=BROWSER)
        assert (page.status_code, page.mimetype) == (200, "text/html"), iri
        assert "Accept" in page.vary
        assert client.get(_path(iri) + ".html").data == page.data


def test_a_page_takes_less_than_20_ms(client: FlaskClient, engine: Engine) -> None:
    """Processor time, the median of a sample: other processes do not count against it."""
    _html(client, "")
    taken = []
    for iri in _sample(engine.knowledge.ontology.classes):
        began = time.process_time()
        client.get(_path(iri), headers=BROWSER)
        taken.append(time.process_time() - began)
    assert sorted(taken)[SAMPLE // 2] < 0.02


# ---------------------------------------------------------------- the RDF of a term


def _description(client: FlaskClient, name: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=client.get(f"/lumbarkg/{name}.ttl").data, format="turtle")


def test_a_description_is_closed_over_blank_nodes_and_carries_axiom_annotations(
    client: FlaskClient, engine: Engine
) -> None:
    whole = rdflib.Graph().parse(release_dir() / "lumbarkg.ttl", format="turtle")
    annotated = {Iri(o) for o in whole.objects(None, rdflib.OWL.annotatedSource) if isinstance(o, rdflib.URIRef)}
    assert len(annotated) > 20
    for iri in sorted(annotated)[:20]:
        found = _description(client, iri.removeprefix(v.LKG))
        assert set(whole.predicate_objects(rdflib.URIRef(iri))) >= {
            (p, o) for p, o in found.predicate_objects(rdflib.URIRef(iri)) if not isinstance(o, rdflib.BNode)
        }
        for node in {o for o in found.objects() if isinstance(o, rdflib.BNode)}:
            assert list(found.predicate_objects(node)), (iri, node)
        mine, theirs = (set(g.subjects(rdflib.OWL.annotatedSource, rdflib.URIRef(iri))) for g in (found, whole))
        assert len(mine) == len(theirs) > 0
        restrictions = [set(g.objects(None, rdflib.OWL.onProperty)) for g in (found, whole)]
        assert restrictions[0] <= restrictions[1]


def test_what_a_description_mentions_has_its_label_and_kind(client: FlaskClient) -> None:
    graph = _description(client, "Deadlift")
    loads = rdflib.URIRef(v.LKG + "loads")
    assert (loads, rdflib.RDF.type, rdflib.OWL.ObjectProperty) in graph
    assert str(graph.value(loads, rdflib.RDFS.label)) == "loads"
    fillers = set(graph.objects(None, rdflib.OWL.someValuesFrom))
    assert fillers
    assert all(graph.value(filler, rdflib.RDFS.label) for filler in fillers)


def test_a_description_states_nothing_of_its_own(client: FlaskClient, pages: TermPages) -> None:
    everything = set(pages.graph)
    for iri in _sample(pages.names):
        described = pages.describer.describe(iri)
        assert described
        assert set(described) <= everything


# ---------------------------------------------------------------- the whole release


@pytest.mark.parametrize("name", ["ontology", "", "ontology/{version}"])
def test_the_whole_release(client: FlaskClient, engine: Engine, name: str) -> None:
    address = f"/lumbarkg/{name.format(version=engine.version)}"
    turtle = client.get(address, headers={"Accept": "text/turtle"})
    assert turtle.data == (release_dir() / "lumbarkg.ttl").read_bytes()
    assert client.get(address).data == (release_dir() / "lumbarkg.owl").read_bytes()
    assert client.get(address, headers=BROWSER).mimetype == "text/html"


def test_the_whole_release_as_json_ld(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/lumbarkg/ontology.jsonld").data, format="json-ld")
    assert len(graph) == len(rdflib.Graph().parse(release_dir() / "lumbarkg.ttl", format="turtle"))


def test_an_unchanged_release_is_not_sent_again(client: FlaskClient) -> None:
    etag = client.get("/lumbarkg/ontology.ttl").headers["ETag"]
    assert client.get("/lumbarkg/ontology.ttl", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/lumbarkg/ontology.owl", headers={"If-None-Match": etag}).status_code == 200


def test_head_is_answered_as_get(client: FlaskClient) -> None:
    response = client.head("/lumbarkg/Deadlift", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.mimetype, response.data) == (200, "text/turtle", b"")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("accept", ["*/*", "text/turtle", "application/ld+json"])
def test_an_unknown_name_is_a_problem_with_a_suggestion(client: FlaskClient, accept: str) -> None:
    response = client.get("/lumbarkg/Deadlft", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    assert response.vary.as_set() >= {"accept"}
    (issue,) = json.loads(response.data)["issues"]
    assert "Deadlft" in issue["message"]
    assert issue["remedy"].startswith("Did you mean lkg:Deadlift")


def test_an_unknown_name_in_a_browser_is_a_page_with_links(client: FlaskClient) -> None:
    response = client.get("/lumbarkg/Deadlft", headers=BROWSER)
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "/lumbarkg/Deadlift" in Links(response.text).addresses


@pytest.mark.parametrize(
    "name", ["reference/Wilke199", "evidence/F0001", "ontology/9.9.9", "<script>", "a" * 5000, "Deadlift/", "%00"]
)
def test_other_names_that_nothing_has(client: FlaskClient, name: str) -> None:
    response = client.get(f"/lumbarkg/{name}")
    assert (response.status_code, response.mimetype) == (404, "application/problem+json")
    page = client.get(f"/lumbarkg/{name}", headers=BROWSER)
    assert page.status_code == 404
    assert "<script>" not in page.text


def test_what_is_not_offered_is_not_acceptable(client: FlaskClient) -> None:
    response = client.get("/lumbarkg/Deadlift", headers={"Accept": "image/png"})
    assert (response.status_code, response.mimetype) == (406, "application/problem+json")
    assert "text/turtle" in json.loads(response.data)["issues"][0]["remedy"]


# ---------------------------------------------------------------- what a page shows


def test_a_page_of_a_class(client: FlaskClient) -> None:
    page = _html(client, "DiscHerniation")
    for word in ("slipped disc", "Exact synonyms", "disorder", "LR+ 1.28", "judgement", "Cochrane", "aggravates"):
        assert word in page.text
    assert {
        "/lumbarkg/evidence/F001",
        "/lumbarkg/reference/vanderWindt2010",
        "/lumbarkg/SitUp",
        "/lumbarkg/ClaimA35",
    } <= (page.addresses)


def test_inferred_parents_are_marked(client: FlaskClient, engine: Engine, pages: TermPages) -> None:
    knowledge, graph = engine.knowledge, engine.knowledge.ontology.graph
    marked = 0
    for iri in sorted(knowledge.ontology.classes):
        for parent in pages.renderer.render(iri)["parents"]:
            above = Iri(v.LKG + parent["link"].name)
            assert knowledge.is_subclass(iri, above)
            assert parent["inferred"] == (above not in graph.objects(iri, v.RDFS_SUBCLASS_OF))
            marked += parent["inferred"]
    assert marked > 0


def test_relations_are_those_of_the_relation_graph(client: FlaskClient, engine: Engine, pages: TermPages) -> None:
    """Shown and folded away together, both ways, nothing is lost and nothing invented."""
    query = "SELECT ?s ?p ?o { GRAPH <https://w3id.org/lumbarkg/graph/relations> { ?s ?p ?o } }"
    bindings = json.loads(client.get("/sparql", query_string={"query": query}).data)["results"]["bindings"]
    edges = {(b["s"]["value"], b["p"]["value"], b["o"]["value"]) for b in bindings}
    assert len(edges) > 1000
    outgoing, incoming = set(), set()
    for iri in engine.knowledge.ontology.classes:
        page = pages.renderer.render(iri)
        for entry in page["relations"]:
            outgoing |= {(iri, v.LKG + entry["property"].name, v.LKG + o.name) for o in entry["near"] + entry["far"]}
        for entry in page["incoming"]:
            incoming |= {(v.LKG + s.name, v.LKG + entry["property"].name, iri) for s in entry["near"] + entry["far"]}
    assert outgoing == incoming == edges


def test_a_page_of_a_claim_lists_what_formalises_it(client: FlaskClient, engine: Engine) -> None:
    page = _html(client, "ClaimA37")
    axioms = [a for a in engine.knowledge.ontology.axioms if "A37" in a.claims and isinstance(a, SubClassOf)]
    assert len(axioms) > 3
    for axiom in axioms:
        assert render_axiom(axiom, engine.terms.label) in page.code
    assert "/lumbarkg/reference/SourceArticle" in page.addresses


def test_a_page_of_a_reference_lists_who_cites_it(client: FlaskClient) -> None:
    page = _html(client, "reference/vanderWindt2010")
    assert {"/lumbarkg/evidence/F001", "/lumbarkg/PositiveStraightLegRaise"} <= page.addresses
    assert "https://doi.org/10.1002/14651858.CD007431.pub2" in page.addresses


def test_a_page_of_evidence_links_finding_condition_and_reference(client: FlaskClient) -> None:
    assert {
        "/lumbarkg/PositiveStraightLegRaise",
        "/lumbarkg/DiscHerniation",
        "/lumbarkg/reference/vanderWindt2010",
    } <= _html(client, "evidence/F001").addresses


def test_the_index_counts_what_lies_below_each_root(client: FlaskClient, engine: Engine) -> None:
    page = _html(client, "")
    knowledge = engine.knowledge
    assert f"Classes {len(knowledge.ontology.classes)}" in page.text
    assert f"anatomical structure {len(knowledge.subclasses(v.ANATOMICAL_STRUCTURE)) - 1}" in page.text


def test_the_search_index_holds_every_page_with_its_synonyms(client: FlaskClient, pages: TermPages) -> None:
    entries = {e["name"]: e for e in json.loads(client.get("/lumbarkg/search-index.json").data)}
    assert {Iri(v.LKG + name) for name in entries} == pages.names
    assert "slipped disc" in entries["DiscHerniation"]["synonyms"]
    assert entries["DiscHerniation"]["kind"] == "condition"


@pytest.mark.parametrize("address", sorted(set(re.findall(r"(/lumbarkg/[^\s`>,]*)", MANUAL))))
def test_the_addresses_of_the_manual_answer(client: FlaskClient, engine: Engine, address: str) -> None:
    assert client.get(address.replace("VERSION", engine.version)).status_code == 200


# ---------------------------------------------------------------- mappings and deprecation


@pytest.fixture
def other(tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of a release with one mapping and one deprecated term."""
    release = tmp_path / "release"
    copytree(release_dir(), release)
    (release / "mappings").mkdir(exist_ok=True)
    (release / "mappings" / "example.sssom.tsv").write_text(
        "#curie_map:\n#  EX: https://example.org/\n#mapping_set_id: example\n"
        "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
        "lkg:Deadlift\tskos:closeMatch\tEX:0001\tlifting from the floor\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    with (release / "lumbarkg.ttl").open("a", encoding="utf-8") as file:
        file.write(
            "\nlkg:DeadLift a owl:Class ; owl:deprecated true ; rdfs:label 'obsolete deadlift'@en ; "
            "rdfs:comment 'Misspelt.' ; <http://purl.obolibrary.org/obo/IAO_0100001> lkg:Deadlift .\n"
        )
    app = create_app(Config(release, shapes_dir()))
    yield app.test_client()
    app.extensions["store"].close()


def test_mappings_and_deprecation_are_shown(other: FlaskClient) -> None:
    page = _html(other, "Deadlift")
    assert "lifting from the floor" in page.text
    assert "skos:closeMatch" in page.text
    assert "https://example.org/0001" in page.addresses
    page = _html(other, "DeadLift")
    assert "Deprecated. Use deadlift instead. Misspelt." in page.text
    assert "/lumbarkg/Deadlift" in page.addresses
