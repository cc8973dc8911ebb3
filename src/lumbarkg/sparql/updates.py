"""What an update would write, found by reading it: its operations, their target graphs, and what their patterns see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from lumbarkg.errors import QueryError
from lumbarkg.identifiers import Iri
from lumbarkg.issues import error
from lumbarkg.rdf.iris import resolve_all
from lumbarkg.sparql.queries import DatasetClause
from lumbarkg.sparql.tokens import Token, TokenKind, position_of, tokenise, unescape

_REMEDY = "Correct the update; its grammar is https://www.w3.org/TR/sparql11-query/#rUpdateUnit."


class Whole(Enum):
    """Targets that are no graph by name."""

    DEFAULT = "the default graph"
    NAMED = "all named graphs"
    ALL = "all graphs"
    VARIABLE = "graphs that a variable names"


Target = Iri | Whole


@dataclass(frozen=True)
class Operation:
    """One operation of an update.

    ``has_pattern`` says that it reads graphs, ``has_dataset`` that it names them itself (USING, WITH). USING can be
    inserted at ``using_at``, where it has a place; after ``template``, which DELETE WHERE leaves out.
    """

    keyword: str
    targets: tuple[Target, ...]
    has_pattern: bool = False
    has_dataset: bool = False
    using_at: int | None = None
    template: str = ""
    loads: Iri | None = None


@dataclass(frozen=True)
class Update:
    """An update as it was read; ``text`` is what its positions count in."""

    text: str
    operations: tuple[Operation, ...]

    @property
    def has_pattern(self) -> bool:
        """Whether any operation reads graphs."""
        return any(operation.has_pattern for operation in self.operations)

    def with_dataset(self, dataset: DatasetClause) -> str:
        """The text with a dataset that came with the request, as USING clauses of each operation.

        Raises QueryError where an operation names its dataset itself (SPARQL 1.1 Protocol §2.2.3).
        """
        if not dataset:
            return self.text
        if any(operation.has_dataset for operation in self.operations):
            message = "The update names graphs by USING or WITH, and the request by using-graph-uri as well."
            raise QueryError(message, (error("two-datasets", "/using-graph-uri", message, "Use one of the two."),))
        clauses = [f"USING <{name}>" for name in dataset.default] + [f"USING NAMED <{n}>" for n in dataset.named]
        text = self.text
        for operation in reversed(self.operations):
            if operation.using_at is not None:
                inserted = " ".join((operation.template, *clauses))
                text = f"{text[: operation.using_at]} {inserted} {text[operation.using_at :]}"
        return text


def read_update(text: str) -> Update:
    """Read an update. Raises QueryError with line and column where it is none."""
    text = unescape(text)
    return Update(text, tuple(_Reader(text).operations()))


class _Reader:
    """Goes through the tokens of an update once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokenise(text))
        self._at = 0
        self._prologue = ""

    def operations(self) -> list[Operation]:
        found: list[Operation] = []
        while True:
            self._read_prologue()
            if self._peek() is None:
                return found
            found.append(self._operation())
            if self._peek() is None:
                return found
            self._expect_mark(";")

    def _read_prologue(self) -> None:
        while (token := self._peek()) is not None and token.is_word("BASE", "PREFIX", "VERSION"):
            self._at += 1
            if token.is_word("PREFIX"):
                self._expect(TokenKind.PREFIXED)
            value = self._expect(TokenKind.STRING if token.is_word("VERSION") else TokenKind.IRI)
            self._prologue += self._text[token.start : value.end] + "\n"

    def _operation(self) -> Operation:
        token = self._next()
        keyword = token.text.upper() if token.kind is TokenKind.WORD else ""
        if keyword in ("CLEAR", "DROP", "CREATE"):
            self._skip_word("SILENT")
            return Operation(keyword, (self._graph_or_whole(),))
        if keyword in ("ADD", "COPY", "MOVE"):
            return self._transfer(keyword)
        if keyword == "LOAD":
            return self._load()
        if keyword not in ("INSERT", "DELETE", "WITH"):
            self._refuse(token)
        return self._modify(token, keyword)

    def _transfer(self, keyword: str) -> Operation:
        self._skip_word("SILENT")
        source = self._graph_or_whole()
        if not self._skip_word("TO"):
            self._refuse(self._peek())
        target = self._graph_or_whole()
        targets = (source, target) if keyword == "MOVE" else (target,)
        return Operation(keyword, targets, has_pattern=True)

    def _load(self) -> Operation:
        self._skip_word("SILENT")
        source = self._iri(self._next())
        target: Target = Whole.DEFAULT
        if self._skip_word("INTO"):
            target = self._graph_or_whole()
        return Operation("LOAD", (target,), loads=source)

    def _modify(self, first: Token, keyword: str) -> Operation:
        base: Target = Whole.DEFAULT
        has_dataset = False
        if keyword == "WITH":
            base, has_dataset = self._iri(self._next()), True
            first = self._next()
        elif (word := self._peek()) is not None and word.is_word("DATA"):
            self._at += 1
            return Operation(f"{keyword} DATA", self._quads(Whole.DEFAULT))
        if not first.is_word("INSERT", "DELETE"):
            self._refuse(first)
        if keyword == "DELETE" and self._skip_word("WHERE"):
            where = self._tokens[self._at - 1]
            shorthand = self._quads(base)
            template = self._text[where.end : self._tokens[self._at - 1].end]
            return Operation("DELETE WHERE", shorthand, has_pattern=True, using_at=where.start, template=template)
        targets = list(self._quads(base))
        if first.is_word("DELETE") and self._skip_word("INSERT"):
            targets += self._quads(base)
        using_at = self._tokens[self._at - 1].end
        while self._skip_word("USING"):
            has_dataset = True
            self._skip_word("NAMED")
            self._iri(self._next())
        self._skip_word("WHERE")
        self._skip_group()
        unique = tuple(dict.fromkeys(targets))
        return Operation(keyword, unique, has_pattern=True, has_dataset=has_dataset, using_at=using_at)

    def _quads(self, base: Target) -> tuple[Target, ...]:
        """The graphs that a template in braces writes: those it names, and ``base`` for triples outside of GRAPH."""
        self._expect_mark("{")
        found: list[Target] = []
        while not (token := self._next()).is_mark("}"):
            if token.is_word("GRAPH"):
                name = self._next()
                found.append(Whole.VARIABLE if name.kind is TokenKind.VARIABLE else self._iri(name))
                self._skip_group()
            elif token.is_mark("{"):
                self._refuse(token)
            elif not token.is_mark("."):
                found.append(base)
        return tuple(dict.fromkeys(found))

    def _graph_or_whole(self) -> Target:
        token = self._next()
        if token.is_word("GRAPH"):
            return self._iri(self._next())
        for whole in (Whole.DEFAULT, Whole.NAMED, Whole.ALL):
            if token.is_word(whole.name):
                return whole
        return self._iri(token)

    def _skip_group(self) -> None:
        self._expect_mark("{")
        depth = 1
        while depth:
            token = self._next()
            depth += token.is_mark("{") - token.is_mark("}")

    def _iri(self, token: Token) -> Iri:
        if not token.is_iri:
            self._refuse(token)
        return resolve_all(self._prologue, (token.text,))[0]

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            self._refuse(None)
        self._at += 1
        return token

    def _skip_word(self, word: str) -> bool:
        token = self._peek()
        found = token is not None and token.is_word(word)
        self._at += found
        return found

    def _expect(self, kind: TokenKind) -> Token:
        token = self._next()
        if token.kind is not kind:
            self._refuse(token)
        return token

    def _expect_mark(self, mark: str) -> None:
        token = self._next()
        if not token.is_mark(mark):
            self._refuse(token, f"'{mark}'")

    def _refuse(self, token: Token | None, expected: str = "") -> NoReturn:
        """Raise QueryError at a token, or at the end of the text."""
        line, column = position_of(self._text, token.start if token else len(self._text))
        wanted = f"; expected {expected}" if expected else ""
        what = f"'{token.text[:40]}' does not belong here" if token else "the update ends too early"
        message = f"Line {line}, column {column}: {what}{wanted}."
        raise QueryError(message, (error("syntax", "/update", message, _REMEDY),))
