"""What the classes of cases say of conditions: ``lkg:suggests`` and ``lkg:arguesAgainst``, read once."""

from __future__ import annotations

from collections.abc import Callable

from lumbarkg import vocabulary as v
from lumbarkg.identifiers import Iri
from lumbarkg.reasoning.horn import HornProgram, Node
from lumbarkg.reasoning.normalise import Concept, Rules


class Patterns:
    """The concepts that speak for or against a condition, and the axioms that make them."""

    def __init__(
        self,
        rules: Rules,
        program: HornProgram,
        conditions: frozenset[Iri],
        named: Callable[[Node], frozenset[Iri]],
    ) -> None:
        self._program = program
        self._speakers: dict[Iri, tuple[int, dict[Concept, frozenset[Iri]]]] = {}
        links: dict[Concept, list[tuple[bool, Iri, int]]] = {}
        for prop, supports in ((v.SUGGESTS, True), (v.ARGUES_AGAINST, False)):
            role, spoken = rules.roles.get(prop), {}
            for (concept, key), node in program.nodes.items():
                if key is None and role is not None and role in node.links:
                    spoken[concept] = frozenset(name for t in node.links[role] for name in named(t)) & conditions
            self._speakers[prop] = (program.set_of(spoken), spoken)
            for concept, existentials in rules.exists_right.items():
                for via, filler, axiom in existentials:
                    condition = rules.names[filler[0]]
                    if via == role and condition is not None and rules.names[concept] is not None:
                        links.setdefault(concept, []).append((supports, condition, axiom))
        self.linked = program.set_of(links)
        """The named classes with an axiom C ⊑ ∃suggests.X or C ⊑ ∃arguesAgainst.X."""
        self.links = {concept: tuple(found) for concept, found in links.items()}
        """Each of them → whether it speaks for X, X, and the index of the axiom."""

    def speaking(self, prop: Iri, bits: int) -> list[tuple[Concept, frozenset[Iri]]]:
        """The concepts of a set that imply ∃prop.X for some named condition X, each with all of these."""
        speakers, conditions = self._speakers[prop]
        return [(concept, conditions[concept]) for concept in self._program.members(bits & speakers)]
