"""From entailments and evidence tables to a ranked differential. Pure arithmetic; no probability enters triage.

wᵢ = priorᵢ × Π LRᵢ and posttestᵢ = wᵢ / Σ w. ``likelihood`` says which rows of evidence bear on a case and which of
them count, ``posterior`` does the arithmetic and its intervals, ``rank`` puts both together.
"""
