"""Search for terms by the words people use: labels, local names and synonyms, the best first.

Each name of a term is compared with what was written by the weight of the words that both share: rare words weigh
more (inverse document frequency over all terms searched), and words that only one side has count against the match
(Sørensen–Dice on those weights). Words are stemmed lightly; a word that is not known is read as the nearest known one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lumbarkg.did_you_mean import nearest
from lumbarkg.identifiers import Iri
from lumbarkg.ontology.terms import Terms

_SUFFIXES = ("ing", "ies", "ed", "es", "s", "al", "y")
_SHORTEST_STEM = 4
_STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "to",
        "with",
        "and",
        "or",
        "for",
        "is",
        "are",
        "was",
        "at",
        "by",
        "from",
        "into",
        "over",
        "it",
    ]
)
_NEAR_ENOUGH = 85.0


@dataclass(frozen=True)
class Hit:
    """A term that a search found, with the name that matched and a score in (0, 1]."""

    term: Iri
    name: str
    score: float


class TermSearch:
    """A search over some of the terms of an ontology."""

    def __init__(self, terms: Terms, among: Iterable[Iri]) -> None:
        self._names: list[tuple[Iri, str, frozenset[str]]] = []
        counts: Counter[str] = Counter()
        number = 0
        for iri in sorted(among):
            term = terms.term(iri)
            words = [(name, frozenset(_words(name))) for name in dict.fromkeys((term.label, *term.synonyms))]
            self._names.extend((iri, name, known) for name, known in words if known)
            counts.update(frozenset().union(*(known for _, known in words)))
            number += 1
        self._weights = {word: math.log(1 + number / (1 + count)) for word, count in counts.items()}

    def find(self, text: str, limit: int = 10) -> tuple[Hit, ...]:
        """The terms that fit what was written, at most ``limit``; a term counts by its best name."""
        wanted = frozenset(self._known(word) for word in _words(text))
        best: dict[Iri, Hit] = {}
        for iri, name, words in self._names:
            shared = self._weight(wanted & words)
            if not shared:
                continue
            score = 2 * shared / (self._weight(wanted) + self._weight(words))
            if iri not in best or score > best[iri].score:
                best[iri] = Hit(iri, name, score)
        return tuple(sorted(best.values(), key=lambda hit: (-round(hit.score, 9), hit.term))[:limit])

    def _weight(self, words: frozenset[str]) -> float:
        return math.fsum(self._weights.get(word, 0.0) for word in words)

    def _known(self, word: str) -> str:
        if word in self._weights or len(word) < _SHORTEST_STEM:
            return word
        near = nearest(word, {known: known for known in self._weights if abs(len(known) - len(word)) <= 2}, 1)
        return near[0][0] if near and near[0][1] >= _NEAR_ENOUGH else word


def _words(text: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"[a-z0-9]+", text.casefold()) if word not in _STOP_WORDS]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word[: -len(suffix)]
    return word
