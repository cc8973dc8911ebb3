"""The programs that run other reasoners, one process each; they know RDF and IRIs, and nothing of ours."""
