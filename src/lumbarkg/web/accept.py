"""Which media types a client accepts, best first, after RFC 9110 §12.5.1."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from lumbarkg.rdf.formats import MEDIA_TYPE_ALIASES


@lru_cache(maxsize=256)
def acceptable(header: str | None, offered: tuple[str, ...]) -> tuple[str, ...]:
    """The offered media types that the header accepts, best first: by quality, as the header lists them, then ours.

    Each is judged by the most exact range that covers it. Without a header everything is accepted.
    """
    if not header or not header.strip():
        return offered
    ranges = [(name.split(";")[0].strip().lower(), float(quality)) for name, quality in _in_order(header)]
    judged = [(_judge(media_type, ranges), number, media_type) for number, media_type in enumerate(offered)]
    wanted = sorted(
        (-quality, place, number, media_type) for (quality, place), number, media_type in judged if quality > 0
    )
    return tuple(media_type for *_, media_type in wanted)


def _in_order(header: str) -> Iterable[tuple[str, float]]:
    """The ranges as they stand: werkzeug sorts them by quality, and by order among equals."""
    return list(parse_accept_header(header, MIMEAccept))


def _judge(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """The quality of a media type and the place of the range that decides it."""
    kind = media_type.partition("/")[0]
    best = (-1, 0.0, 0)
    for place, (name, quality) in enumerate(ranges):
        if name == media_type:
            exactness = 3
        elif media_type in MEDIA_TYPE_ALIASES.get(name, ()):
            exactness = 2
        elif name == f"{kind}/*":
            exactness = 1
        elif name in ("*/*", "*"):
            exactness = 0
        else:
            continue
        if exactness > best[0]:
            best = (exactness, quality, place)
    return best[1], best[2]
