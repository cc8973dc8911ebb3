"""``make bench-reasoner``: how fast our reasoner is, beside other reasoners on the same cases in the same run.

``engine`` holds every call into our own reasoner, ``peers`` the programs that run the others, each in a process and an
environment of its own; ``__main__`` runs the measurements in order and prints what they say.
"""
