"""Mappings to other vocabularies: SSSOM tables, one file a target, read as typed rows."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable

from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri, Prefixes

_SUFFIX = ".sssom.tsv"
_MAP = "curie_map:"
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")


@dataclass(frozen=True)
class Mapping:
    """One row: a term of ours, how it relates to a term of the target, and why somebody says so.

    ``object_iri`` is None where the file's ``curie_map`` does not know the prefix.
    """

    target: str
    subject: Iri
    predicate: str
    object: str
    object_iri: Iri | None
    object_label: str
    justification: str
    comment: str


def read_mappings(folder: Traversable, prefixes: Prefixes) -> tuple[Mapping, ...]:
    """The rows of every ``*.sssom.tsv`` of a folder; none where there is no such folder.

    Raises OntologyError naming the file and line of a row that cannot be read.
    """
    if not folder.is_dir():
        return ()
    files = sorted((f for f in folder.iterdir() if f.name.endswith(_SUFFIX)), key=lambda f: f.name)
    return tuple(row for file in files for row in _rows(file.name, file.read_text("utf-8"), prefixes))


def _rows(name: str, text: str, prefixes: Prefixes) -> list[Mapping]:
    lines = text.splitlines()
    metadata = [line[1:] for line in lines if line.startswith("#")]
    known = Prefixes({**prefixes.namespaces, **_curie_map(metadata)})
    table = [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]
    if not table:
        return []
    header = table[0][1].split("\t")
    missing = [column for column in _REQUIRED if column not in header]
    if missing:
        raise OntologyError(f"{name}: the table lacks the columns {', '.join(missing)}.")
    found = []
    for number, line in table[1:]:
        cells = line.split("\t")
        if len(cells) != len(header):
            raise OntologyError(f"{name} line {number}: {len(cells)} cells, the header has {len(header)}.")
        row = dict(zip(header, cells, strict=True))
        subject = known.expand(row["subject_id"])
        if subject is None:
            raise OntologyError(f"{name} line {number}: '{row['subject_id']}' is no CURIE with a known prefix.")
        found.append(
            Mapping(
                target=name.removesuffix(_SUFFIX),
                subject=subject,
                predicate=row["predicate_id"],
                object=row["object_id"],
                object_iri=known.expand(row["object_id"]),
                object_label=row.get("object_label", ""),
                justification=row["mapping_justification"],
                comment=row.get("comment", ""),
            )
        )
    return found


def _curie_map(metadata: list[str]) -> dict[str, str]:
    """Prefix → namespace from the YAML header, of which only this one block is read."""
    found: dict[str, str] = {}
    within = False
    for line in metadata:
        if line.strip() == _MAP:
            within = True
        elif within and line.startswith((" " * 2, "\t")) and ":" in line:
            prefix, _, namespace = line.strip().partition(":")
            found[prefix.strip("\"'")] = namespace.strip().strip("\"'")
        elif line.strip():
            within = False
    return found
