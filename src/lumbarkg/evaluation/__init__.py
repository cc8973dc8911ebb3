"""How good the answers are: labelled cases assessed, scored, explained, and compared between two releases.

Nothing here is read by an assessment. A labelled case is case JSON with ``id`` and ``expected`` (docs/evaluation.md).
"""
