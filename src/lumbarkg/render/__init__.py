"""Assessments for readers: JSON, RDF and text. Values in, text out; nothing is decided here."""
