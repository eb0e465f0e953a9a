"""Health: what is missing or wrong around a project, each with the command that mends it."""
