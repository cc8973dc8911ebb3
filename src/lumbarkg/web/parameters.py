"""Parameters of the address, read by typed models: every one that is wrong, repeated or not known is an issue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, get_origin

from flask import request
from pydantic import BaseModel, ValidationError

from lumbarkg.did_you_mean import nearest
from lumbarkg.errors import InvalidInputError
from lumbarkg.issues import Issue, error

Model = TypeVar("Model", bound=BaseModel)
_LONGEST = 60


def read_parameters(model: type[Model], choices: Mapping[str, tuple[str, ...]] | None = None) -> Model:
    """The parameters of the request; ``choices`` are the words that a parameter of several words may hold.

    Raises InvalidInputError with every issue at once.
    """
    names = _names(model)
    given: dict[str, Any] = {}
    read: Model | None = None
    issues: list[Issue] = []
    for name in dict.fromkeys(request.args):
        values = request.args.getlist(name)
        if name not in names:
            issues.append(_unknown(name, list(names)))
        elif names[name]:
            given[name] = values
        elif len(values) > 1:
            issues.append(error("repeated", pointer(name), f"'{name}' stands {len(values)} times.", "Give it once."))
        else:
            given[name] = values[0]
    try:
        read = model.model_validate(given)
    except ValidationError as refused:
        issues += issues_of(refused)
    for name, known in (choices or {}).items():
        issues += [no_choice(w, name, known) for w in words_of(str(given.get(name, ""))) if w not in known]
    if issues or read is None:
        raise InvalidInputError(tuple(issues))
    return read


def words_of(written: str) -> list[str]:
    """The words of a parameter that holds several, separated by commas."""
    return [word for word in written.split(",") if word]


def no_choice(word: str, name: str, known: tuple[str, ...]) -> Issue:
    """The issue of a word that is none of those that may be chosen."""
    near = nearest(word[:_LONGEST], {k: k for k in known}, 1)
    remedy = f"Did you mean '{near[0][0]}'?" if near else f"Choose among {', '.join(known[:20])}."
    return error("no-choice", pointer(name), f"'{word[:_LONGEST]}' is no choice.", remedy)


def issues_of(refused: ValidationError, below: str = "") -> list[Issue]:
    """What pydantic found, in our words."""
    found = []
    for problem in refused.errors(include_url=False, include_context=False):
        where = below + "".join(pointer(str(step)) for step in problem["loc"])
        name = str(problem["loc"][-1]) if problem["loc"] else "it"
        if problem["type"] == "missing":
            found.append(error("missing", where, f"'{name}' is missing.", f"Give '{name}'."))
            continue
        remedy = f"{problem['msg'].replace('Input', 'It', 1)}."
        found.append(error("wrong-value", where, f"'{name}' cannot be {_shown(problem['input'])}.", remedy))
    return found


def pointer(name: str) -> str:
    """A name as one step of a JSON Pointer (RFC 6901)."""
    return "/" + name[:_LONGEST].replace("~", "~0").replace("/", "~1")


@cache
def _names(model: type[BaseModel]) -> dict[str, bool]:
    """The name of each parameter, and whether it may stand several times."""
    return {field.alias or name: get_origin(field.annotation) is list for name, field in model.model_fields.items()}


def _unknown(name: str, known: list[str]) -> Issue:
    near = nearest(name[:_LONGEST], {n: n for n in known}, 1)
    takes = f"It takes {', '.join(known)}." if known else "It takes none."
    remedy = f"Did you mean '{near[0][0]}'?" if near else takes
    return error("unknown-parameter", pointer(name), f"There is no parameter '{name[:_LONGEST]}'.", remedy)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
