"""Answers as the bytes of JSON, and the parts of them that are written once.

Most of a full answer depends on the release alone: rows of evidence, terms, advice. Upstream such values are
remembered, so that the same object comes with case after case; here its text is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Generic, TypeVar

import orjson

Value = TypeVar("Value")
_MOST_BYTES = 4 * 1024 * 1024


def encode_json(answer: Any) -> bytes:
    """The value as JSON in UTF-8, without blanks; every float as the shortest text that reads back as the same."""
    return orjson.dumps(answer)


class Listed(Generic[Value]):
    """A list of values that are rendered the same whenever they come, of which a case leaves some out."""

    def __init__(self, render: Callable[[Value], Any], values: Iterable[Value]) -> None:
        text, self._spans = bytearray(b"["), dict[Value, tuple[int, int]]()
        for value in values:
            start = len(text)
            text += encode_json(render(value)) + b","
            self._spans[value] = (start, len(text))
        self._text = bytes(text)

    def without(self, left_out: Iterable[Value]) -> orjson.Fragment:
        """The list without some values, as text; those that it does not have change nothing."""
        spans, text = self._spans, memoryview(self._text)
        parts, start = [], 0
        for begin, end in sorted(spans[value] for value in left_out if value in spans):
            parts.append(text[start:begin])
            start = end
        joined = b"".join((*parts, text[start:]))
        return orjson.Fragment(joined.removesuffix(b",") + b"]")


class Fragments:
    """The text of values that are rendered the same whenever they come; up to a number of bytes, for every thread.

    Values are told apart as objects, which is as fast as a lookup can be: an equal one is written anew.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        # Each value is kept with its text, so that no other object can get its id meanwhile.
        self._written: dict[tuple[Callable[..., Any], int], tuple[object, orjson.Fragment]] = {}
        self._lock = Lock()

    def write(self, render: Callable[[Value], Any], value: Value) -> orjson.Fragment:
        """What ``render`` makes of the value, as text that ``encode_json`` puts in where it stands."""
        found = self._written.get((render, id(value)))
        return self._write(render, value) if found is None else found[1]

    def _write(self, render: Callable[[Value], Any], value: Value) -> orjson.Fragment:
        text = bytes(memoryview(encode_json(render(value))))  # a copy: orjson's own keeps the room that it wrote in
        fragment = orjson.Fragment(text)
        with self._lock:
            if self._bytes > self._most:
                self._written.clear()
                self._bytes = 0
            self._bytes += len(text)
            self._written[render, id(value)] = (value, fragment)
        return fragment
