"""The knowledge as resources: what there is of each kind, each thing with its relations, search, and questions."""
