"""The saturated ontology: classified once, immutable, extended per case and the extension thrown away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.identifiers import Iri
from lumbarkg.model import Exposure, Finding
from lumbarkg.ontology.owl import EquivalentClasses, Named, Or, SubClassOf, disjuncts, subexpressions
from lumbarkg.ontology.read import Ontology
from lumbarkg.reasoning.normalise import BOTTOM, Concept, ContextKey, Role, Rules, normalise
from lumbarkg.reasoning.saturate import Context, Saturation, asserted, no_context

_REMEMBERED_EXPRESSIONS = 20_000


@dataclass(frozen=True)
class Expression:
    """What a finding or an exposure says to logic: classes, qualifiers, and the facet atoms its numbers fall in.

    Numbers are reduced to the ontology's own intervals, so that remembered expressions stay few.
    """

    types: tuple[Iri, ...]
    qualifiers: tuple[tuple[Iri, Iri], ...]
    atoms: tuple[tuple[Iri, tuple[Concept, ...]], ...]


class Knowledge:
    """The rules and the saturated contexts of one ontology.

    Raises OntologyError where the ontology lies outside the profile or a class is unsatisfiable.
    """

    def __init__(self, ontology: Ontology) -> None:
        if ontology.issues:
            raise OntologyError("; ".join(str(issue) for issue in ontology.issues))
        self.ontology = ontology
        self.rules: Rules = normalise(ontology.axioms, ontology.classes, ontology.data_properties)
        saturation = Saturation(self.rules, no_context)
        for key in sorted(self.rules.context_keys(), key=lambda k: (k[0], -1 if k[1] is None else k[1])):
            saturation.context(key)
        saturation.run()
        self._contexts: dict[ContextKey, Context] = saturation.opened
        unsatisfiable = sorted(
            str(name)
            for concept, name in enumerate(self.rules.names)
            if name is not None and concept > BOTTOM and BOTTOM in self._contexts[concept, None].subsumers
        )
        if unsatisfiable:
            raise OntologyError(f"These classes can have no instance: {', '.join(unsatisfiable)}.")
        self._by_cases = self._superclasses_by_cases()
        self.expression_context = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._expression_context)
        self.denied_classes = lru_cache(maxsize=_REMEMBERED_EXPRESSIONS)(self._denied_classes)

    # ------------------------------------------------------------ the hierarchy

    def context(self, iri: Iri) -> Context | None:
        """The saturated context of a named class, None where the ontology does not know it."""
        concept = self.rules.concept(iri)
        return None if concept is None else self._contexts.get((concept, None))

    @cached_property
    def _superclasses(self) -> dict[Iri, frozenset[Iri]]:
        above = {
            name: self.named(self._contexts[concept, None])
            for concept, name in enumerate(self.rules.names)
            if name is not None and concept > BOTTOM
        }
        by_cases = self._superclasses_by_cases()
        return {name: sups.union(*(by_cases.get(sup, frozenset()) for sup in sups)) for name, sups in above.items()}

    def _superclasses_by_cases(self) -> dict[Iri, frozenset[Iri]]:
        """Class defined with a union → what every one of its cases falls under.

        This is the one place where the hierarchy needs reasoning by cases. No patient's case does: it asserts
        findings, and never a class that is defined so.
        """
        defined = {a.named.iri: a.definition for a in self.ontology.axioms if isinstance(a, EquivalentClasses)}
        unions = {i: d for i, d in defined.items() if any(isinstance(part, Or) for part in subexpressions(d))}
        named_cases: dict[Iri, list[SubClassOf]] = {}
        for iri, definition in defined.items():
            if len(cases := disjuncts(definition, unions)) > 1:
                named_cases[iri] = [
                    SubClassOf(Named(Iri(f"{iri}#case{number}")), case) for number, case in enumerate(cases)
                ]
        extra = tuple(axiom for axioms in named_cases.values() for axiom in axioms)
        rules = normalise((*self.ontology.axioms, *extra), self.ontology.classes, self.ontology.data_properties)
        saturation = Saturation(rules, no_context)
        contexts = {axiom: saturation.context((rules.concepts[axiom.sub], None)) for axiom in extra}
        saturation.run()

        def known(context: Context) -> frozenset[Iri]:
            names = (rules.names[c] for c in context.subsumers if c > BOTTOM)
            return frozenset(name for name in names if name in self.ontology.classes)

        found: dict[Iri, frozenset[Iri]] = {}
        for cls, axioms in named_cases.items():
            possible = [contexts[axiom] for axiom in axioms if BOTTOM not in contexts[axiom].subsumers]
            if not possible:
                raise OntologyError(f"These classes can have no instance: {cls}.")
            found[cls] = frozenset.intersection(*(known(context) for context in possible))
        return found

    @cached_property
    def _subclasses(self) -> dict[Iri, frozenset[Iri]]:
        below: dict[Iri, set[Iri]] = {name: set() for name in self._superclasses}
        for name, above in self._superclasses.items():
            for sup in above:
                below[sup].add(name)
        return {name: frozenset(names) for name, names in below.items()}

    def superclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed named superclasses, itself included."""
        return self._superclasses.get(iri, frozenset())

    def subclasses(self, iri: Iri) -> frozenset[Iri]:
        """All entailed named subclasses, itself included."""
        return self._subclasses.get(iri, frozenset())

    def is_subclass(self, sub: Iri, sup: Iri) -> bool:
        """Whether sub ⊑ sup is entailed between named classes."""
        return sup in self._superclasses.get(sub, frozenset())

    def direct_subclasses(self, iri: Iri) -> tuple[Iri, ...]:
        """The proper subclasses with no other class between, sorted."""
        below = self.subclasses(iri) - self.equivalents(iri)
        return tuple(sorted(c for c in below if not (self.superclasses(c) & below) - self.equivalents(c)))

    def equivalents(self, iri: Iri) -> frozenset[Iri]:
        """The named classes that are entailed to have the same instances, itself included."""
        return self.superclasses(iri) & self.subclasses(iri)

    def most_specific(self, classes: Iterable[Iri]) -> frozenset[Iri]:
        """Those of the classes that have no proper subclass among them."""
        names = frozenset(classes)
        return frozenset(c for c in names if not (self.subclasses(c) & names) - self.equivalents(c))

    def most_general(self, classes: Iterable[Iri]) -> frozenset[Iri]:
        """Those of the classes that have no proper superclass among them."""
        names = frozenset(classes)
        return frozenset(c for c in names if not (self.superclasses(c) & names) - self.equivalents(c))

    def named(self, context: Context) -> frozenset[Iri]:
        """The named classes that a context falls under."""
        names = self.rules.names
        found = (names[c] for c in context.subsumers if c > BOTTOM)
        return frozenset(name for name in found if name is not None)

    @cached_property
    def triage_classes(self) -> dict[Iri, Iri]:
        """Triage class → the level under which an editor put it."""
        levels = {t.subject for t in self.ontology.graph.with_predicate(v.TRIAGE_LEVEL)}
        return {
            Iri(t.subject): t.object
            for t in self.ontology.graph.with_predicate(v.RDFS_SUBCLASS_OF)
            if isinstance(t.object, Iri) and t.object in levels
        }

    # ------------------------------------------------------------ expressions of cases

    def finding_expression(self, finding: Finding) -> Expression:
        """The expression that a present or denied finding stands for."""
        return Expression((finding.term,), finding.qualifiers, self.atoms(finding.quantities))

    def exposure_expression(self, exposure: Exposure) -> Expression:
        """The expression that an exposure stands for."""
        return Expression((v.EXPOSURE, *exposure.types), exposure.qualifiers, self.atoms(exposure.quantities))

    def atoms(self, quantities: Iterable[tuple[Iri, object]]) -> tuple[tuple[Iri, tuple[Concept, ...]], ...]:
        """For each stated number, the facet atoms of the ontology that it falls in."""
        return tuple(
            (prop, tuple(c for interval, c in self.rules.facets.get(prop, ()) if number in interval))  # type: ignore[operator]
            for prop, number in quantities
        )

    def _expression_context(self, expression: Expression, role: Iri) -> Context:
        """The saturated context of an expression that ``role`` leads to; remembered."""
        saturation = Saturation(self.rules, self._contexts.get)
        context = saturation.open(Context())
        self.state_expression(saturation, context, expression, role)
        saturation.run()
        return context

    def state_expression(self, saturation: Saturation, context: Context, expression: Expression, role: Iri) -> None:
        """Add what an expression states to a context of a running saturation."""
        number = self.rules.roles.get(role)
        if number is not None:
            saturation.add_ranges(context, number)
        for cls in expression.types:
            saturation.add(context, self.known(cls), asserted(("type", cls)))
        for prop, term in expression.qualifiers:
            qualifier = self.rules.roles.get(prop)
            if qualifier is None:
                raise OntologyError(f"The ontology does not use the property {prop}.")
            key = (self.known(term), qualifier if qualifier in self.rules.ranges else None)
            saturation.link(context, qualifier, saturation.context(key), asserted(("qualifier", prop, term)))
        for prop, atoms in expression.atoms:
            for atom in atoms:
                saturation.add(context, atom, asserted(("quantity", prop)))

    def known(self, iri: Iri) -> Concept:
        """The concept of a class that must exist. Raises OntologyError."""
        concept = self.rules.concept(iri)
        if concept is None:
            raise OntologyError(f"The ontology does not know the class {iri}.")
        return concept

    def saturation(self) -> Saturation:
        """A new run on top of the saturated ontology."""
        return Saturation(self.rules, self._contexts.get)

    # ------------------------------------------------------------ denial

    def falls_under(self, context: Context, expression: Expression) -> bool:
        """Whether a context is entailed to fall under an expression of classes and qualifiers."""
        if any(self.known(cls) not in context.subsumers for cls in expression.types):
            return False
        return all(self._reaches(context, prop, term) for prop, term in expression.qualifiers)

    def _reaches(self, context: Context, prop: Iri, term: Iri) -> bool:
        role: Role | None = self.rules.roles.get(prop)
        if role is None:
            return False
        concept = self.known(term)
        return any(concept in target.subsumers for target in context.links.get(role, ()))

    def _denied_classes(self, expression: Expression) -> frozenset[Iri]:
        """The named finding classes that denying the expression denies: all that fall under it; remembered."""
        below = self.subclasses(expression.types[0])
        if not expression.qualifiers:
            return below
        return frozenset(c for c in below if self.falls_under(self._contexts[self.known(c), None], expression))

    @cached_property
    def denials(self) -> dict[Iri, Iri]:
        """Finding class → the generated class of cases that deny it."""
        found: dict[Iri, Iri] = {}
        for triple in self.ontology.graph.with_predicate(v.DENIAL_OF):
            if isinstance(triple.object, Iri) and isinstance(triple.subject, Iri):
                found[triple.object] = triple.subject
        return found
