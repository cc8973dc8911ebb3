"""SPARQL over the released graphs, in a process of its own that can be killed and cannot reach the network."""
