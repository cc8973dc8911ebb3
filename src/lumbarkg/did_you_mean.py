"""Names near a mistyped one: the one door to rapidfuzz."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from rapidfuzz import fuzz, process

Key = TypeVar("Key", bound=Hashable)
_CLOSE_ENOUGH = 60.0


def nearest(written: str, candidates: Mapping[Key, str], limit: int) -> list[tuple[Key, float]]:
    """The keys of the candidates nearest to what was written, with a score up to 100, nearest first.

    Case does not matter; a candidate that is not near at all is left out.
    """
    matches = process.extract(
        written.strip().casefold(),
        {key: name.casefold() for key, name in candidates.items()},
        scorer=fuzz.WRatio,
        limit=limit,
        score_cutoff=_CLOSE_ENOUGH,
    )
    return [(key, score) for _, score, key in matches]
