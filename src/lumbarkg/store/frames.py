"""How web processes, the pool and its workers speak over sockets: frames of a kind, a JSON head and bytes."""

from __future__ import annotations

import json
import struct
from enum import IntEnum
from typing import Any, NamedTuple

# Two lengths: of the JSON head and of the bytes after it.
_PREFIX = struct.Struct("!BII")


class Kind(IntEnum):
    """What a frame is for."""

    JOB = 1  # to do: head {op, …}, the text or document
    FEED = 2  # to a worker: head {name}, N-Triples of a graph
    DROP = 3  # to a worker: head {name}
    READY = 4  # to a worker: all of the first graphs were sent; back: they are loaded
    BEGIN = 5  # answer: head {mediaType}
    CONTENT = 6  # answer: its next bytes
    END = 7  # answer: complete; head says what else there is to say
    FAILURE = 8  # answer: head {error, message, issues, …}
    CHANGES = 9  # from a worker: head {graphs: [[name, length or null], …]}, their N-Triples one after another


class Frame(NamedTuple):
    """One frame; ``raw`` is the whole of it as it came, to be passed on."""

    kind: Kind
    head: dict[str, Any]
    content: bytes
    raw: bytes = b""


def pack(kind: Kind, head: dict[str, Any] | None = None, content: bytes = b"") -> bytes:
    """A frame as bytes."""
    return pack_written(kind, write_head(head) if head else b"", content)


def write_head(head: dict[str, Any]) -> bytes:
    """A head as bytes."""
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()


def pack_written(kind: Kind, head: bytes, content: bytes) -> bytes:
    """A frame as bytes, from a head that is written already."""
    return b"".join((_PREFIX.pack(kind, len(head), len(content)), head, content))


class Unpacker:
    """Bytes as they arrive → frames as they are complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, content: bytes) -> list[Frame]:
        """The frames that are complete with these bytes."""
        buffer = self._buffer
        buffer += content
        found = []
        start = 0
        while len(buffer) - start >= _PREFIX.size:
            kind, head_length, length = _PREFIX.unpack_from(buffer, start)
            first = start + _PREFIX.size
            end = first + head_length + length
            if len(buffer) < end:
                break
            head = json.loads(buffer[first : first + head_length]) if head_length else {}
            raw = bytes(buffer[start:end])
            found.append(Frame(Kind(kind), head, raw[_PREFIX.size + head_length :], raw))
            start = end
        if start:
            del buffer[:start]
        return found
