"""How many solutions stand in a serialised result, counted as its bytes pass, whatever its literals hold."""

from __future__ import annotations

import re

_IN_STRING = re.compile(rb'(?:[^"\\]|\\.)*', re.DOTALL)
_RESULT = b"<result>"
_ROW_STARTS = (b"},{", b"[{")


class RowCounter:
    """Counts the rows of one result in one of the four SPARQL result formats; other media types count nothing."""

    def __init__(self, media_type: str) -> None:
        self._count = {
            "application/sparql-results+json": self._json,
            "application/sparql-results+xml": self._xml,
            "text/csv": self._csv,
            "text/tab-separated-values": self._tsv,
        }.get(media_type, self._nothing)
        # The header of CSV and TSV is a line too.
        self.rows = -1 if media_type in ("text/csv", "text/tab-separated-values") else 0
        self._inside = False
        self._tail = b""

    def feed(self, content: bytes) -> int:
        """Count the rows of the next bytes; returns how many there were so far."""
        self._count(content)
        return self.rows

    def _nothing(self, content: bytes) -> None:
        pass

    def _tsv(self, content: bytes) -> None:
        self.rows += content.count(b"\n")

    def _csv(self, content: bytes) -> None:
        for position, part in enumerate(content.split(b'"')):
            if position:
                self._inside = not self._inside
            if not self._inside:
                self.rows += part.count(b"\n")

    def _xml(self, content: bytes) -> None:
        text = self._tail + content
        self.rows += text.count(_RESULT)
        self._tail = text[-len(_RESULT) + 1 :]

    def _json(self, content: bytes) -> None:
        """A row begins with a brace after the bracket of the list or after the brace of the row before."""
        outside = [self._tail]
        position = 0
        if self._inside:
            position = self._end_of_string(content, 0)
        while not self._inside and position < len(content):
            quote = content.find(b'"', position)
            outside.append(content[position : quote if quote >= 0 else len(content)])
            if quote < 0:
                break
            position = self._end_of_string(content, quote + 1)
        structure = b"".join(outside)
        self.rows += sum(structure.count(start) for start in _ROW_STARTS)
        # What may be the beginning of a start is seen again with the next bytes, what was counted is not.
        self._tail = b"" if structure.endswith(_ROW_STARTS) else structure[-2:]

    def _end_of_string(self, content: bytes, start: int) -> int:
        """The position after the quote that closes a string; sets whether the string goes on after these bytes."""
        if self._escaped:
            start, self._escaped = start + 1, False
        found = _IN_STRING.match(content, start)
        end = found.end() if found else start
        self._inside = end >= len(content) or content[end : end + 1] != b'"'
        if self._inside:
            self._escaped = content[end : end + 1] == b"\\"
            return len(content)
        return end + 1

    _escaped = False
