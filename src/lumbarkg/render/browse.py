"""The index of everything that has a page: the class trees, and lists of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.terms import Literal
from lumbarkg.render.term import TermRenderer

_WORDS = (
    v.EXACT_SYNONYM,
    v.LAYPERSON_SYNONYM,
    v.BROAD_SYNONYM,
    v.NARROW_SYNONYM,
    v.RELATED_SYNONYM,
)


def render_index(renderer: TermRenderer, pages: Iterable[Iri]) -> dict[str, Any]:
    """Header, class trees by root with counts, and lists of properties, individuals, evidence rows and references."""
    knowledge, graph = renderer.knowledge, renderer.graph
    classes = knowledge.ontology.classes
    generated = {t.subject for t in graph.with_predicate(v.DENIAL_OF)}
    roots = [c for c in classes if knowledge.superclasses(c) == knowledge.equivalents(c)]
    lists: dict[str, list[Iri]] = {}
    for iri in pages:
        if iri not in classes:
            lists.setdefault(renderer.kind(iri), []).append(iri)
    trees = [_tree(root, renderer, generated) for root in roots]
    header = graph.instances(v.OWL_ONTOLOGY)[0]
    return {
        "title": graph.text(header, v.TITLE),
        "description": graph.text(header, v.DESCRIPTION),
        "comment": graph.text(header, v.RDFS_COMMENT),
        "iri": str(header),
        "version": graph.text(header, v.OWL_VERSION_INFO),
        "versionIri": graph.text(header, v.OWL_VERSION_IRI),
        "created": graph.text(header, v.CREATED),
        "licence": graph.text(header, v.LICENCE),
        "classes": len(classes),
        "trees": sorted(trees, key=lambda tree: str(tree["link"].text)),
        "generated": renderer.linker.links([Iri(s) for s in generated]),
        "lists": [{"kind": kind, "links": _named(kind_pages, renderer)} for kind, kind_pages in sorted(lists.items())],
    }


def _tree(iri: Iri, renderer: TermRenderer, leave_out: set[Any]) -> dict[str, Any]:
    knowledge = renderer.knowledge
    children = [_tree(c, renderer, leave_out) for c in knowledge.direct_subclasses(iri) if c not in leave_out]
    return {
        "link": renderer.linker.link(iri),
        "below": len(knowledge.subclasses(iri) - leave_out) - 1,
        "children": sorted(children, key=lambda child: str(child["link"].text).casefold()),
    }


def _named(iris: list[Iri], renderer: TermRenderer) -> list[Any]:
    """Links sorted as they read; what has no label of its own reads as its name."""
    graph, linker = renderer.graph, renderer.linker
    links = [linker.link(i, "" if graph.text(i, v.RDFS_LABEL) else i.local_name) for i in iris]
    return sorted(links, key=lambda link: link.text.casefold())


def search_entries(renderer: TermRenderer, pages: Iterable[Iri]) -> list[dict[str, Any]]:
    """For each page: its name, label, kind and synonyms, for a search in the browser."""
    graph = renderer.graph
    entries = []
    for iri in sorted(pages):
        words = [o.value for prop in _WORDS for o in graph.objects(iri, prop) if isinstance(o, Literal)]
        entries.append(
            {
                "name": iri.removeprefix(v.LKG),
                "label": renderer.linker.label(iri),
                "kind": _root_label(iri, renderer),
                **({"synonyms": words} if words else {}),
            }
        )
    return entries


def _root_label(iri: Iri, renderer: TermRenderer) -> str:
    """The label of the root that a class lies under; the kind of anything else."""
    knowledge = renderer.knowledge
    above = knowledge.superclasses(iri)
    top = sorted(c for c in above if knowledge.superclasses(c) == knowledge.equivalents(c))
    return renderer.linker.label(top[0]) if top else renderer.kind(iri)
