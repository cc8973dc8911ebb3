"""What lies outside the supported profile is refused, naming the place and what to write instead."""

from __future__ import annotations

import pytest

from lumbarkg import vocabulary as v
from lumbarkg.errors import OntologyError
from lumbarkg.issues import Issue, Severity
from lumbarkg.ontology.build.profile import check_profile
from lumbarkg.ontology.build.release import build
from lumbarkg.ontology.read import read_ontology
from lumbarkg.rdf.syntax import parse
from lumbarkg.rdf.terms import Graph

EX = "http://example.org/"
HEADER = f"""
@prefix ex: <{EX}> . @prefix lkg: <{v.LKG}> . @prefix owl: <{v.OWL}> .
@prefix rdfs: <{v.RDFS}> . @prefix xsd: <{v.XSD}> .
lkg:PatientCase a owl:Class . lkg:Finding a owl:Class .
lkg:ClinicalPattern a owl:Class ; rdfs:subClassOf lkg:PatientCase .
lkg:TriagePattern a owl:Class ; rdfs:subClassOf lkg:PatientCase .
lkg:EmergencyCase a owl:Class ; rdfs:subClassOf lkg:TriagePattern .
lkg:hasFinding a owl:ObjectProperty ; rdfs:domain lkg:PatientCase ; rdfs:range lkg:Finding .
ex:p a owl:ObjectProperty . ex:q a owl:ObjectProperty . ex:r a owl:ObjectProperty .
ex:number a owl:DatatypeProperty ; rdfs:range xsd:decimal .
ex:Pain a owl:Class ; rdfs:subClassOf lkg:Finding . ex:Fever a owl:Class ; rdfs:subClassOf lkg:Finding .
ex:Thing a owl:Class . ex:Other a owl:Class .
"""


def check(body: str) -> tuple[Issue, ...]:
    return check_profile(read_ontology(Graph(parse(f"{HEADER}\n{body}".encode()))))


def some(prop: str, filler: str) -> str:
    return f"[ a owl:Restriction ; owl:onProperty {prop} ; owl:someValuesFrom {filler} ]"


def has(filler: str) -> str:
    return some("lkg:hasFinding", filler)


def both(*parts: str) -> str:
    return f"[ a owl:Class ; owl:intersectionOf ( {' '.join(parts)} ) ]"


def either(*parts: str) -> str:
    return f"[ a owl:Class ; owl:unionOf ( {' '.join(parts)} ) ]"


def lacks(part: str) -> str:
    return f"[ a owl:Class ; owl:complementOf {part} ]"


def between(low: int, high: int, prop: str = "ex:number") -> str:
    ends = f'[ xsd:minInclusive "{low}"^^xsd:decimal ] [ xsd:maxInclusive "{high}"^^xsd:decimal ]'
    facet = f"[ a rdfs:Datatype ; owl:onDatatype xsd:decimal ; owl:withRestrictions ( {ends} ) ]"
    return some(prop, facet)


def defined(name: str, parent: str, definition: str) -> str:
    return f"{name} a owl:Class ; rdfs:subClassOf {parent} ; owl:equivalentClass {definition} .\n"


def pattern(name: str, *parts: str) -> str:
    return defined(name, "lkg:ClinicalPattern", both("lkg:PatientCase", *parts))


def restriction(terms: str) -> str:
    return f"ex:Thing rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; {terms} ] ."


UNION = defined("ex:Either", "lkg:Finding", either("ex:Pain", "ex:Fever"))
# id → (Turtle, where it is refused, part of the message, part of the remedy)
REFUSED = {
    # properties
    "inverse": ("ex:p owl:inverseOf ex:q .", "p", "'inverseOf' is outside", "a direction of query"),
    "symmetric": ("ex:p a owl:SymmetricProperty .", "p", "'SymmetricProperty' is", "state both directions"),
    "functional": ("ex:number a owl:FunctionalProperty .", "number", "'FunctionalProperty' is", "let a shape"),
    "inverse functional": (
        "ex:p a owl:InverseFunctionalProperty .",
        "p",
        "'InverseFunctionalProperty' is",
        "let a shape",
    ),
    "reflexive": ("ex:p a owl:ReflexiveProperty .", "p", "'ReflexiveProperty' is", "state the reflexive case"),
    "asymmetric": ("ex:p a owl:AsymmetricProperty .", "p", "'AsymmetricProperty' is outside", ""),
    "irreflexive": ("ex:p a owl:IrreflexiveProperty .", "p", "'IrreflexiveProperty' is outside", ""),
    "equivalent properties": ("ex:p owl:equivalentProperty ex:q .", "p", "'equivalentProperty' is outside", ""),
    "disjoint properties": ("ex:p owl:propertyDisjointWith ex:q .", "p", "'propertyDisjointWith' is outside", ""),
    "inclusion in an inverse": (
        "ex:p rdfs:subPropertyOf [ owl:inverseOf ex:q ] .",
        "p",
        "'inverseOf' is outside",
        "a direction of query",
    ),
    "chain through an inverse": (
        "ex:p owl:propertyChainAxiom ( ex:q [ owl:inverseOf ex:r ] ) .",
        "p",
        "'inverseOf' is outside",
        "a direction of query",
    ),
    "boolean data": (
        "ex:flag a owl:DatatypeProperty ; rdfs:range xsd:boolean .",
        "flag",
        "'datatype http://www.w3.org/2001/XMLSchema#boolean' is outside",
        "",
    ),
    # class expressions
    "only": (restriction("owl:allValuesFrom ex:Other"), "Thing", "'allValuesFrom' is", "use someValuesFrom"),
    "value": (restriction("owl:hasValue ex:i"), "Thing", "'hasValue' is", "use someValuesFrom with a class"),
    "self": (restriction("owl:hasSelf true"), "Thing", "'hasSelf' is", "use a class of its own"),
    "cardinality": (restriction("owl:cardinality 1"), "Thing", "'cardinality' is", "lkg:atLeast and lkg:among"),
    "at least, by counting": (
        restriction("owl:minQualifiedCardinality 2 ; owl:onClass ex:Other"),
        "Thing",
        "'minQualifiedCardinality' is",
        "lkg:atLeast and lkg:among",
    ),
    "at most": (restriction("owl:maxCardinality 1"), "Thing", "'maxCardinality' is", "let a shape"),
    "one of": (
        "ex:Thing rdfs:subClassOf [ a owl:Class ; owl:oneOf ( ex:i ) ] .",
        "Thing",
        "'oneOf' is",
        "use a class with subclasses",
    ),
    "disjoint union": (
        "ex:Thing owl:disjointUnionOf ( ex:Pain ex:Fever ) .",
        "Thing",
        "'disjointUnionOf' is",
        "use subclasses",
    ),
    "key": ("ex:Thing owl:hasKey ( ex:p ) .", "Thing", "'hasKey' is", "leave identity to the store"),
    "same individual": ("ex:i owl:sameAs ex:j .", "i", "'sameAs' is", "use a mapping row"),
    "unnamed classes on both sides of ≡": (
        f"{some('ex:p', 'ex:Other')} owl:equivalentClass {some('ex:q', 'ex:Other')} .",
        "",
        "'equivalentClass of two unnamed classes' is",
        "name one of them",
    ),
    "the property between any two": (
        f"ex:Thing rdfs:subClassOf {some('owl:topObjectProperty', 'ex:Other')} .",
        "Thing",
        "'topObjectProperty' is outside",
        "use the property that is meant",
    ),
    "the property between no two": (
        "ex:p rdfs:subPropertyOf owl:bottomObjectProperty .",
        "p",
        "'bottomObjectProperty' is outside",
        "use owl:disjointWith",
    ),
    "a named union without ≡": ("ex:Thing owl:unionOf ( ex:Pain ex:Fever ) .", "Thing", "'unionOf' is", ""),
    "a named complement without ≡": ("ex:Thing owl:complementOf ex:Other .", "Thing", "'complementOf' is", ""),
    "a facet on integers": (
        "ex:Thing rdfs:subClassOf "
        + some("ex:number", "[ owl:onDatatype xsd:integer ; owl:withRestrictions ( [ xsd:minInclusive 1 ] ) ]")
        + " .",
        "Thing",
        "'a facet on another datatype than xsd:decimal' is",
        "",
    ),
    "a facet that is no end": (
        defined(
            "ex:F",
            "lkg:Finding",
            both(
                "ex:Pain",
                some(
                    "ex:number",
                    "[ owl:onDatatype xsd:decimal ; owl:withRestrictions ( [ xsd:totalDigits 1 ] ) ]",
                ),
            ),
        ),
        "F",
        "'facet totalDigits' is outside",
        "",
    ),
    "two lower ends": (
        defined(
            "ex:F",
            "lkg:Finding",
            both(
                "ex:Pain",
                some(
                    "ex:number",
                    "[ owl:onDatatype xsd:decimal ; owl:withRestrictions"
                    " ( [ xsd:minInclusive 7 ] [ xsd:minExclusive 3 ] ) ]",
                ),
            ),
        ),
        "F",
        "facet",
        "",
    ),
    # beyond EL outside a definition
    "a facet outside a definition": (
        f"ex:Pain rdfs:subClassOf {between(0, 5)} .",
        "Pain",
        "A facet stands outside a definition.",
        "Define a finding or a pattern",
    ),
    "a facet as domain": (f"ex:p rdfs:domain {between(0, 5)} .", "p", "A facet stands outside a definition.", ""),
    "a facet in the definition of another class": (
        defined("ex:Box", "ex:Thing", both("ex:Thing", between(0, 5))),
        "Box",
        "A facet stands outside a pattern or finding.",
        "Define a finding or a pattern.",
    ),
    "a union outside a definition": (
        f"ex:Thing rdfs:subClassOf {either('ex:Pain', 'ex:Fever')} .",
        "Thing",
        "A union stands outside a definition.",
        "Define a finding or a pattern",
    ),
    "a union on the left": (
        f"{either('ex:Pain', 'ex:Fever')} rdfs:subClassOf ex:Thing .",
        "",
        "A union stands outside a definition.",
        "",
    ),
    "a union as range": (
        f"ex:p rdfs:range {either('ex:Pain', 'ex:Fever')} .",
        "p",
        "A union stands outside a definition.",
        "",
    ),
    "a union in a disjointness": (
        f"ex:Thing owl:disjointWith {either('ex:Pain', 'ex:Fever')} .",
        "Thing",
        "A union stands outside a definition.",
        "",
    ),
    "a union in the definition of another class": (
        defined("ex:Box", "ex:Thing", both("ex:Thing", either("ex:Pain", "ex:Fever"))),
        "Box",
        "A union stands outside a pattern or finding.",
        "",
    ),
    "a complement outside a definition": (
        f"ex:Thing rdfs:subClassOf {lacks('ex:Other')} .",
        "Thing",
        "A complement stands outside a definition.",
        "",
    ),
    "a complement in a finding": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", lacks("ex:Fever"))),
        "F",
        "A complement stands outside a pattern.",
        "Deny findings in patterns only.",
    ),
    "a complement in triage": (
        defined(
            "ex:T",
            "lkg:EmergencyCase",
            both("lkg:PatientCase", has("ex:Pain"), lacks(has("ex:Fever"))),
        ),
        "T",
        "A triage rule uses a complement.",
        "Triage only rises: state what is present.",
    ),
    # classes defined beyond EL, where they must not stand
    "a union-defined class on a right-hand side": (
        UNION + "ex:Thing rdfs:subClassOf ex:Either .",
        "Thing",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "Put a primitive class there.",
    ),
    "a union-defined class inside a right-hand side": (
        UNION + f"ex:Thing rdfs:subClassOf {some('ex:p', 'ex:Either')} .",
        "Thing",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a union-defined class as range": (
        UNION + "ex:p rdfs:range ex:Either .",
        "p",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a union-defined class as domain": (
        UNION + "ex:p rdfs:domain ex:Either .",
        "p",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a union-defined finding in the definition of an assertable one": (
        UNION + defined("ex:F", "lkg:Finding", both("ex:Either", some("ex:p", "ex:Other"))),
        "F",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a denying pattern on a right-hand side": (
        pattern("ex:P", lacks(has("ex:Fever"))) + "ex:Q a owl:Class ; rdfs:subClassOf ex:P .",
        "Q",
        "P is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a class that is disjoint with itself": (
        "ex:Thing owl:disjointWith ex:Thing .",
        "Thing",
        "A class is disjoint with itself.",
        "Write rdfs:subClassOf owl:Nothing.",
    ),
    # definitions
    "a definition that uses itself": (
        defined("ex:A", "lkg:Finding", both("ex:Pain", some("ex:p", "ex:A"))),
        "A",
        "The definition uses itself.",
        "Break the circle with a primitive class.",
    ),
    "two definitions that use each other": (
        defined("ex:A", "lkg:Finding", both("ex:Pain", some("ex:p", "ex:B")))
        + defined("ex:B", "lkg:Finding", both("ex:Fever", some("ex:p", "ex:A"))),
        "B",
        "The definition uses itself.",
        "",
    ),
    "two definitions of one class": (
        defined("ex:A", "lkg:Finding", some("ex:p", "ex:Pain"))
        + f"ex:A owl:equivalentClass {some('ex:q', 'ex:Pain')} .",
        "A",
        "The class has two definitions.",
        "Keep one, or define two classes.",
    ),
    "a pattern under a defined class": (
        pattern("ex:P", has("ex:Pain")) + pattern("ex:Q", has("ex:Fever")) + "ex:Q rdfs:subClassOf ex:P .",
        "Q",
        "The pattern lies under the defined class http://example.org/P.",
        "Use primitive superclasses.",
    ),
    "facets that cover an asserted one only together": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 48)))
        + pattern("ex:P", has(both("ex:Pain", between(0, 24))))
        + pattern("ex:Q", has(both("ex:Pain", between(20, 48)))),
        "F",
        "Other facets of http://example.org/number cover >= 0 and <= 48 only together.",
        "Align their ends, or let one include it.",
    ),
    "a chain that ends without the range of the whole": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) ; rdfs:range ex:Thing .",
        "p",
        "A chain ends in a property whose range does not imply the range of the whole.",
        "Give http://example.org/r the same range.",
    ),
    "a chain that ends without an inherited range of the whole": (
        """ex:p owl:propertyChainAxiom ( ex:q ex:r ) ; rdfs:subPropertyOf ex:wide .
        ex:wide a owl:ObjectProperty ; rdfs:range ex:Thing .""",
        "p",
        "A chain ends in a property whose range does not imply the range of the whole.",
        "",
    ),
    "facets that cover an asserted one only together, in one pattern's union": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 48)))
        + pattern("ex:P", either(has(both("ex:Pain", between(0, 24))), has(both("ex:Pain", between(24, 48))))),
        "F",
        "cover >= 0 and <= 48 only together.",
        "",
    ),
    "a chain whose parts depend on the whole": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) . ex:q owl:propertyChainAxiom ( ex:p ex:r ) .",
        "p",
        "The chain q ∘ r is irregular: its parts depend on the whole.",
        "Let the whole stand at one end of its chain only",
    ),
    "a chain with the whole in its middle": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:p ex:r ) .",
        "p",
        "The chain q ∘ p ∘ r is irregular",
        "",
    ),
    "a chain with the whole at both ends": (
        "ex:p owl:propertyChainAxiom ( ex:p ex:q ex:p ) .",
        "p",
        "The chain p ∘ q ∘ p is irregular",
        "",
    ),
    "a chain of properties above the whole": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) ; rdfs:subPropertyOf ex:q .",
        "p",
        "The chain q ∘ r is irregular",
        "",
    ),
    "a chain of one": (
        "ex:p owl:propertyChainAxiom ( ex:q ) .",
        "p",
        "'a chain of fewer than two properties' is outside",
        "write rdfs:subPropertyOf",
    ),
    "a property under suggests": (
        "lkg:suggests a owl:ObjectProperty . ex:p rdfs:subPropertyOf lkg:suggests .",
        "https://w3id.org/lumbarkg/suggests",
        "suggests may have no subproperty and take part in no chain.",
        "State suggests on the patterns themselves.",
    ),
    "a chain into arguesAgainst": (
        "lkg:arguesAgainst a owl:ObjectProperty ; owl:propertyChainAxiom ( ex:p ex:q ) .",
        "https://w3id.org/lumbarkg/arguesAgainst",
        "arguesAgainst may have no subproperty and take part in no chain.",
        "",
    ),
    "a chain with suggests in it": (
        "lkg:suggests a owl:ObjectProperty . ex:p owl:propertyChainAxiom ( lkg:suggests ex:q ) .",
        "p",
        "suggests may have no subproperty and take part in no chain.",
        "",
    ),
    "a transitive suggests": (
        "lkg:suggests a owl:ObjectProperty , owl:TransitiveProperty .",
        "https://w3id.org/lumbarkg/suggests",
        "suggests may have no subproperty and take part in no chain.",
        "",
    ),
    # data
    "an inclusion of data properties": (
        "ex:count a owl:DatatypeProperty . ex:count rdfs:subPropertyOf ex:number .",
        "count",
        "A data property is included in another property.",
        "Use one data property",
    ),
    "a data property that leads to a class": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", some("ex:number", "ex:Other"))),
        "number",
        "A data property leads to a class.",
        "Use a facet",
    ),
    "a facet on a property of things": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 5, "ex:p"))),
        "p",
        "A facet stands on a property of things.",
        "Declare it as a data property.",
    ),
    "a facet on a property of texts": (
        "ex:text a owl:DatatypeProperty ; rdfs:range xsd:string ."
        + defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 5, "ex:text"))),
        "text",
        "A facet stands on a property whose range is not xsd:decimal.",
        "Give it that range.",
    ),
    "a facet on a property of integers": (
        "ex:count a owl:DatatypeProperty ; rdfs:range xsd:integer ."
        + defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 5, "ex:count"))),
        "count",
        "A facet stands on a property whose range is not xsd:decimal.",
        "Give it that range.",
    ),
    "a property of things and of data": (
        "ex:p a owl:DatatypeProperty .",
        "p",
        "The property is declared for things and for data.",
        "Declare two properties.",
    ),
    "double data": (
        "ex:real a owl:DatatypeProperty ; rdfs:range xsd:double .",
        "real",
        "'datatype http://www.w3.org/2001/XMLSchema#double' is outside",
        "use xsd:decimal, xsd:integer or xsd:string; yes and no are classes",
    ),
    "any integer": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", some("ex:number", "xsd:integer"))),
        "F",
        "'a datatype as filler' is outside",
        "write xsd:decimal",
    ),
    "any literal": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", some("ex:number", "rdfs:Literal"))),
        "F",
        "'a datatype as filler' is outside",
        "write xsd:decimal",
    ),
    "a set of values": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", some("ex:number", "[ a rdfs:Datatype ; owl:oneOf ( 1 2 ) ]"))),
        "F",
        "'oneOf' is outside",
        "",
    ),
    "a datatype definition": (
        "ex:Percent a rdfs:Datatype .",
        "Percent",
        "'a datatype definition' is outside",
        "write the facet where it is used",
    ),
    # complements
    "a complement in a class of cases that is no pattern": (
        defined("ex:Elder", "lkg:PatientCase", both("lkg:PatientCase", lacks(has("ex:Fever")))),
        "Elder",
        "A complement stands outside a pattern.",
        "",
    ),
    "a complement of a class": (
        pattern("ex:P", lacks("ex:Thing")),
        "P",
        "A complement says something else than that a named finding was denied.",
        "Write not (hasFinding some NamedFinding)",
    ),
    "a complement of an unnamed finding": (
        pattern("ex:P", lacks(has(both("ex:Pain", some("ex:p", "ex:Other"))))),
        "P",
        "A complement says something else than that a named finding was denied.",
        "name the finding",
    ),
    "a complement of what is no finding": (
        pattern("ex:P", lacks(has("ex:Thing"))),
        "P",
        "A complement says something else than that a named finding was denied.",
        "",
    ),
    "a complement within a finding of a pattern": (
        pattern("ex:P", has(both("ex:Pain", lacks(has("ex:Fever"))))),
        "P",
        "A complement says something else than that a named finding was denied.",
        "beside what the case has",
    ),
    # right-hand sides, by way of other definitions
    "a class whose definition uses a union-defined one, on a right-hand side": (
        UNION + pattern("ex:P", has("ex:Either")) + "ex:Q a owl:Class ; rdfs:subClassOf ex:P .",
        "Q",
        "P is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a union-defined class in the definition of a class that is no case": (
        UNION + defined("ex:Box", "ex:Thing", both("ex:Other", some("ex:p", "ex:Either"))),
        "Box",
        "Either is defined with a union or denial and stands on a right-hand side.",
        "",
    ),
    "a pattern under a defined class, by way of a primitive one": (
        pattern("ex:P", has("ex:Pain"))
        + "ex:Middle a owl:Class ; rdfs:subClassOf ex:P ."
        + defined("ex:Q", "ex:Middle", both("ex:Middle", has("ex:Fever"))),
        "Q",
        "The pattern lies under the defined class http://example.org/P.",
        "",
    ),
    # individuals and other statements
    "an instance of a class of findings": (
        "ex:i a owl:NamedIndividual , ex:Pain .",
        "i",
        "The individual is an instance of http://example.org/Pain, from which something follows.",
        "Declare a class instead",
    ),
    "an instance of an unnamed class": (
        f"ex:i a {some('ex:p', 'ex:Other')} .",
        "i",
        "The individual is an instance of an unnamed class, from which something follows.",
        "Declare a class instead",
    ),
    "a link between individuals": ("ex:i ex:p ex:j .", "i", "p is stated of an individual.", "State it of a class"),
    "a number of an individual": ("ex:i ex:number 3.0 .", "i", "number is stated of an individual.", ""),
    "a class that is an individual": (
        "ex:Other a owl:NamedIndividual .",
        "Other",
        "The name is of a class and of an individual.",
        "Use two names.",
    ),
    "unnamed individuals that are the same": (
        "_:i owl:sameAs ex:j .",
        "",
        "'sameAs' is outside",
        "use a mapping row",
    ),
    "different individuals": (
        "[ a owl:AllDifferent ; owl:distinctMembers ( ex:i ex:j ) ] .",
        "",
        "'AllDifferent' is outside",
        "individuals are data",
    ),
    "a negative assertion": (
        "[ a owl:NegativePropertyAssertion ; owl:sourceIndividual ex:i ] .",
        "",
        "'NegativePropertyAssertion' is outside",
        "a denied finding of a case",
    ),
    "pairwise disjoint properties": (
        "[ a owl:AllDisjointProperties ; owl:members ( ex:p ex:q ) ] .",
        "",
        "'AllDisjointProperties' is outside",
        "leave it to a shape",
    ),
    "a rule": (
        "[ a <http://www.w3.org/2003/11/swrl#Imp> ] .",
        "",
        "'a rule (SWRL)' is outside",
        "write class axioms",
    ),
    "an undeclared annotation": (
        "ex:Thing ex:remark 'odd' .",
        "remark",
        "The property is used and not declared.",
        "Declare it as an annotation property.",
    ),
    # broken expressions
    "two constructors in one": (
        restriction("owl:someValuesFrom ex:Other ; owl:allValuesFrom ex:Other"),
        "Thing",
        "'several constructors in one class expression' is outside",
        "write an intersection of them",
    ),
    "two fillers in one": (
        restriction("owl:someValuesFrom ex:Other , ex:Pain"),
        "Thing",
        "'several constructors in one class expression' is outside",
        "",
    ),
    "a union of nothing": (
        defined("ex:F", "lkg:Finding", "[ a owl:Class ; owl:unionOf () ]"),
        "F",
        "'an intersection or union of nothing' is outside",
        "",
    ),
    "several values at once": (
        "ex:Thing rdfs:subClassOf [ owl:onProperties ( ex:p ex:q ) ; owl:someValuesFrom ex:Other ] .",
        "Thing",
        "is outside the supported profile",
        "",
    ),
    # names
    "an undeclared class": (
        "ex:Thing rdfs:subClassOf ex:Typo .",
        "Typo",
        "The class is used and not declared.",
        "Declare it, or correct the name.",
    ),
    "an undeclared class in a definition": (pattern("ex:P", has("ex:Typo")), "Typo", "The class is used and", ""),
    "an undeclared class as range": ("ex:p rdfs:range ex:Typo .", "Typo", "The class is used and", ""),
    "an undeclared class in a disjointness": ("ex:Thing owl:disjointWith ex:Typo .", "Typo", "The class is used", ""),
    "an undeclared property": (
        f"ex:Thing rdfs:subClassOf {some('ex:typo', 'ex:Other')} .",
        "typo",
        "The property is used and not declared.",
        "Use one of core.ttl.",
    ),
    "an undeclared property in a chain": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:typo ) .",
        "typo",
        "The property is used and not declared.",
        "",
    ),
    "a domain of an undeclared property": (
        "ex:typo rdfs:domain ex:Thing .",
        "typo",
        "The property is used and not declared.",
        "",
    ),
}


NUMBER_REFUSED = 106


@pytest.mark.parametrize(("body", "place", "message", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_place_message_and_remedy(body: str, place: str, message: str, remedy: str) -> None:
    issues = check(body)
    fitting = [i for i in issues if message in i.message and remedy in i.remedy]
    assert fitting, f"refused otherwise or not at all: {[str(i) for i in issues]}"
    assert all(i.severity is Severity.ERROR and i.remedy for i in fitting)
    if place:
        assert (place if ":" in place else EX + place) in [i.path for i in fitting]


def test_no_construct_was_lost() -> None:
    assert len(REFUSED) == NUMBER_REFUSED


def test_every_construct_is_reported_at_once() -> None:
    body = "ex:p owl:inverseOf ex:q . ex:Thing rdfs:subClassOf ex:Typo ." + restriction("owl:allValuesFrom ex:Other")
    places = {i.path for i in check(body)}
    assert {f"{EX}p", f"{EX}Thing", f"{EX}Typo"} <= places


ALLOWED = {
    "nothing": "",
    "EL": f"ex:Thing rdfs:subClassOf {both('ex:Other', some('ex:p', some('ex:q', 'ex:Other')))} .",
    "a general inclusion": f"{both('ex:Thing', some('ex:p', 'ex:Other'))} rdfs:subClassOf ex:Other .",
    "disjointness": (
        "ex:Thing owl:disjointWith ex:Other . [ a owl:AllDisjointClasses ; owl:members ( ex:Thing ex:Pain ) ] ."
    ),
    "bottom": f"{both('ex:Thing', 'ex:Other')} rdfs:subClassOf owl:Nothing .",
    "roles": (
        "ex:p rdfs:subPropertyOf ex:q . ex:q a owl:TransitiveProperty . ex:r owl:propertyChainAxiom ( ex:r ex:q ) ."
    ),
    "a chain whose last property has the range": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) ; rdfs:range ex:Thing . ex:r rdfs:range ex:Thing ."
    ),
    "a chain whose last property inherits the range": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ) ; rdfs:range ex:Thing . ex:r rdfs:subPropertyOf ex:s ."
        " ex:s a owl:ObjectProperty ; rdfs:range ex:Thing ."
    ),
    "a union in a finding": UNION,
    "a facet in a finding": defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 48))),
    "facets of which one includes the other": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", between(12, 24)))
        + pattern("ex:P", has(both("ex:Pain", between(0, 48))))
    ),
    "facets with a gap": (
        defined("ex:F", "lkg:Finding", both("ex:Pain", between(0, 48)))
        + pattern("ex:P", has(both("ex:Pain", between(0, 20))))
        + pattern("ex:Q", has(both("ex:Pain", between(24, 48))))
    ),
    "a pattern with all of it": pattern(
        "ex:P",
        has(both("ex:Pain", between(0, 48))),
        either(has("ex:Fever"), has("ex:Pain")),
        lacks(has("ex:Fever")),
    ),
    "a denied class defined with a union": UNION + pattern("ex:P", has("ex:Pain"), lacks(has("ex:Either"))),
    "a class that holds individuals and of which no axiom says more": (
        "ex:Note a owl:Class . ex:i a owl:NamedIndividual , ex:Note ; rdfs:label 'i' ."
    ),
    "a chain with the whole at one end": "ex:p owl:propertyChainAxiom ( ex:p ex:q ) , ( ex:r ex:p ) .",
    "a complement as one of several": pattern("ex:P", either(has("ex:Pain"), lacks(has("ex:Fever")))),
    "an unnamed class on the left of ≡": f"{some('ex:p', 'ex:Other')} owl:equivalentClass ex:Thing .",
    "any number": defined("ex:F", "lkg:Finding", both("ex:Pain", some("ex:number", "xsd:decimal"))),
    "an annotation property's inclusion": "ex:note a owl:AnnotationProperty ; rdfs:subPropertyOf rdfs:comment .",
}


@pytest.mark.parametrize("body", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_the_profile_allows_is_not_refused(body: str) -> None:
    assert [str(issue) for issue in check(body)] == []


def test_the_release_is_inside_the_profile_and_reads_without_issue(built) -> None:
    assert check_profile(built.ontology) == ()


def test_the_build_refuses_with_every_issue(tmp_path) -> None:
    (tmp_path / "catalog-v001.xml").write_text(
        '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"/>', encoding="utf-8"
    )
    root = tmp_path / "root.ttl"
    root.write_text(HEADER + "ex:p owl:inverseOf ex:q . ex:Thing rdfs:subClassOf ex:Typo .", encoding="utf-8")
    with pytest.raises(OntologyError) as refused:
        build(root)
    assert "http://example.org/p: 'inverseOf' is outside the supported profile." in str(refused.value)
    assert "http://example.org/Typo: The class is used and not declared." in str(refused.value)
