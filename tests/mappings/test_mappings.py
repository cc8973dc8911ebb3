"""The SSSOM files: they read, they speak of our terms, and they say no more than the clinical data pack does."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.ontology.build.release import Build
from lumbarkg.rdf.terms import Literal

FOLDER = Path(__file__).parents[2] / "ontology" / "mappings"
COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "comment",
]
PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
CODE = r"[A-Z]\d[\dA-Z](\.[\dA-Z]{1,4})?"
# file → how many mappings it holds, and what an object of it looks like
FILES = {
    "doid": (18, r"DOID:\d+"),
    "fma": (41, r"FMA:\d+"),
    "hp": (68, r"HP:\d{7}"),
    "icd10cm": (92, rf"ICD10CM:{CODE}"),
    "icd11": (41, r"icd11:[\dA-Z]{4,6}(\.[\dA-Z]{1,2})?"),
    "loinc": (8, r"LOINC:\d+-\d"),
    "mondo": (24, r"MONDO:\d{7}"),
    "snomed": (87, r"snomedct:\d{6,18}"),
    "uberon": (66, r"UBERON:\d{7}"),
}
NOTICES = {
    "hp": "Human Phenotype Ontology (https://hpo.jax.org/), unaltered, version 2023-07-21",
    "icd11": "CC BY-ND 3.0 IGO",
    "loinc": "LOINC is copyright Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes",
    "snomed": "publishes under CC BY 4.0",
}
# The known bad mappings of the pack's README, section 8, and the one that finding_codes.csv warns of.
TRAPS = {"24693007", "48210000", "8847002", "83561009", "268082002", "225565007", "MONDO:0006728", "MONDO:0005290"}


@dataclass(frozen=True)
class Mapping:
    file: str
    subject: str
    label: str
    predicate: str
    object: str
    title: str
    justification: str
    comment: str

    @property
    def code(self) -> str:
        return self.object if self.file in ("doid", "fma", "hp", "mondo", "uberon") else self.object.split(":")[1]

    @property
    def row(self) -> str:
        """The row of the pack that it comes from."""
        return self.comment.split(",")[0]


def _read(file: str) -> tuple[list[str], list[str], list[Mapping]]:
    lines = (FOLDER / f"{file}.sssom.tsv").read_text(encoding="utf-8").splitlines()
    header = [line[1:] for line in lines if line.startswith("#")]
    names, *rows = (line.split("\t") for line in lines[len(header) :])
    return header, names, [Mapping(file, *row) for row in rows]


MAPPINGS = [mapping for file in FILES for mapping in _read(file)[2]]


def test_there_is_one_file_a_target() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{file}.sssom.tsv" for file in FILES}


@pytest.mark.parametrize("file", FILES)
def test_a_file_says_what_it_is_and_counts(file: str) -> None:
    header, names, rows = _read(file)
    keys = {line.split(":")[0] for line in header if not line.startswith(" ")}
    assert keys >= {"curie_map", "mapping_set_id", "mapping_set_version", "license", "object_source_version", "comment"}
    assert f'mapping_set_id: "https://w3id.org/lumbarkg/mappings/{file}"' in header
    assert NOTICES.get(file, "") in "\n".join(header)
    prefixes = {line.split(":")[0].strip() for line in header if line.startswith("  ") and "://" in line}
    assert names == COLUMNS
    count, form = FILES[file]
    assert len(rows) == count
    assert all(re.fullmatch(form, row.object) for row in rows)
    assert {
        part.split(":")[0] for r in rows for part in (r.subject, r.predicate, r.object, r.justification)
    } <= prefixes
    keyed = [(r.subject, r.label, r.predicate, r.object) for r in rows]
    assert all(before < after for before, after in pairwise(keyed)), "sorted, and each once"


def test_subjects_are_terms_of_the_release_under_their_labels(built: Build) -> None:
    ontology = built.ontology
    labels = {
        str(t.subject): t.object.value
        for t in built.triples
        if t.predicate == v.RDFS_LABEL and isinstance(t.object, Literal)
    }
    terms = {str(iri): labels[str(iri)] for iri in ontology.classes | ontology.data_properties}
    for mapping in MAPPINGS:
        assert terms.get(mapping.subject.replace("lkg:", v.LKG)) == mapping.label, mapping


def test_predicates_are_conservative() -> None:
    assert {m.predicate for m in MAPPINGS} <= PREDICATES
    assert {m.justification for m in MAPPINGS} == {"semapv:ManualMappingCuration"}
    exact = [m for m in MAPPINGS if m.predicate == "skos:exactMatch"]
    assert len(exact) == 4
    assert len({(m.subject, m.file) for m in exact}) == len(exact), "at most one a subject and target"
    assert all(m.title.lower() == m.label.lower() for m in exact), "only where the title is the label"
    assert len({(m.subject, m.object) for m in MAPPINGS}) == len(MAPPINGS), "one predicate a pair"


def test_no_known_trap_is_repeated() -> None:
    assert not [m for m in MAPPINGS if m.code in TRAPS]
    stenosis = [m for m in MAPPINGS if m.code == "18347007"]
    assert {m.subject for m in stenosis} == {"lkg:LumbarSpinalStenosis"}


def test_codes_carry_a_right_check_digit() -> None:
    assert all(_verhoeff(m.code) for m in MAPPINGS if m.file == "snomed")
    assert all(_mod_10(m.code) for m in MAPPINGS if m.file == "loinc")
    assert not _verhoeff("279039008")
    assert not _mod_10("2160-1")


def _verhoeff(code: str) -> bool:
    """SNOMED CT: the check over the dihedral group of ten."""
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    permuted = [list(range(10)), step]
    while len(permuted) < 8:
        permuted.append([permuted[-1][step[i]] for i in range(10)])
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _dihedral(check, permuted[place % 8][int(digit)])
    return check == 0


def _dihedral(a: int, b: int) -> int:
    if a < 5:
        return (a + b) % 5 if b < 5 else (a + b - 5) % 5 + 5
    return (a - 5 - b) % 5 + 5 if b < 5 else (a - b) % 5


def _mod_10(code: str) -> bool:
    """LOINC: the check of Luhn."""
    digits, check = code.split("-")
    doubled = "".join(str(int(d) * (2 if i % 2 == 0 else 1)) for i, d in enumerate(reversed(digits)))
    return (10 - sum(map(int, doubled)) % 10) % 10 == int(check)


# ---- conformance with the clinical data pack

# Rows said of another class than the pack's, because their title or note names it or because our finding is narrower:
# pack row → {subject: predicate}. All others repeat the pack's predicate.
OURS = {
    "CC078": {"NeurogenicClaudication": "close"},
    "CC104": {"Discitis": "close"},
    "CC106": {"SpinalTuberculosis": "close"},
    "CC108": {"Discitis": "close"},
    "CC109": {"SpinalEpiduralAbscess": "broad"},
    "CC121": {"MultipleMyeloma": "close"},
    "CC213": {"AnkylosingSpondylitis": "close"},
    "CC214": {"AnkylosingSpondylitis": "close"},
    "CC242": {"Pyelonephritis": "narrow"},
    "FC035": {"LongStandingErectileDysfunction": "broad", "NewSexualDysfunction": "related"},
    "FC036": {"LongStandingErectileDysfunction": "broad", "NewSexualDysfunction": "related"},
    "FC037": {"LongStandingErectileDysfunction": "broad", "NewSexualDysfunction": "related"},
    "FC044": {"LegWeakness": "broad"},
    "FC045": {"LegWeakness": "close"},
    "FC048": {"SteppageGait": "close"},
    "FC090": {"LegPain": "broad"},
    "FC091": {"LegPain": "broad"},
    "FC102": {"NightPain": "related"},
    "FC104": {"PainWorseAfterExercise": "related"},
}
# Rows with a code that no file holds, and why.
LEFT_OUT = {
    "FC101": "a modifier without a class of ours",
    "FC103": "a modifier without a class of ours",
    "EX03": "no exposure of ours",
    "EX08": "a residual code",
    "EX10": "no class of ours",
    "EX20": "an injury, not an exposure",
    "VC17": "a third-party instrument, no class of ours",
    "VC23": "no class of ours",
    "VC24": "the pack does not say what in urine",
    "VC25": "the pack does not say what in urine",
    "intervertebral-symphysis": "the joint that the disc is part of: no class of ours",
    "lumbar-vertebral-foramen": "the hole in one vertebra, not the intervertebral foramen",
    "superficial-fascia": "no class of ours",
}
# Gaps of anatomy_ids.csv whose note gives a superclass or a code all the same.
FROM_NOTES = {"multifidus", "thoracolumbar-fascia", "iliolumbar-ligament", "sacroiliac-ligament"}
SYSTEMS = {
    "ICD-10-CM": "icd10cm",
    "ICD-11-MMS": "icd11",
    "SNOMEDCT": "snomed",
    "MONDO": "mondo",
    "DOID": "doid",
    "HP": "hp",
}


@dataclass(frozen=True)
class PackRow:
    id: str
    status: str
    note: str
    codes: frozenset[tuple[str, str]]
    title: str = ""
    predicate: str = ""
    obsolete: bool = False

    @property
    def is_usable(self) -> bool:
        open_set = "SNOMED IPS free set" in self.note or "SNOMED GPS" in self.note
        closed = any(file == "snomed" for file, _ in self.codes) and not open_set
        return bool(self.codes) and not (self.obsolete or closed or self.note.startswith("Code family"))


@pytest.fixture(scope="module")
def pack(clinical_pack: Path) -> dict[str, PackRow]:
    def table(name: str) -> list[dict[str, str]]:
        with (clinical_pack / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    rows = [
        PackRow(
            row["id"],
            row["status"],
            row["note"],
            frozenset({(SYSTEMS[row["system"]], row["code"])} if row["code"] else ()),
            row.get("title", ""),
            row.get("predicate", ""),
            row.get("obsolete") == "true",
        )
        for name in ("condition_codes", "finding_codes", "exposure_codes")
        for row in table(name)
    ]
    rows += [
        PackRow(
            row["slug"],
            row["status"],
            row["note"] if "SNOMED" not in row["note"] else "",
            frozenset((file, row[file]) for file in ("uberon", "fma") if row[file]),
        )
        for row in table("anatomy_ids")
    ]
    rows += [
        PackRow(row["id"], row["status"], row["note"], frozenset({("loinc", row["code"])}), row["label"])
        for row in table("vocabularies")
        if row["vocabulary"] == "LOINC" and row["item"] == "code" and row["code"]
    ]
    return {row.id: row for row in rows}


def test_every_mapping_repeats_its_row_of_the_pack(pack: dict[str, PackRow]) -> None:
    for mapping in MAPPINGS:
        row = pack[mapping.row]
        assert mapping.comment.split(": ")[0] == f"{row.id}, {row.status}", mapping
        if row.id in FROM_NOTES:
            assert mapping.code in row.note, mapping
            continue
        assert row.is_usable, mapping
        assert (mapping.file, mapping.code) in row.codes, mapping
        assert mapping.title in (row.title, "", "vertebral arch joint"), mapping
        if row.predicate and mapping.subject.removeprefix("lkg:") not in OURS.get(row.id, {}):
            assert mapping.predicate == row.predicate, mapping


def test_what_we_say_otherwise_is_listed_and_no_stronger(pack: dict[str, PackRow]) -> None:
    for id_, said in OURS.items():
        found = {m.subject.removeprefix("lkg:"): m for m in MAPPINGS if m.row == id_}
        for subject, kind in said.items():
            assert found[subject].predicate == f"skos:{kind}Match"
            if pack[id_].predicate != f"skos:{kind}Match":
                assert f"(pack: {pack[id_].predicate.removeprefix('skos:')}" in found[subject].comment
        assert "skos:exactMatch" not in {found[subject].predicate for subject in said}


def test_every_usable_row_of_the_pack_is_mapped_or_left_out_for_a_reason(pack: dict[str, PackRow]) -> None:
    mapped = {m.row for m in MAPPINGS}
    usable = {row.id for row in pack.values() if row.is_usable}
    assert usable - mapped == set(LEFT_OUT)
    assert mapped - usable == FROM_NOTES
    assert len(usable) == 395
    said = {(m.row, m.file, m.code) for m in MAPPINGS}
    wanted = {(id_, *code) for id_ in usable - set(LEFT_OUT) for code in pack[id_].codes}
    assert wanted <= said


def test_snomed_and_unverified_rows_are_what_they_may_be(pack: dict[str, PackRow]) -> None:
    for mapping in MAPPINGS:
        if mapping.file == "snomed":
            assert "SNOMED IPS free set" in mapping.comment or "SNOMED GPS" in mapping.comment
        if pack[mapping.row].status == "unverified":
            assert "NOT VERIFIED" in mapping.comment
