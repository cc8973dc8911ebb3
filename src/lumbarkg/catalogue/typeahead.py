"""Search while typing: names, synonyms and codes that begin like what was written, the best first, typos forgiven.

A name fits when each word written begins one of its words. What fits is ordered by how much of the name was written,
a whole name first; a word that begins no word of any name is read as the nearest one, at a price.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TYPO = 0.75
"""What a corrected word counts beside one that fits as written."""
_NEAR_ENOUGH = 70.0
_SHORTEST_CORRECTED = 3
_MOST_WORDS = 8
_MOST_LETTERS = 40


@dataclass(frozen=True)
class Name:
    """One name of a thing; ``weight`` in (0, 1] says how much the name is its own."""

    thing: Iri
    text: str
    source: str
    """Where the name comes from: label, synonym, name or code."""
    weight: float = 1.0


@dataclass(frozen=True)
class Hit:
    """A thing that was found, by which of its names, with a score in (0, 1]."""

    thing: Iri
    name: Name
    score: float


class Typeahead:
    """A search over names."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._names = tuple(names)
        self._split = [split_words(_HUMP.sub(" ", n.text) if n.source == "name" else n.text) for n in self._names]
        self._lengths = [sum(map(len, words)) for words in self._split]
        by_word: dict[str, set[int]] = defaultdict(set)
        for number, words in enumerate(self._split):
            for word in words:
                by_word[word].add(number)
        self._words = sorted(by_word)
        self._by_word = dict(by_word)
        self._correct = lru_cache(maxsize=1024)(self._nearest_word)

    def find(self, text: str, limit: int, among: frozenset[Iri] | None = None) -> tuple[Hit, ...]:
        """The things that fit what was written, at most ``limit``; each by its best name."""
        written = [word[:_MOST_LETTERS] for word in split_words(text)][:_MOST_WORDS]
        if not written:
            return ()
        penalty, wanted = 1.0, []
        for word in written:
            if self._begins(word):
                wanted.append(word)
                continue
            corrected = self._correct(word)
            if corrected is None:
                return ()
            wanted.append(corrected)
            penalty *= _TYPO
        whole, length = " ".join(wanted), sum(map(len, wanted))
        best: dict[Iri, Hit] = {}
        for number in self._fitting(wanted):
            name = self._names[number]
            if among is not None and name.thing not in among:
                continue
            covered = min(1.0, length / self._lengths[number])
            starts = " ".join(self._split[number]).startswith(whole)
            score = penalty * name.weight * (covered if covered == 1 else covered * (0.95 if starts else 0.8))
            known = best.get(name.thing)
            if known is None or score > known.score:
                best[name.thing] = Hit(name.thing, name, round(score, 6))
        return tuple(sorted(best.values(), key=lambda hit: (-hit.score, hit.name.text.casefold(), hit.thing))[:limit])

    def _fitting(self, wanted: list[str]) -> set[int]:
        found: set[int] | None = None
        for word in wanted:
            numbers: set[int] = set()
            for known in self._begins(word):
                numbers |= self._by_word[known]
            found = numbers if found is None else found & numbers
        return found or set()

    def _begins(self, start: str) -> list[str]:
        first = bisect_left(self._words, start)
        last = bisect_left(self._words, start + "\U0010ffff")
        return self._words[first:last]

    def _nearest_word(self, word: str) -> str | None:
        if len(word) < _SHORTEST_CORRECTED:
            return None
        about_as_long = [known for known in self._words if abs(len(known) - len(word)) <= 2]
        same_start = [known for known in about_as_long if known[0] == word[0]]
        for candidates in (same_start, about_as_long):
            found = nearest(word, {known: known for known in candidates}, 1)
            if found and found[0][1] >= _NEAR_ENOUGH:
                return found[0][0]
        return None


def split_words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return [word.casefold() for word in _WORD.findall(text)]
