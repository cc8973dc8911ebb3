"""Which form a client gets: the table of Accept headers."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from lumbarkg.web.negotiate import Form, choose, split_extension

TABLE: dict[str, Form | None] = {
    "": Form.RDF_XML,
    # browsers
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": Form.HTML,
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8": Form.HTML,
    "text/html, application/rdf+xml": Form.HTML,
    "text/*": Form.HTML,
    # OWL tools and scripts
    "*/*": Form.RDF_XML,
    "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09": Form.RDF_XML,
    "application/rdf+xml, application/xml; q=0.5, text/xml; q=0.3, */*; q=0.2": Form.RDF_XML,
    "application/rdf+xml, text/html": Form.RDF_XML,
    "application/owl+xml": Form.RDF_XML,
    "application/owl+xml, */*;q=0.1": Form.RDF_XML,
    "text/plain, */*;q=0.1": Form.RDF_XML,
    "application/*": Form.RDF_XML,
    "application/xml": Form.RDF_XML,
    # RDF clients
    "text/turtle": Form.TURTLE,
    "text/turtle;charset=utf-8": Form.TURTLE,
    "TEXT/TURTLE": Form.TURTLE,
    "text/turtle, */*;q=0.1": Form.TURTLE,
    "text/turtle, */*": Form.TURTLE,
    "application/ld+json": Form.JSON_LD,
    'application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"': Form.JSON_LD,
    "application/json": Form.JSON_LD,
    "application/ld+json;q=0.5, text/turtle;q=0.9, text/html;q=0.1": Form.TURTLE,
    "application/rdf+xml;q=0.2, text/turtle;q=0.1": Form.RDF_XML,
    # what is said of a type wins over what is said of all
    "application/rdf+xml;q=0.1, */*": Form.HTML,
    "application/rdf+xml;q=0, text/html;q=0, */*": Form.TURTLE,
    "text/turtle;q=0": None,
    "image/png": None,
    "application/rdf+xml;q=0": None,
}


@pytest.mark.parametrize("header", TABLE)
def test_the_form_that_a_header_gets(header: str) -> None:
    assert choose(parse_accept_header(header, MIMEAccept)) is TABLE[header]


@pytest.mark.parametrize("form", Form)
def test_an_extension_asks_for_its_form(form: Form) -> None:
    assert split_extension(f"Deadlift{form.extension}") == ("Deadlift", form)
    assert split_extension(f"ontology/0.1.0{form.extension}") == ("ontology/0.1.0", form)


@pytest.mark.parametrize("name", ["Deadlift", "ontology/0.1.0", "", "a.b", "ttl"])
def test_anything_else_is_part_of_the_name(name: str) -> None:
    assert split_extension(name) == (name, None)
