"""From the files that editors write to the release: merge, generate, check, classify, write."""
