"""Names: what modules, classes and functions bind, and what a name stands for."""
