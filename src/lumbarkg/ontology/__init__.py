"""The ontology as axioms: read, checked, released, and its terms looked up."""
