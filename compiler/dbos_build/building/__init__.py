"""Building: the manifest of a program, and the registry and lock file that are written from it."""
