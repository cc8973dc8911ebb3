"""Consequence-based reasoning over the supported profile: normalise, saturate, realise, explain, triage.

The ontology's axioms are normalised once (``normalise``) and saturated once (``saturate``); the result is an
immutable ``Knowledge``. A case is a small tree hanging from one individual and no axiom of the profile carries
information down that tree, so each finding is saturated alone, remembered by its expression, and linked to the
root, which is saturated last (``realise``). Every derived fact keeps one derivation, from which a minimal
justification is read on demand (``proofs``). Triage classes are read off the root; the closed-world gate that may
allow self-care is computed after logic, from the definitions of the triage classes (``triage``).
"""
