"""Stored cases: what is accepted, the graphs that derive from the record, who sees them, and counts over them."""
