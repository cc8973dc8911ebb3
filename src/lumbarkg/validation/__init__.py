"""Cases against the SHACL shapes: the one door to pySHACL and rdflib."""
