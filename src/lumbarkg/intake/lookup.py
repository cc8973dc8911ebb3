"""A word from outside → the term it means, or an issue that says what was expected and what is near."""

from __future__ import annotations

from lumbarkg.identifiers import Iri
from lumbarkg.issues import Issue, error
from lumbarkg.ontology.codes import CodeIndex
from lumbarkg.ontology.owl import EquivalentClasses, Not, Or, subexpressions
from lumbarkg.ontology.terms import Terms
from lumbarkg.reasoning.knowledge import Knowledge

_ARTICLE_VOWELS = "aeiou"


class TermLookup:
    """Resolves terms under a root class of the core vocabulary."""

    def __init__(self, knowledge: Knowledge, terms: Terms, codes: CodeIndex | None = None) -> None:
        self._knowledge, self._terms, self._codes = knowledge, terms, codes or CodeIndex(())
        self._not_assertable = frozenset(
            axiom.named.iri
            for axiom in knowledge.ontology.axioms
            if isinstance(axiom, EquivalentClasses)
            and any(isinstance(part, Or | Not) for part in subexpressions(axiom.definition))
        )

        self._assertable: dict[Iri, frozenset[Iri]] = {}
        self._by_local_name: dict[Iri, dict[str, Iri]] = {}

    def assertable(self, root: Iri) -> frozenset[Iri]:
        """The classes under a root that a case may state; remembered, as the roots are few."""
        found = self._assertable.get(root)
        if found is None:
            found = self._assertable[root] = self._knowledge.subclasses(root) - self._not_assertable
        return found

    def resolve(self, name: str, root: Iri, path: str, *, is_suggesting: bool = True) -> Iri | Issue:
        """The class under ``root`` that a local name, CURIE, IRI, exact label or mapped code means.

        To look for near names takes milliseconds, so that ``is_suggesting`` can leave it out.
        """
        usual = self._local_names(root).get(name)
        if usual is not None:
            return usual
        allowed = self.assertable(root)
        found = self._terms.find(name, allowed)
        if found in allowed:
            return found
        # A code stands for a term only where whoever has the one has the other.
        implied = self._codes.find_implied(name) & allowed
        if len(implied) == 1:
            return next(iter(implied))
        wanted = self._terms.label(root)
        if found is None:
            near = self._terms.suggest(name, allowed) if is_suggesting else ()
            remedy = (
                f"Did you mean {' or '.join(self._terms.curie(i) for i in near)}?"
                if near
                else f"Use the name, CURIE, IRI or label of {_with_article(wanted)}."
            )
            return error("unknown-term", path, f"'{name}' is not {_with_article(wanted)}.", remedy)
        kind = self._kind(found)
        return error(
            "wrong-kind",
            path,
            f"'{name}' is {_with_article(kind)}, not {_with_article(wanted)}.",
            f"Use the name, CURIE, IRI or label of {_with_article(wanted)}.",
        )

    def _local_names(self, root: Iri) -> dict[str, Iri]:
        """The local names of what a case may state under a root, as most cases name them; remembered as above."""
        found = self._by_local_name.get(root)
        if found is None:
            allowed = self.assertable(root)
            names = {iri.local_name: iri for iri in allowed}
            found = {name: iri for name, iri in names.items() if self._terms.find(name, allowed) == iri}
            self._by_local_name[root] = found
        return found

    def _kind(self, iri: Iri) -> str:
        """The label of the topmost class that the term lies under, to say what it is."""
        above = self._knowledge.superclasses(iri)
        top = [c for c in above if self._knowledge.superclasses(c) == {c}]
        return self._terms.label(sorted(top)[0]) if top else "term of another kind"


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in _ARTICLE_VOWELS else 'a'} {noun}"
