"""The oracle: cases are drawn, and what the engine says of each is held against HermiT. Nothing here serves.

``draw`` makes cases: random ones from what a case may state at all (``choices``), the others grown (``grow``,
``compose``) from the definitions whose turn it is (``targets``). ``translate`` writes a case as RDF, ``hermit`` runs
HermiT over a few at a time in processes of its own, ``answers`` puts both readings into one form, and ``compare``
finds where they differ. ``shrink`` makes a differing case small, and ``coverage`` counts what was compared, among it
the ``constructors`` of the suggestions.
"""
