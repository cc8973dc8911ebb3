"""The terms of ``ontology/core.ttl`` and of the standards it uses, as constants. Nothing clinical."""

from __future__ import annotations

from lumbarkg.identifiers import Iri

LKG = "https://w3id.org/lumbarkg/"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OBO = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
DCTERMS = "http://purl.org/dc/terms/"
VANN = "http://purl.org/vocab/vann/"
PROV = "http://www.w3.org/ns/prov#"
SKOS = "http://www.w3.org/2004/02/skos/core#"

WELL_KNOWN_PREFIXES = {
    "lkg": LKG,
    # One prefix a folder of addresses: a slash after a prefix is valid Turtle that the OWL API cannot read.
    "lkgref": LKG + "reference/",
    "lkgev": LKG + "evidence/",
    "lkgont": LKG + "ontology/",
    "lkggraph": LKG + "graph/",
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "obo": OBO,
    "oboInOwl": OBO_IN_OWL,
    "dcterms": DCTERMS,
    "vann": VANN,
    "prov": PROV,
    "skos": SKOS,
}


CASE_GRAPHS = LKG + "graph/cases/"
"""Below this address are the graphs of stored cases, which derive from the record of cases."""


def _lkg(name: str) -> Iri:
    return Iri(LKG + name)


RDF_TYPE = Iri(RDF + "type")
RDF_FIRST = Iri(RDF + "first")
RDF_REST = Iri(RDF + "rest")
RDF_NIL = Iri(RDF + "nil")
RDFS_LABEL = Iri(RDFS + "label")
RDFS_COMMENT = Iri(RDFS + "comment")
RDFS_SUBCLASS_OF = Iri(RDFS + "subClassOf")
RDFS_SUBPROPERTY_OF = Iri(RDFS + "subPropertyOf")
RDFS_DOMAIN = Iri(RDFS + "domain")
RDFS_RANGE = Iri(RDFS + "range")
RDFS_DATATYPE = Iri(RDFS + "Datatype")
RDFS_LITERAL = Iri(RDFS + "Literal")
OWL_ONTOLOGY = Iri(OWL + "Ontology")
OWL_IMPORTS = Iri(OWL + "imports")
OWL_VERSION_IRI = Iri(OWL + "versionIRI")
OWL_VERSION_INFO = Iri(OWL + "versionInfo")
OWL_CLASS = Iri(OWL + "Class")
OWL_OBJECT_PROPERTY = Iri(OWL + "ObjectProperty")
OWL_DATATYPE_PROPERTY = Iri(OWL + "DatatypeProperty")
OWL_ANNOTATION_PROPERTY = Iri(OWL + "AnnotationProperty")
OWL_NAMED_INDIVIDUAL = Iri(OWL + "NamedIndividual")
OWL_THING = Iri(OWL + "Thing")
OWL_NOTHING = Iri(OWL + "Nothing")
OWL_AXIOM = Iri(OWL + "Axiom")
OWL_ANNOTATED_SOURCE = Iri(OWL + "annotatedSource")
OWL_ANNOTATED_PROPERTY = Iri(OWL + "annotatedProperty")
OWL_ANNOTATED_TARGET = Iri(OWL + "annotatedTarget")
OWL_EQUIVALENT_CLASS = Iri(OWL + "equivalentClass")
OWL_DISJOINT_WITH = Iri(OWL + "disjointWith")
OWL_ALL_DISJOINT_CLASSES = Iri(OWL + "AllDisjointClasses")
OWL_MEMBERS = Iri(OWL + "members")
OWL_RESTRICTION = Iri(OWL + "Restriction")
OWL_ON_PROPERTY = Iri(OWL + "onProperty")
OWL_SOME_VALUES_FROM = Iri(OWL + "someValuesFrom")
OWL_INTERSECTION_OF = Iri(OWL + "intersectionOf")
OWL_UNION_OF = Iri(OWL + "unionOf")
OWL_COMPLEMENT_OF = Iri(OWL + "complementOf")
OWL_ON_DATATYPE = Iri(OWL + "onDatatype")
OWL_WITH_RESTRICTIONS = Iri(OWL + "withRestrictions")
OWL_TRANSITIVE_PROPERTY = Iri(OWL + "TransitiveProperty")
OWL_PROPERTY_CHAIN_AXIOM = Iri(OWL + "propertyChainAxiom")
OWL_DEPRECATED = Iri(OWL + "deprecated")
XSD_DECIMAL = Iri(XSD + "decimal")
XSD_INTEGER = Iri(XSD + "integer")
XSD_STRING = Iri(XSD + "string")
XSD_BOOLEAN = Iri(XSD + "boolean")
XSD_MIN_INCLUSIVE = Iri(XSD + "minInclusive")
XSD_MIN_EXCLUSIVE = Iri(XSD + "minExclusive")
XSD_MAX_INCLUSIVE = Iri(XSD + "maxInclusive")
XSD_MAX_EXCLUSIVE = Iri(XSD + "maxExclusive")

DEFINITION = Iri(OBO + "IAO_0000115")
DEFINITION_SOURCE = Iri(OBO + "IAO_0000119")
REPLACED_BY = Iri(OBO + "IAO_0100001")
EXACT_SYNONYM = Iri(OBO_IN_OWL + "hasExactSynonym")
BROAD_SYNONYM = Iri(OBO_IN_OWL + "hasBroadSynonym")
NARROW_SYNONYM = Iri(OBO_IN_OWL + "hasNarrowSynonym")
LAYPERSON_SYNONYM = Iri(LKG + "laypersonSynonym")
RELATED_SYNONYM = Iri(OBO_IN_OWL + "hasRelatedSynonym")
SOURCE = Iri(DCTERMS + "source")
TITLE = Iri(DCTERMS + "title")
DESCRIPTION = Iri(DCTERMS + "description")
CREATED = Iri(DCTERMS + "created")
LICENCE = Iri(DCTERMS + "license")
PREFERRED_PREFIX = Iri(VANN + "preferredNamespacePrefix")
PREFERRED_NAMESPACE = Iri(VANN + "preferredNamespaceUri")

ANATOMICAL_STRUCTURE = _lkg("AnatomicalStructure")
BODY_FUNCTION = _lkg("BodyFunction")
FINDING = _lkg("Finding")
SYMPTOM = _lkg("Symptom")
SIGN = _lkg("Sign")
TEST_RESULT = _lkg("TestResult")
RISK_FACTOR = _lkg("RiskFactor")
FINDING_CHARACTER = _lkg("FindingCharacter")
LATERALITY = _lkg("Laterality")
LEFT = _lkg("Left")
RIGHT = _lkg("Right")
BILATERAL = _lkg("Bilateral")
COURSE = _lkg("Course")
MODIFYING_FACTOR = _lkg("ModifyingFactor")
CONDITION = _lkg("Condition")
DISORDER = _lkg("Disorder")
MECHANISM = _lkg("Mechanism")
IMAGING_OBSERVATION = _lkg("ImagingObservation")
FLARE = _lkg("Flare")
EXPOSURE = _lkg("Exposure")
UNACCUSTOMED_EXPOSURE = _lkg("UnaccustomedExposure")
HEAVY_LOAD_EXPOSURE = _lkg("HeavyLoadExposure")
EXERCISE = _lkg("Exercise")
MOVEMENT = _lkg("Movement")
LOAD = _lkg("Load")
MUSCLE_ACTION = _lkg("MuscleAction")
EQUIPMENT = _lkg("Equipment")
TECHNIQUE_FAULT = _lkg("TechniqueFault")
PATIENT_CASE = _lkg("PatientCase")
SEX = _lkg("Sex")
CLINICAL_PATTERN = _lkg("ClinicalPattern")
TRIAGE_PATTERN = _lkg("TriagePattern")
RED_FLAG_GROUP = _lkg("RedFlagGroup")
SELF_CARE_ADVICE = _lkg("SelfCareAdvice")
CLAIM_CLASS = _lkg("Claim")
EVIDENCE = _lkg("Evidence")
LIKELIHOOD_RATIO = _lkg("LikelihoodRatio")
PRIOR = _lkg("Prior")
FACTOR = _lkg("Factor")
BASE_RATE = _lkg("BaseRate")
TIME_COURSE = _lkg("TimeCourse")
LOAD_MEASUREMENT = _lkg("LoadMeasurement")
ONSET_TRIGGER = _lkg("OnsetTrigger")
ADVICE = _lkg("Advice")
REFERENCE = _lkg("Reference")

HAS_FINDING = _lkg("hasFinding")
DENIES_FINDING = _lkg("deniesFinding")
HAS_EXPOSURE = _lkg("hasExposure")
HAS_SEX = _lkg("hasSex")
LOCATED_IN = _lkg("locatedIn")
RADIATES_TO = _lkg("radiatesTo")
HAS_CHARACTER = _lkg("hasCharacter")
HAS_LATERALITY = _lkg("hasLaterality")
HAS_COURSE = _lkg("hasCourse")
AGGRAVATED_BY = _lkg("aggravatedBy")
RELIEVED_BY = _lkg("relievedBy")
OF_EXERCISE = _lkg("ofExercise")
WITH_FAULT = _lkg("withFault")
PART_OF = _lkg("partOf")
AFFECTS = _lkg("affects")
HAS_MECHANISM = _lkg("hasMechanism")
CAN_CAUSE = _lkg("canCause")
MAY_CONTRIBUTE_TO = _lkg("mayContributeTo")
INVOLVES = _lkg("involves")
LOADS = _lkg("loads")
ACTS_ON = _lkg("actsOn")
TRAINS = _lkg("trains")
SUBSTITUTE_FOR = _lkg("substituteFor")
AGGRAVATES = _lkg("aggravates")
AVOIDED_IN = _lkg("avoidedIn")
SUGGESTS = _lkg("suggests")
ARGUES_AGAINST = _lkg("arguesAgainst")

AGE_YEARS = _lkg("ageYears")
SEVERITY_SCORE = _lkg("severityScore")
HOURS_AFTER_EXERCISE = _lkg("hoursAfterExercise")
DURATION_HOURS = _lkg("durationHours")
MEASURED_VALUE = _lkg("measuredValue")
HOURS_BEFORE_ONSET = _lkg("hoursBeforeOnset")

QUESTION = _lkg("question")
CLAIM = _lkg("claim")
NOT_SELF_REPORTABLE = _lkg("notSelfReportable")
TRIAGE_LEVEL = _lkg("triageLevel")
TRIAGE_RANK = _lkg("triageRank")
GATED = _lkg("gated")
ACTION = _lkg("action")
RULE = _lkg("rule")
RULE_GROUP = _lkg("ruleGroup")
SUSPECTS = _lkg("suspects")
BASIS = _lkg("basis")
BASIS_STATUS = _lkg("basisStatus")
LEVEL_STATUS = _lkg("levelStatus")
LEVEL_LOWER = _lkg("levelLower")
NOTE = _lkg("note")
RED_FLAG_CLASS = _lkg("redFlagClass")
ORDER = _lkg("order")
APPLIES_TO = _lkg("appliesTo")
TEXT = _lkg("text")
AT_LEAST = _lkg("atLeast")
AMONG = _lkg("among")
DENIAL_OF = _lkg("denialOf")
REFERENCE_HYPOTHESIS = _lkg("referenceHypothesis")
SETTING = _lkg("setting")
STANCE = _lkg("stance")
STATUS = _lkg("status")
CITATION = _lkg("citation")
FORMALISED_BY = _lkg("formalisedBy")
COUNTER_EVIDENCE = _lkg("counterEvidence")
