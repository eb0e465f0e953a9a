"""The cases of the runtime benchmark: each a module with `prepare()` and `measure()`."""
