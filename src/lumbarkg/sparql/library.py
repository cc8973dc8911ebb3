"""The library of named queries: what ``queries/api/*.rq`` declare in their headers, read as typed values.

A file there is a query that runs as it stands and answers its own example: every parameter is a line
``VALUES ?name { … }`` whose braces hold the example's value, and binding puts other terms between the braces.
Its header holds, one ``#+ key: value`` a line:

- ``summary``: the question; ``description``: how to read the answer; ``tags``: separated by commas;
- ``parameter``: ``name, type, required | optional | default VALUE[, repeatable]: what it is``. Types are those of
  ``ParameterType``; ``term`` is followed by the class that the term lies under, ``string`` by ``one of`` and choices;
- ``column``: ``name: what it holds``, in the order of the answer (SELECT only);
- ``example``: ``name=value`` pairs, separated by ``&``, not escaped;
- ``expect``: a row that the example must give, as in ``documents``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from lumbarkg.errors import QueryError
from lumbarkg.sparql.documents import QueryDocument, read_folder

RESERVED_NAMES = frozenset({"limit", "offset", "format"})
"""What a request says besides the parameters of a query."""

_NAME = re.compile(r"[a-z][A-Za-z0-9]*")
_BLOCK = re.compile(r"^[ \t]*VALUES \?(\w+) \{([^{}\n]*)\}", re.MULTILINE)
_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.MULTILINE | re.IGNORECASE)
_ORDER = re.compile(r"^ORDER BY (.+)$")


class ParameterType(Enum):
    """What kind of term a value is bound as."""

    TERM = "term"
    """An IRI of the ontology or of a row beside it."""
    STRING = "string"
    TEXT = "text"
    """A string in a language, English where ``value@language`` does not say another."""
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"


class QueryForm(Enum):
    """The four forms of a SPARQL query."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def gives_graph(self) -> bool:
        """Whether the answer is RDF and not a table."""
        return self in (QueryForm.CONSTRUCT, QueryForm.DESCRIBE)


@dataclass(frozen=True)
class Parameter:
    """What a query asks of its caller."""

    name: str
    type: ParameterType
    description: str
    root: str = ""
    """For a term: the CURIE of the class that it lies under, '' where any term will do."""
    choices: tuple[str, ...] = ()
    """For a string: the only values there are; empty where any will do."""
    is_required: bool = False
    is_repeatable: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Column:
    """One column of an answer."""

    name: str
    description: str


@dataclass(frozen=True)
class NamedQuery:
    """A query of the library."""

    document: QueryDocument
    form: QueryForm
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    example: tuple[tuple[str, str], ...]
    """Name and value as a caller writes them; a repeatable parameter may stand several times."""

    @property
    def name(self) -> str:
        """The name of its file and the last part of its address."""
        return self.document.name

    @property
    def text(self) -> str:
        """The whole file, which is SPARQL as it stands."""
        return self.document.text

    @property
    def summary(self) -> str:
        """The question that it answers."""
        return self.document.one("summary")

    @property
    def description(self) -> str:
        """How to read the answer."""
        return self.document.one("description")

    @property
    def tags(self) -> tuple[str, ...]:
        """What it is about."""
        return self.document.many("tags")

    def bind(self, written: dict[str, str], page: Page | None = None) -> str:
        """Its text with other terms between the braces, and cut to one page.

        ``written`` maps each parameter to its terms as SPARQL writes them; one that is left out is unbound (UNDEF).
        """

        names = {parameter.name for parameter in self.parameters}

        def block(found: re.Match[str]) -> str:
            if found[1] not in names:
                return found[0]
            opening = found[0][: found[0].index("{")]
            return f"{opening}{{ {written.get(found[1], 'UNDEF')} }}"

        text = _BLOCK.sub(block, self.text).rstrip()
        if self.form is not QueryForm.SELECT or page is None:
            return text + "\n"
        last = text.splitlines()[-1]
        rest = "".join(f" ?{c.name}" for c in self.columns if not re.search(rf"\?{c.name}\b", last))
        return f"{text}{rest}\nLIMIT {page.limit} OFFSET {page.offset}\n"


@dataclass(frozen=True)
class Page:
    """A part of an answer: at most ``limit`` rows, ``offset`` rows after the first."""

    limit: int
    offset: int = 0


def read_library(folder: Path) -> dict[str, NamedQuery]:
    """Name → query, for every file of a folder. Raises QueryError naming the file that breaks a rule."""
    return {document.name: read_query(document) for document in read_folder(folder)}


def read_query(document: QueryDocument) -> NamedQuery:
    """The typed value of one document. Raises QueryError where it breaks a rule of the library."""
    query = draft_query(document)
    _check(query)
    return query


def draft_query(document: QueryDocument) -> NamedQuery:
    """The typed value of a document that need not be fit for the library: somebody's own file.

    Raises QueryError where no form of query is found, or a header line cannot be read.
    """
    form = _FORM.search(document.text)
    if form is None:
        raise QueryError(f"{document.name}: no line begins with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    return NamedQuery(
        document,
        QueryForm(form[1].upper()),
        tuple(_parameter(document.name, line) for line in document.header.get("parameter", ())),
        tuple(_column(document.name, line) for line in document.header.get("column", ())),
        _example(document),
    )


def _parameter(file: str, line: str) -> Parameter:
    head, colon, description = line.partition(": ")
    parts = [part.strip() for part in head.split(",")]
    if not colon or len(parts) not in (3, 4) or (len(parts) == 4 and parts[3] != "repeatable"):
        raise QueryError(f"{file}: 'parameter: {line}' is not 'name, type, need[, repeatable]: what it is'.")
    name, kind, need = parts[:3]
    if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
        raise QueryError(f"{file}: '{name}' cannot name a parameter.")
    word, _, rest = kind.partition(" ")
    try:
        parameter_type = ParameterType(word)
    except ValueError as problem:
        raise QueryError(f"{file}: '{word}' is no type of a parameter.") from problem
    default = need.removeprefix("default ") if need.startswith("default ") else None
    if default is None and need not in ("required", "optional"):
        raise QueryError(f"{file}: a parameter is 'required', 'optional' or has a 'default', not '{need}'.")
    return Parameter(
        name,
        parameter_type,
        description.strip(),
        root=rest if parameter_type is ParameterType.TERM else "",
        choices=tuple(rest.removeprefix("one of ").split()) if parameter_type is ParameterType.STRING else (),
        is_required=need == "required",
        is_repeatable=len(parts) == 4,
        default=default,
    )


def _column(file: str, line: str) -> Column:
    name, colon, description = line.partition(": ")
    if not colon:
        raise QueryError(f"{file}: 'column: {line}' is not 'name: what it holds'.")
    return Column(name.strip(), description.strip())


def _example(document: QueryDocument) -> tuple[tuple[str, str], ...]:
    line = document.one("example") if document.header.get("example") else ""
    pairs = [part.partition("=") for part in line.split("&") if part]
    return tuple((name.strip(), value.strip()) for name, _, value in pairs)


def _check(query: NamedQuery) -> None:
    names = {parameter.name for parameter in query.parameters}
    blocks = {found[1] for found in _BLOCK.finditer(query.text)}
    if names - blocks:
        raise QueryError(f"{query.name}: no line 'VALUES ?name {{ … }}' for {', '.join(sorted(names - blocks))}.")
    missing = {parameter.name for parameter in query.parameters if parameter.is_required} - {
        n for n, _ in query.example
    }
    if missing:
        raise QueryError(f"{query.name}: the example lacks {', '.join(sorted(missing))}.")
    unknown = {name for name, _ in query.example} - names
    if unknown:
        raise QueryError(f"{query.name}: the example names {', '.join(sorted(unknown))}, which is no parameter.")
    if query.form is QueryForm.SELECT:
        if not query.columns:
            raise QueryError(f"{query.name}: a SELECT says what its columns hold.")
        if not _ORDER.match(query.text.rstrip().splitlines()[-1]):
            raise QueryError(f"{query.name}: the last line of a SELECT is its ORDER BY, so that pages are stable.")
