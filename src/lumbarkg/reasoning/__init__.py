"""Consequence-based reasoning over the supported profile: normalise, saturate, compile, realise, explain, triage.

The ontology's axioms are normalised once (``normalise``), saturated once (``saturate``) and compiled to bit sets
(``horn``); the result is an immutable ``Knowledge``. A case is a small tree hanging from one individual and no axiom
of the profile carries information down that tree, so each finding is a bit set of its own, remembered by its
expression; the case is their union, closed by the rules with several premises (``realise``, many at once in
``bulk``). How a fact follows is read back on demand (``parts``, ``inferences``, ``supports``, ``proofs``), and so is
what is missing for one that does not (``why_not``). The closed-world gate that may allow self-care is computed after
logic, from the definitions of the triage classes (``gate``, ``triage``). ``docs/reasoning.md`` has the calculus.
"""
