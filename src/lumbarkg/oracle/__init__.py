"""The oracle: cases are drawn, and what the engine says of each is held against HermiT. Nothing here serves.

``draw`` makes cases from the ontology's own definitions (``grow``) and from what a case may state at all
(``choices``). ``translate`` writes a case as RDF, ``hermit`` runs HermiT over a few of them in processes of its own,
``answers`` puts both readings into one form, and ``compare`` finds the differences. ``shrink`` makes a differing
case small, ``document`` writes it as a case file, ``coverage`` counts what was compared.
"""
