"""The knowledge store: one port (``port``), and an adapter for each kind of store behind it."""
