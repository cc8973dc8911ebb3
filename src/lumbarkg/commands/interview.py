"""``lumbarkg interview``: asks in plain words until nothing is left that would change the answer, then reports."""

from __future__ import annotations

import argparse
import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from lumbarkg import vocabulary as v
from lumbarkg.assessment import Engine, load_engine
from lumbarkg.commands.status import FAILED, INVALID, OK
from lumbarkg.errors import InvalidInputError
from lumbarkg.identifiers import Iri
from lumbarkg.intake.case_json import ROOT_OF_PROPERTY, parse_json
from lumbarkg.interview import Answer, Document, Value, hold_interview
from lumbarkg.issues import Issue
from lumbarkg.model import Question
from lumbarkg.render.json import DISCLAIMER, render_assessment, render_problem
from lumbarkg.render.text import render_problem_text, render_text
from lumbarkg.resources import release_dir, shapes_dir

_WORDS = {
    "y": Answer.YES,
    "yes": Answer.YES,
    "n": Answer.NO,
    "no": Answer.NO,
    "?": Answer.NOT_KNOWN,
    "": Answer.NOT_KNOWN,
}
_END = ("q", "quit", "stop")
_HELP = "Answer y, n or ? (not known); a number or a name where one is asked for; q ends the interview."


def add_to(commands: Any) -> None:
    """Add the command's parser."""
    command = commands.add_parser("interview", help="ask for a case in plain words, then assess it")
    command.add_argument("case", metavar="CASE.json", nargs="?", help="a case to go on from")
    command.add_argument("--format", choices=("text", "json"), default="text")
    command.add_argument("--save", metavar="CASE.json", help="write the case as it was told to a file")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Hold the interview and print the report; questions go to standard error, the report to standard output."""
    try:
        document = parse_json(Path(options.case).read_bytes()) if options.case else {}
    except OSError as problem:
        print(f"lumbarkg: {options.case}: {problem.strerror}", file=sys.stderr)
        return FAILED
    except InvalidInputError as refused:
        return _refuse(refused)
    engine = load_engine(release_dir(), shapes_dir())
    terminal = _Terminal(engine)
    terminal.say(DISCLAIMER)
    terminal.say(_HELP)
    try:
        held = hold_interview(terminal.begin(document), engine, terminal.respond)
    except InvalidInputError as refused:
        return _refuse(refused)
    if options.save:
        Path(options.save).write_text(json.dumps(held.document, default=_number, indent=2) + "\n", encoding="utf-8")
    answer = render_assessment(held.assessment, engine.sources)
    if options.format == "json":
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print(f"{len(held.asked)} questions were asked.\n")
        sys.stdout.write(render_text(answer))
    return OK


def _refuse(refused: InvalidInputError) -> int:
    problem = render_problem(422, "invalid-case", "Invalid case", "nothing was assessed", refused.issues)
    sys.stderr.write(render_problem_text(problem))
    return INVALID


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no number")
    return int(value) if value == value.to_integral_value() else float(value)


class _Terminal:
    """Asks on standard error, reads standard input; the end of input ends the interview."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ended = False

    def say(self, text: str) -> None:
        print(text, file=sys.stderr)

    def _read(self, question: str, hint: str = "") -> str | None:
        print(f"{question}{f' [{hint}]' if hint else ''} ", end="", file=sys.stderr, flush=True)
        line = "" if self._ended else sys.stdin.readline()
        answer = line.strip()
        if not line or answer.lower() in _END:
            self._ended = True
            return None
        return answer

    # ------------------------------------------------------------ what every case begins with

    def begin(self, document: Document) -> Document:
        """The case with what it does not say yet of age, of what was done, and of what is felt."""
        begun: Document = {"findings": [], **document}
        if begun.get("age") is None and (age := self._number_for(v.AGE_YEARS)) is not None:
            begun["age"] = age
        if not begun.get("exposures") and (exposure := self._exposure()):
            begun["exposures"] = [exposure]
        if not begun["findings"]:
            terms = self._terms("What is felt? Several names are separated by commas.", v.FINDING)
            begun["findings"] = [{"finding": term.local_name} for term in terms]
        return begun

    def _exposure(self) -> Document:
        done = self._terms("Which exercise came before?", v.EXERCISE)
        if not done:
            return {}
        exposure: Document = {"exercise": [term.local_name for term in done]}
        for field, question in (
            ("unaccustomed", "Was it new, or more than usual?"),
            ("heavyLoad", "Was the load heavy?"),
        ):
            answer = _WORDS.get((self._read(question, "y/n/?") or "").lower(), Answer.NOT_KNOWN)
            if answer is not Answer.NOT_KNOWN:
                exposure[field] = answer is Answer.YES
        return exposure

    def _terms(self, question: str, root: Iri) -> list[Iri]:
        while (answer := self._read(question, "name, or nothing")) is not None:
            names = [name.strip() for name in answer.split(",") if name.strip()]
            found = [self._engine.lookup.resolve(name, root, "") for name in names]
            issues = [f for f in found if isinstance(f, Issue)]
            if not issues:
                return [f for f in found if not isinstance(f, Issue)]
            for issue in issues:
                self.say(f"  {issue}")
        return []

    def _number_for(self, prop: Iri) -> Decimal | None:
        question = self._engine.knowledge.ontology.graph.text(prop, v.QUESTION)
        while (answer := self._read(question, "number, or ?")) is not None:
            if answer in ("", "?"):
                return None
            number = _decimal(answer)
            if number is not None:
                return number
            self.say("  Give a number that is not negative, or ?.")
        return None

    # ------------------------------------------------------------ the questions

    def respond(self, question: Question) -> Answer | Value | None:
        """One answer of the person at the terminal; None where the interview is to end."""
        options = self._options(question)
        hint = self._hint(question, options)
        about = f" ({self._engine.terms.label(question.term)})" if question.property is not None else ""
        while (answer := self._read(f"{question.question}{about}", hint)) is not None:
            taken = self._take(answer, question, options)
            if taken is not None:
                return taken
            self.say(f"  {_HELP}")
        return None

    def _hint(self, question: Question, options: dict[str, Iri]) -> str:
        if question.property is None:
            return "y/n/?"
        return ", ".join(options) + " or ?" if options else "number or ?"

    def _options(self, question: Question) -> dict[str, Iri]:
        """The words for the values of a qualifier."""
        root = ROOT_OF_PROPERTY.get(question.property) if question.property is not None else None
        if root is None:
            return {}
        terms = self._engine.lookup.assertable(root) - {root}
        return {self._engine.terms.label(term).lower(): term for term in sorted(terms)}

    def _take(self, answer: str, question: Question, options: dict[str, Iri]) -> Answer | Value | None:
        if question.property is None:
            return _WORDS.get(answer.lower())
        if answer in ("", "?"):
            return Answer.NOT_KNOWN
        return options.get(answer.lower()) if options else _decimal(answer)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None
