"""Types: mypy tells what local inference leaves unknown (`check --types`).

In: a project and the modules in which calls stayed unresolved. Out: a `Resolved` table of what
expressions are, by place, and `Meanings`, which turns its entries into the interpreter's values.
Never: imports or runs user code, reads the project's mypy configuration, or runs its plugins;
mypy itself is optional, and without it the analysis goes on as before, with one line that says so.
"""
