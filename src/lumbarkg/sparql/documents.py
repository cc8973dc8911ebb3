"""A query as a document: one question, one file; the header says what it asks and what it must answer.

Header lines start with ``#+`` and hold ``key: value``; a key may stand several times. In ``queries/competency/``:

- ``question``: what a user would ask, as a sentence;
- ``claims``: ids of the claims that the query answers, separated by commas;
- ``expect``: one row that must be among the answers, its cells in the order of the columns: CURIEs, numbers, strings
  in double quotes, ``true`` or ``false``, ``-`` for an unbound cell;
- ``exactly: true``: the expected rows are all the rows.

In ``queries/api/``: see ``library``; there ``*`` in ``expect`` stands for any bound cell.

In ``queries/verify/`` a returned row is a failure: ``problem``, ``principle`` and ``solution`` explain it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri, Prefixes

_MARK = "#+"
ANY = "*"
Cell = str | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class QueryDocument:
    """A query file: its name, its header and its whole text, which is SPARQL as it stands."""

    name: str
    header: dict[str, tuple[str, ...]]
    text: str

    def one(self, key: str) -> str:
        """The value of a key that must stand once. Raises QueryError naming the file."""
        values = self.header.get(key, ())
        if len(values) != 1:
            raise QueryError(f"{self.name}: the header needs one '{key}', it has {len(values)}.")
        return values[0]

    def many(self, key: str) -> tuple[str, ...]:
        """All values of a key; a value with commas counts as several."""
        return tuple(part.strip() for value in self.header.get(key, ()) for part in value.split(",") if part.strip())

    def expected_rows(self, prefixes: Prefixes) -> tuple[Row, ...]:
        """The rows of ``expect``, their cells as SPARQL results write them. Raises QueryError on an unknown prefix."""
        return tuple(
            tuple(self._cell(word, prefixes) for word in shlex.split(line, posix=False))
            for line in self.header.get("expect", ())
        )

    def _cell(self, word: str, prefixes: Prefixes) -> Cell:
        if word == "-":
            return None
        if word.startswith('"'):
            return word.strip('"')
        if ":" in word:
            iri: Iri | None = prefixes.expand(word)
            if iri is None:
                raise QueryError(f"{self.name}: '{word}' has no known prefix.")
            return str(iri)
        return word


def row_fits(expected: Row, row: Row) -> bool:
    """Whether a row is the expected one, cell by cell; ``*`` fits every bound cell."""
    return len(expected) == len(row) and all(
        want == have or (want == ANY and have is not None) for want, have in zip(expected, row, strict=True)
    )


def read_document(path: Path) -> QueryDocument:
    """The query of a file. Raises QueryError where a header line is not ``#+ key: value``."""
    return parse_document(path.stem, path.read_text("utf-8"))


def parse_document(name: str, text: str) -> QueryDocument:
    """The query of a text. Raises QueryError where a header line is not ``#+ key: value``."""
    header: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith(_MARK):
            key, colon, value = line.removeprefix(_MARK).partition(":")
            if not colon:
                raise QueryError(f"{name}: the header line '{line}' is not '#+ key: value'.")
            header.setdefault(key.strip(), []).append(value.strip())
    return QueryDocument(name, {key: tuple(values) for key, values in header.items()}, text)


def read_folder(folder: Path) -> tuple[QueryDocument, ...]:
    """All queries of a folder and its subfolders, by name."""
    return tuple(read_document(path) for path in sorted(folder.rglob("*.rq")))
