"""The saturated ontology compiled to sets of concepts as integers, closed by a few hundred rules.

What a case states of one individual is a conjunction: classes, links to classes of the ontology, facet atoms. Its
consequences are those of each part alone, which saturation has found before, and what the rules with several premises
add. So a part becomes a bit set that is closed already, the parts are joined by ``|``, and only the rules with several
premises are tried until nothing new follows (``close``). Nothing here changes after it was made, but for memories of
what the vocabulary bounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from lumbarkg.reasoning.normalise import BOTTOM, TOP, Concept, ContextKey, Role, Rules
from lumbarkg.reasoning.saturate import Context


class Node:
    """What one expression falls under (bits), and the nodes that it links to, by role. Compared by identity."""

    __slots__ = ("bits", "key", "links")

    def __init__(self, bits: int, links: dict[Role, tuple[Node, ...]], key: ContextKey | None = None) -> None:
        self.bits, self.links, self.key = bits, links, key


class Reach:
    """What a link to a node tells of whoever has it: the bits that follow, and all links that follow."""

    __slots__ = ("bits", "links")

    def __init__(self, bits: int, links: tuple[tuple[Role, Node], ...]) -> None:
        self.bits, self.links = bits, links


class HornProgram:
    """Rules over bit sets, made once from the saturated contexts of every concept."""

    def __init__(self, rules: Rules, contexts: Mapping[ContextKey, Context]) -> None:
        self.rules = rules
        conjunctions = _distinct_conjunctions(rules)
        watched = _watched_operands(conjunctions, contexts)
        # Watched concepts get the lowest bits, so that the set of those that hold stays a short integer.
        first = frozenset(watched)
        rest = (c for c in range(len(rules.names)) if c not in first)
        self._concept_at: tuple[Concept, ...] = (*sorted(first), *rest)
        self._position = {concept: position for position, concept in enumerate(self._concept_at)}
        self._low = (1 << len(first)) - 1
        self._bytes = len(self._concept_at) // 8 + 1
        self.nodes = self._make_nodes(contexts)
        self.closed: dict[Concept, int] = {c: self.nodes[c, None].bits for c in self._position}
        self.top = self.closed[TOP] if rules.uses_top else 0
        self.bottom = 1 << self._position[BOTTOM]
        self._rules_at = self._index(conjunctions, watched)
        self.conjunctions = tuple(
            (tuple(self._position[o] for o in operands), self._position[head]) for operands, head in conjunctions
        )
        self._heads = {role: self._filler_heads(by_filler) for role, by_filler in rules.exists_left.items()}
        self._linking = self.set_of(c for c in self._position if self.nodes[c, None].links)
        self._reached: dict[tuple[Role, Node], Reach] = {}

    @property
    def width(self) -> int:
        """How many positions a bit set has."""
        return len(self._concept_at)

    # ------------------------------------------------------------ sets

    def bit(self, concept: Concept) -> int:
        """The set that holds one concept."""
        return 1 << self._position[concept]

    def set_of(self, concepts: Iterable[Concept]) -> int:
        """The set of some concepts."""
        content = bytearray(self._bytes)
        for concept in concepts:
            position = self._position[concept]
            content[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(content, "little")

    def members(self, bits: int) -> list[Concept]:
        """The concepts of a set."""
        return [self._concept_at[p] for p in self.positions(bits)]

    def positions(self, bits: int) -> list[int]:
        """The positions of the ones of a set, ascending."""
        content = np.frombuffer(bits.to_bytes(self._bytes, "little"), dtype=np.uint8)
        found: list[int] = np.flatnonzero(np.unpackbits(content, bitorder="little")).tolist()
        return found

    def concept_at(self, position: int) -> Concept:
        """The concept of a position."""
        return self._concept_at[position]

    # ------------------------------------------------------------ closure

    def close(self, bits: int) -> int:
        """The least set that holds the given ones and everything that the rules add.

        ``bits`` must be a union of closed sets. Each pass tries the rules whose watched premise holds.
        """
        low, rules_at = self._low, self._rules_at
        while True:
            before, live = bits, bits & low
            while live:
                lowest = live & -live
                live ^= lowest
                for needed, head, gained in rules_at[lowest.bit_length()]:
                    if bits & needed == needed and not bits & head:
                        bits |= gained
            if bits == before:
                return bits

    def reach(self, role: Role, node: Node) -> Reach:
        """What follows for whoever has a link to the node; remembered for nodes of the ontology."""
        found = self._reached.get((role, node))
        if found is None:
            found = self.follow(role, node)
            if node.key is not None:
                self._reached[role, node] = found
        return found

    def follow(self, role: Role, node: Node) -> Reach:
        """As ``reach``, not remembered: role inclusions, chains through the node's own links, existentials, ⊥."""
        rules, bits = self.rules, 0
        links: dict[tuple[Role, Node], None] = {}
        stack = [(role, node)]
        while stack:
            link = stack.pop()
            if link in links:
                continue
            links[link] = None
            via, target = link
            bits |= self._gained(via, target)
            stack.extend((sup, target) for sup, _ in rules.super_role.get(via, ()))
            for second, sup, _ in rules.chain_first.get(via, ()):
                stack.extend((sup, end) for end in target.links.get(second, ()))
        return Reach(bits, tuple(links))

    def _gained(self, role: Role, target: Node) -> int:
        """What ∃role.target falls under directly."""
        gained = self.bottom if target.bits & self.bottom else 0
        if (heads := self._heads.get(role)) is not None:
            fillers, by_position = heads
            for position in self.positions(target.bits & fillers):
                gained |= by_position[position]
        return gained

    def join(self, bits: int, reached: Iterable[Reach]) -> Node:
        """The node of a conjunction: closed sets already joined, and links."""
        links: dict[Role, dict[Node, None]] = defaultdict(dict)
        for reach in reached:
            bits |= reach.bits
            for role, target in reach.links:
                links[role][target] = None
        bits = self.close(bits | self.top)
        for concept in self.members(bits & self._linking):
            for role, targets in self.nodes[concept, None].links.items():
                links[role].update(dict.fromkeys(targets))
        return Node(bits, {role: tuple(targets) for role, targets in links.items()})

    # ------------------------------------------------------------ compilation

    def _make_nodes(self, contexts: Mapping[ContextKey, Context]) -> dict[ContextKey, Node]:
        nodes = {key: Node(self.set_of(context.subsumers), {}, key) for key, context in contexts.items()}
        of_context = {context: nodes[key] for key, context in contexts.items()}
        for key, context in contexts.items():
            nodes[key].links = {
                role: tuple(of_context[target] for target in targets) for role, targets in context.links.items()
            }
        return nodes

    def _index(
        self, conjunctions: list[tuple[tuple[Concept, ...], Concept]], watched: list[Concept]
    ) -> list[tuple[tuple[int, int, int], ...]]:
        """Bit length of a watched position → (premises, head, all that the head brings)."""
        found: list[list[tuple[int, int, int]]] = [[] for _ in range(len(set(watched)) + 1)]
        for (operands, head), watch in zip(conjunctions, watched, strict=True):
            found[self._position[watch] + 1].append((self.set_of(operands), self.bit(head), self.closed[head]))
        return [tuple(rules) for rules in found]

    def _filler_heads(self, by_filler: Mapping[Concept, tuple[tuple[Concept, int], ...]]) -> tuple[int, dict[int, int]]:
        heads = {}
        for filler, rules in by_filler.items():
            gained = 0
            for head, _ in rules:
                gained |= self.closed[head]
            heads[self._position[filler]] = gained
        return self.set_of(by_filler), heads


def _distinct_conjunctions(rules: Rules) -> list[tuple[tuple[Concept, ...], Concept]]:
    found: dict[tuple[tuple[Concept, ...], Concept], Any] = {}
    for by_operand in rules.conjunction.values():
        for operands, head, _ in by_operand:
            found[tuple(sorted(set(operands))), head] = None
    return sorted(found)


def _watched_operands(
    conjunctions: list[tuple[tuple[Concept, ...], Concept]], contexts: Mapping[ContextKey, Context]
) -> list[Concept]:
    """For each rule the premise that holds of the fewest contexts: a rule is tried only where that one holds."""
    popularity: dict[Concept, int] = defaultdict(int)
    for context in contexts.values():
        for concept in context.subsumers:
            popularity[concept] += 1
    return [min(operands, key=lambda o: (popularity[o], o)) for operands, _ in conjunctions]
