"""From what a client sends to a ``Case``: read, resolve terms, validate; all issues at once, nothing guessed."""
