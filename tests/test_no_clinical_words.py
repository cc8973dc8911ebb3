"""Knowledge lives in the ontology: no word of the lumbar modules stands in a text file of src/."""

from __future__ import annotations

import re
from pathlib import Path

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine
from lumbarkg.identifiers import Iri
from lumbarkg.rdf.syntax import parse
from tests.conftest import ROOT

# One-word names and labels of the lumbar modules that are also ordinary words of a program or a page, and why.
GENERAL = {
    "constant": "a value that does not change",
    "intermittent": "an ordinary adjective",
    "localised": "an ordinary adjective",
    "generalised": "an ordinary adjective",
    "dull": "an ordinary adjective",
    "sharp": "an ordinary adjective",
    "tight": "an ordinary adjective",
    "standing": "'standing open', 'long-standing'",
    "resting": "'a rule resting on a finding'",
    "rest": "rdf:rest, and 'the rest'",
    "collapse": "folding a part of the page",
    "sport": "an ordinary word",
    "bottom": "⊥, the empty class of description logic",
    "bone": "an ordinary word",
    "joint": "adjective: 'joint covers'",
    "muscle": "lkg:MuscleAction is a class of the core",
    "trunk": "the main line of development",
    "moving": "participle",
    "impact": "an ordinary word",
    "negative": "'a negative likelihood ratio', 'not negative'",
    "plank": "an ordinary word",
    "walking": "'walking a graph'",
    "running": "'running application'",
}
TEXT_FILES = (".py", ".html", ".js", ".css", ".json", ".svg", ".txt", ".md", ".toml")


def _words(text: str) -> list[str]:
    """Lower-case words; camelCase and snake_case are taken apart."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return re.findall(r"[a-z0-9]+", spaced.lower())


def _lumbar_terms(engine: Engine) -> dict[tuple[str, ...], str]:
    """Every local name, label and synonym of the lumbar modules as a sequence of words."""
    core = parse((ROOT / "ontology" / "core.ttl").read_bytes())
    core_terms = {t.subject for t in core}
    core_words = {tuple(_words(Iri(str(s)).local_name)) for s in core_terms}
    core_words |= {tuple(_words(str(getattr(t.object, "value", "")))) for t in core if t.predicate == v.RDFS_LABEL}
    found: dict[tuple[str, ...], str] = {}
    for iri in engine.knowledge.ontology.classes - core_terms:
        term = engine.terms.term(iri)
        for text in (iri.local_name, term.label, *term.synonyms):
            words = tuple(_words(text))
            if words and words not in core_words and not (len(words) == 1 and words[0] in GENERAL):
                found[words] = iri.local_name
    return found


def _occurrences(words: list[str], terms: dict[tuple[str, ...], str]) -> set[str]:
    longest = max(len(t) for t in terms)
    return {
        " ".join(words[i : i + n])
        for i in range(len(words))
        for n in range(1, min(longest, len(words) - i) + 1)
        if tuple(words[i : i + n]) in terms
    }


def _files() -> list[Path]:
    return sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in TEXT_FILES and "_knowledge" not in p.parts)


def test_no_text_file_of_the_source_holds_a_clinical_word(engine: Engine) -> None:
    terms = _lumbar_terms(engine)
    files = _files()
    assert len(terms) > 800
    assert len(files) > 40
    assert {".py", ".html", ".js", ".css"} <= {f.suffix for f in files}
    found = {}
    for file in files:
        hits = _occurrences(_words(file.read_text("utf-8")), terms)
        if hits:
            found[str(file.relative_to(ROOT))] = sorted(hits)
    assert found == {}


def test_the_check_would_find_a_word(engine: Engine) -> None:
    terms = _lumbar_terms(engine)
    assert _occurrences(_words('if finding == "SaddleAnaesthesia": level = "red"'), terms) == {"saddle anaesthesia"}
    assert "low back pain" in _occurrences(_words("rank_low_back_pain()"), terms)


def test_every_excepted_word_is_one_of_the_ontology_and_used(engine: Engine) -> None:
    """An exception that nothing needs is a hole: it must be a term of one word."""
    names = set()
    for iri in engine.knowledge.ontology.classes:
        term = engine.terms.term(iri)
        names |= {tuple(_words(text)) for text in (iri.local_name, term.label, *term.synonyms)}
    assert sorted(word for word in GENERAL if (word,) not in names) == []
