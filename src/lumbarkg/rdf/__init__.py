"""RDF terms, parsing, writing and querying: the one door to pyoxigraph."""
