"""Settings: the configuration of one run, and how `[tool.dbos-build]` is read."""
