"""Lumbarkg: a clinical knowledge graph with a query API.

Decision support for prototypes; not a medical device.
"""

__version__ = "0.1.0"
