"""What an editor writes instead of a construct that the profile has no place for."""

from __future__ import annotations

REMEDIES = {
    "AsymmetricProperty": "leave it to a shape; nothing follows from it for a case",
    "IrreflexiveProperty": "leave it to a shape; nothing follows from it for a case",
    "equivalentProperty": "use one property, or two inclusions",
    "propertyDisjointWith": "leave it to a shape",
    "unionOf": "write owl:equivalentClass with the union",
    "intersectionOf": "write owl:equivalentClass with the intersection",
    "complementOf": "write owl:equivalentClass, and 'not' in clinical patterns only",
    "two ends on one side of a facet": "keep the narrower one",
    "inverseOf": "state the direction that is asked for; the inverse is a direction of query",
    "SymmetricProperty": "state both directions where both are meant",
    "FunctionalProperty": "let a shape hold the property to one value",
    "InverseFunctionalProperty": "let a shape hold the property to one value",
    "ReflexiveProperty": "state the reflexive case on the classes that need it",
    "allValuesFrom": "use someValuesFrom, or a range on the property",
    "hasValue": "use someValuesFrom with a class",
    "hasSelf": "use a class of its own",
    "oneOf": "use a class with subclasses",
    "cardinality": "annotate the class with lkg:atLeast and lkg:among",
    "minCardinality": "annotate the class with lkg:atLeast and lkg:among",
    "maxCardinality": "let a shape hold the number of values",
    "qualifiedCardinality": "annotate the class with lkg:atLeast and lkg:among",
    "minQualifiedCardinality": "annotate the class with lkg:atLeast and lkg:among",
    "maxQualifiedCardinality": "let a shape hold the number of values",
    "disjointUnionOf": "use subclasses and, where anatomy or time demands it, owl:disjointWith",
    "hasKey": "leave identity to the store",
    "AllDisjointProperties": "leave it to a shape",
    "AllDifferent": "leave it out; individuals are data",
    "NegativePropertyAssertion": "leave it out; what is absent is a denied finding of a case",
    "bottomObjectProperty": "use owl:disjointWith, or rdfs:subClassOf owl:Nothing",
    "bottomDataProperty": "use owl:disjointWith, or rdfs:subClassOf owl:Nothing",
    "topObjectProperty": "use the property that is meant",
    "topDataProperty": "use the property that is meant",
    "equivalentClass of two unnamed classes": "name one of them",
    "a datatype definition": "write the facet where it is used",
    "a datatype as filler": "write xsd:decimal, of which every number of a case is one; yes and no are classes",
    "a facet on another datatype than xsd:decimal": "write xsd:decimal, of which every number of a case is one",
    "a rule (SWRL)": "write class axioms; where the rule links two things, a property chain",
    "a chain of fewer than two properties": "write rdfs:subPropertyOf",
    "an intersection or union of nothing": "name the classes, or leave it out",
    "several constructors in one class expression": "write an intersection of them",
    "sameAs": "use a mapping row (SSSOM)",
    "differentFrom": "leave it out; individuals are data",
}
"""Construct, by its name in OWL's vocabulary or in words → what to write instead."""


def remedy_for(construct: str) -> str:
    """What to write instead of a construct."""
    if construct.startswith("datatype "):
        return "use xsd:decimal, xsd:integer or xsd:string; yes and no are classes"
    if construct.startswith("facet "):
        return "use minInclusive, minExclusive, maxInclusive or maxExclusive, with xsd:decimal"
    return REMEDIES.get(construct, "use intersections, someValuesFrom and named classes")
