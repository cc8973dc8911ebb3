"""The record: one SQLite file that holds cases with their revisions, tokens and the audit log."""
