"""What ``ontology/README.md`` shows editors works as written: its Turtle builds and says what the text says of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.build.release import Build, build

ONTOLOGY = Path(__file__).parents[2] / "ontology"
README = (ONTOLOGY / "README.md").read_text(encoding="utf-8")
TERM, SIDE, PATTERN, AT_LEAST, CLAIM, DEPRECATED = (
    dedent(block) for block in re.findall(r"^ *```turtle\n(.*?)^ *```", README, re.DOTALL | re.MULTILINE)
)
COUNTED = f"""lkg:CountedPattern a owl:Class ;
    rdfs:subClassOf lkg:ClinicalPattern ;
    rdfs:label "counted pattern"@en ;
{AT_LEAST}"""


def _build(folder: Path, *blocks: str) -> Build:
    copy = folder / "ontology"
    shutil.copytree(ONTOLOGY, copy, ignore=shutil.ignore_patterns("release"))
    module = copy / "lumbar" / "triage.ttl"
    module.write_text("\n\n".join([module.read_text(encoding="utf-8"), *blocks]), encoding="utf-8")
    return build(copy / "lumbarkg.ttl")


def _lkg(name: str) -> Iri:
    return Iri(v.LKG + name)


def test_terms_patterns_and_claims_build_as_shown(tmp_path: Path) -> None:
    built = _build(tmp_path, TERM, SIDE, PATTERN, COUNTED, CLAIM)
    above = built.knowledge.superclasses
    assert {_lkg("Symptom"), _lkg("Finding")} <= above(_lkg("ShinSoreness"))
    assert _lkg("ShinSoreness") in above(_lkg("BilateralShinSoreness"))
    assert _lkg("ClinicalPattern") in above(_lkg("ShinSorenessPattern"))
    assert _lkg("DeniedLegNumbness") in built.ontology.classes, "the denial became a class of cases"
    assert any(t.subject == _lkg("CountedPattern") and t.predicate == v.OWL_EQUIVALENT_CLASS for t in built.triples)
    assert any(t.predicate == _lkg("claim") and "A99" in str(t.object) for t in built.triples)


def test_a_deprecated_term_builds_as_shown(tmp_path: Path) -> None:
    built = _build(tmp_path, DEPRECATED)
    assert _lkg("ShinSoreness") in built.ontology.classes


def test_the_table_of_files_names_what_is_there() -> None:
    table = README.split("## What is where")[1].split("##")[0]
    named = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    assert len(named) == 15
    for pattern in named:
        assert list(ONTOLOGY.glob(pattern.rstrip("/"))), pattern
    covered = {path for pattern in named for path in ONTOLOGY.glob(pattern.rstrip("/"))}
    modules = {*ONTOLOGY.glob("*.ttl"), *ONTOLOGY.glob("lumbar/*.ttl")}
    assert modules <= covered


@pytest.mark.parametrize("command", re.findall(r"`make ([a-z-]+)`", README))
def test_every_make_target_exists(command: str) -> None:
    assert re.search(rf"^{command}:", (ONTOLOGY.parent / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
