"""The HTTP edge: assessments, SPARQL and the page."""
