"""Mapping tables: what a row says, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri, Prefixes
from lumbarkg.ontology.sssom import read_mappings

PREFIXES = Prefixes(v.WELL_KNOWN_PREFIXES)
HEADER = "# curie_map:\n#   EX: https://example.org/\n#   'Q': \"https://example.net/\"\n# mapping_set_id: https://example.org/m\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tobject_label\tmapping_justification"


def _read(folder: Path, *lines: str, header: str = HEADER) -> list[tuple[str, str | None]]:
    (folder / "example.sssom.tsv").write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    return [(m.subject, m.object_iri) for m in read_mappings(folder, PREFIXES)]


def test_a_row(tmp_path: Path) -> None:
    _read(tmp_path, COLUMNS, "lkg:A\tskos:exactMatch\tEX:1\tone\tsemapv:ManualMappingCuration")
    (row,) = read_mappings(tmp_path, PREFIXES)
    assert (row.target, row.subject, row.predicate) == ("example", Iri(v.LKG + "A"), "skos:exactMatch")
    assert (row.object, row.object_iri, row.object_label) == ("EX:1", "https://example.org/1", "one")
    assert (row.justification, row.comment) == ("semapv:ManualMappingCuration", "")


def test_prefixes_in_quotes_and_unknown_ones(tmp_path: Path) -> None:
    rows = [f"lkg:A\tskos:exactMatch\t{code}\t\tx" for code in ("Q:2", "NONE:3")]
    assert _read(tmp_path, COLUMNS, *rows) == [(v.LKG + "A", "https://example.net/2"), (v.LKG + "A", None)]


def test_no_folder_and_an_empty_table_hold_nothing(tmp_path: Path) -> None:
    assert read_mappings(tmp_path / "none", PREFIXES) == ()
    assert _read(tmp_path) == []
    assert _read(tmp_path, COLUMNS) == []


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["subject_id\tobject_id"], "lacks the columns predicate_id, mapping_justification"),
        ([COLUMNS, "lkg:A\tskos:exactMatch"], "line 6: 2 cells, the header has 5"),
        ([COLUMNS, "X:A\tskos:exactMatch\tEX:1\t\tx"], "'X:A' is no CURIE with a known prefix"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, lines: list[str], complaint: str) -> None:
    with pytest.raises(OntologyError, match=r"^example\.sssom\.tsv") as raised:
        _read(tmp_path, *lines)
    assert complaint in str(raised.value)
