"""The evidence tables: one row a claim, TSV with a header, read as typed values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources.abc import Traversable

from lumbarkg.errors import InvalidInputError, OntologyError
from lumbarkg.identifiers import Iri, Prefixes
from lumbarkg.issues import Issue, error

STATUSES = frozenset({"abstract", "secondary", "computed", "judgement", "unverified"})
_TABLES = ("references", "likelihood_ratios", "priors", "factors")
_TERM_COLUMNS = ("condition", "term", "exercise_or_factor")
FACT_TABLES = ("base_rates", "timing", "loads", "triggers", "advice", "reference_rates")
"""Tables that enter no weight; they reach SPARQL and people, and an ontology may lack them.

``reference_rates`` says how often a finding comes with the reference hypothesis; it chooses questions, nothing else.
"""


@dataclass(frozen=True)
class ReferenceRow:
    """A source."""

    key: str
    citation: str
    year: str
    doi: str
    pmid: str
    status: str
    note: str


@dataclass(frozen=True)
class LikelihoodRow:
    """How a finding bears on a condition, in one study or by judgement. None is not known, never 1.

    ``not_used_because`` is a reason to show the row and not count it, '' where it may count.
    """

    id: str
    finding: Iri | None
    condition: Iri
    target: str
    setting: str
    reference_standard: str
    n: int | None
    sensitivity: Decimal | None
    specificity: Decimal | None
    lr_positive: Decimal | None
    lr_negative: Decimal | None
    lr_positive_interval: tuple[Decimal, Decimal] | None
    lr_negative_interval: tuple[Decimal, Decimal] | None
    lr_origin: str
    row_kind: str
    range_end: str
    range_of: str
    cluster: str
    not_used_because: str
    reference: str
    status: str
    note: str


@dataclass(frozen=True)
class PriorRow:
    """How often a condition is the principal cause in one setting."""

    id: str
    setting: str
    condition: Iri
    probability: Decimal
    low: Decimal | None
    high: Decimal | None
    reference: str
    status: str
    note: str


@dataclass(frozen=True)
class FactorRow:
    """A constant of the arithmetic."""

    id: str
    value: Decimal
    reference: str
    status: str
    note: str


@dataclass(frozen=True)
class FactRow:
    """A fact that is shown and queried, and never multiplied.

    ``cells`` are its values by column, blank ones left out; ``terms`` are (column, class) where a column names classes.
    """

    id: str
    table: str
    cells: dict[str, str]
    terms: tuple[tuple[str, Iri], ...]

    @property
    def status(self) -> str:
        """The verification status."""
        return self.cells.get("status", "")

    @property
    def reference(self) -> str:
        """The keys of its sources, separated by semicolons."""
        return self.cells.get("reference", "")


@dataclass(frozen=True)
class EvidenceTables:
    """All tables of one ontology."""

    references: dict[str, ReferenceRow]
    likelihood_ratios: tuple[LikelihoodRow, ...]
    priors: tuple[PriorRow, ...]
    factors: dict[str, FactorRow]
    facts: tuple[FactRow, ...]
    digest: str

    def settings(self) -> tuple[str, ...]:
        """The settings that have a table of priors, in the order of the table; the first is the default."""
        return tuple(dict.fromkeys(row.setting for row in self.priors))

    def table(self, name: str) -> tuple[FactRow, ...]:
        """The rows of one table of facts."""
        return tuple(row for row in self.facts if row.table == name)

    def factor(self, name: str) -> float:
        """A constant by name. Raises OntologyError where the table lacks it."""
        if name not in self.factors:
            raise OntologyError(f"factors.tsv has no row '{name}'.")
        return float(self.factors[name].value)


def read_tables(folder: Traversable, prefixes: Prefixes) -> EvidenceTables:
    """The tables of a folder.

    Raises InvalidInputError with every cell that cannot be read, by file, row and column.
    """
    content = {name: (folder / f"{name}.tsv").read_bytes() for name in _TABLES}
    facts = {name: (folder / f"{name}.tsv").read_bytes() for name in FACT_TABLES if (folder / f"{name}.tsv").is_file()}
    reader = _Reader(prefixes)
    rows = {name: reader.rows(name, data.decode("utf-8")) for name, data in content.items()}
    references = {r["key"]: reader.reference(r) for r in rows["references"]}
    tables = EvidenceTables(
        references=references,
        likelihood_ratios=tuple(reader.likelihood(r) for r in rows["likelihood_ratios"]),
        priors=tuple(reader.prior(r) for r in rows["priors"]),
        factors={r["id"]: reader.factor(r) for r in rows["factors"]},
        facts=tuple(
            reader.fact(name, r) for name, data in facts.items() for r in reader.rows(name, data.decode("utf-8"))
        ),
        digest=hashlib.sha256(b"\n".join([*content.values(), *facts.values()])).hexdigest(),
    )
    issues = (*reader.issues, *_check(tables))
    if issues:
        raise InvalidInputError(issues)
    return tables


class _Reader:
    def __init__(self, prefixes: Prefixes) -> None:
        self._prefixes = prefixes
        self.issues: list[Issue] = []
        self._place = ""

    def rows(self, name: str, text: str) -> list[dict[str, str]]:
        lines = text.splitlines()
        header = lines[0].split("\t")
        found = []
        for number, line in enumerate(lines[1:], start=2):
            cells = line.split("\t")
            if len(cells) != len(header):
                self._problem(f"{name}.tsv line {number}", f"has {len(cells)} cells, the header {len(header)}")
                continue
            found.append({**dict(zip(header, cells, strict=True)), "place": f"{name}.tsv line {number}"})
        return found

    def _problem(self, place: str, message: str) -> None:
        self.issues.append(error("evidence", place, message + ".", "Correct the table."))

    def _number(self, row: dict[str, str], column: str) -> Decimal | None:
        if not row.get(column):
            return None
        try:
            return Decimal(row[column])
        except InvalidOperation:
            self._problem(row["place"], f"{column} '{row[column]}' is no number")
            return None

    def _required(self, row: dict[str, str], column: str) -> Decimal:
        found = self._number(row, column)
        if found is None:
            self._problem(row["place"], f"{column} is missing")
            return Decimal(0)
        return found

    def _interval(self, row: dict[str, str], column: str) -> tuple[Decimal, Decimal] | None:
        low, high = self._number(row, f"{column}_low"), self._number(row, f"{column}_high")
        return (low, high) if low is not None and high is not None else None

    def _term(self, row: dict[str, str], column: str) -> Iri | None:
        if not row[column]:
            return None
        iri = self._prefixes.expand(row[column])
        if iri is None:
            self._problem(row["place"], f"{column} '{row[column]}' is no CURIE with a known prefix")
        return iri

    def _condition(self, row: dict[str, str]) -> Iri:
        found = self._term(row, "condition")
        if found is None:
            self._problem(row["place"], "condition is missing")
        return found or Iri("")

    def reference(self, row: dict[str, str]) -> ReferenceRow:
        return ReferenceRow(*(row[c] for c in ("key", "citation", "year", "doi", "pmid", "status", "note")))

    def likelihood(self, row: dict[str, str]) -> LikelihoodRow:
        n = self._number(row, "n")
        return LikelihoodRow(
            id=row["id"],
            finding=self._term(row, "finding"),
            condition=self._condition(row),
            target=row["target"],
            setting=row["setting"],
            reference_standard=row["reference_standard"],
            n=None if n is None else int(n),
            sensitivity=self._number(row, "sensitivity"),
            specificity=self._number(row, "specificity"),
            lr_positive=self._number(row, "lr_positive"),
            lr_negative=self._number(row, "lr_negative"),
            lr_positive_interval=self._interval(row, "lr_positive"),
            lr_negative_interval=self._interval(row, "lr_negative"),
            lr_origin=row["lr_origin"],
            row_kind=row["row_kind"],
            range_end=row["range_end"],
            range_of=row["range_of"],
            cluster=row["cluster"],
            not_used_because=row["not_used_because"],
            reference=row["reference"],
            status=row["status"],
            note=row["note"],
        )

    def prior(self, row: dict[str, str]) -> PriorRow:
        return PriorRow(
            row["id"],
            row["setting"],
            self._condition(row),
            self._required(row, "probability"),
            self._number(row, "low"),
            self._number(row, "high"),
            row["reference"],
            row["status"],
            row["note"],
        )

    def fact(self, table: str, row: dict[str, str]) -> FactRow:
        terms = tuple(
            (column, iri)
            for column in _TERM_COLUMNS
            for name in filter(None, row.get(column, "").split(";"))
            if (iri := self._term({**row, column: name}, column)) is not None
        )
        skipped = {"id", "place", *_TERM_COLUMNS}
        return FactRow(row["id"], table, {c: value for c, value in row.items() if value and c not in skipped}, terms)

    def factor(self, row: dict[str, str]) -> FactorRow:
        return FactorRow(row["id"], self._required(row, "value"), row["reference"], row["status"], row["note"])


_JUDGEMENT_RATIOS = frozenset(Decimal(x) for x in ("0.1", "0.2", "0.5", "2", "5", "10"))


def _check(tables: EvidenceTables) -> Iterable[Issue]:
    for name, ids in (
        ("likelihood_ratios", [r.id for r in tables.likelihood_ratios]),
        ("priors", [r.id for r in tables.priors]),
        ("facts", [r.id for r in tables.facts]),
    ):
        for repeated in sorted({i for i in ids if ids.count(i) > 1}):
            yield error("evidence", f"{name}.tsv", f"The id {repeated} is used twice.", "Give each row its own id.")
    for setting in tables.settings():
        total = sum((r.probability for r in tables.priors if r.setting == setting), Decimal(0))
        if total != 1:
            yield error(
                "evidence",
                "priors.tsv",
                f"The priors of {setting} sum to {total}.",
                "Make them sum to exactly 1.",
            )
    rows: tuple[LikelihoodRow | PriorRow | FactorRow | FactRow, ...] = (
        *tables.likelihood_ratios,
        *tables.priors,
        *tables.factors.values(),
        *tables.facts,
    )
    for row in rows:
        if row.status not in STATUSES:
            yield error(
                "evidence",
                row.id,
                f"'{row.status}' is no verification status.",
                f"Use one of {sorted(STATUSES)}.",
            )
        for key in filter(None, row.reference.split(";")):
            if key not in tables.references:
                yield error(
                    "evidence",
                    row.id,
                    f"The reference '{key}' is not in references.tsv.",
                    "Add it, or correct the key.",
                )
    for likelihood in tables.likelihood_ratios:
        yield from _check_ratios(likelihood)
    for rate in tables.table("reference_rates"):
        yield from _check_rate(rate)


def _check_ratios(likelihood: LikelihoodRow) -> Iterable[Issue]:
    for ratio in (likelihood.lr_positive, likelihood.lr_negative):
        if ratio is not None and ratio <= 0:
            yield error(
                "evidence",
                likelihood.id,
                f"A likelihood ratio of {ratio} is impossible.",
                "Leave it blank.",
            )
        if likelihood.lr_origin == "judgement" and ratio is not None and ratio not in _JUDGEMENT_RATIOS:
            yield error(
                "evidence",
                likelihood.id,
                f"{ratio} is no judgement ratio.",
                "Use 2, 5, 10 or an inverse.",
            )
    if (
        likelihood.lr_positive is not None
        and likelihood.lr_negative is not None
        and (likelihood.lr_positive - 1) * (likelihood.lr_negative - 1) > 0
    ):
        yield error(
            "evidence",
            likelihood.id,
            f"Both ratios, {likelihood.lr_positive} and {likelihood.lr_negative}, lie on the same side of 1.",
            "Correct one: what speaks for a condition when present speaks against it when absent.",
        )
    if likelihood.lr_origin == "judgement" and not likelihood.note:
        yield error("evidence", likelihood.id, "A judgement gives no reason.", "Write it into the column note.")
    if likelihood.lr_origin != "judgement" and not likelihood.setting:
        yield error(
            "evidence",
            likelihood.id,
            "A published ratio names no setting.",
            "State where it was measured.",
        )


def _check_rate(rate: FactRow) -> Iterable[Issue]:
    if len(rate.terms) != 1:
        yield error("evidence", rate.id, "A reference rate speaks of one class.", "Name it in the column term.")
    if not _is_probability(rate.cells.get("probability", "")):
        yield error(
            "evidence",
            rate.id,
            f"{rate.cells.get('probability')!r} is no probability above 0 and below 1.",
            "State how often the finding comes with the reference hypothesis.",
        )


def _is_probability(cell: str) -> bool:
    try:
        return 0 < Decimal(cell) < 1
    except InvalidOperation:
        return False
