"""Which module to import for which workflow: what the child process needs to find code.

In: an analysed program and its root. Out: plain data for the child's task.
Never: imports a module or looks at the file system.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program

STARTED_STEP = "<temp>."
"""What stands before the name of a step that was started as a workflow of its own."""


def program_data(program: Program, root: Path, setup: str | None = None) -> dict[str, object]:
    """The import roots, and the modules that declare each workflow, by its registered name."""
    steps = (*program.steps, *program.transactions)
    declared = (*program.workflows, *steps, *program.classes)
    workflows: dict[str, list[str]] = {}
    for name, module in _named(program.workflows, steps):
        modules = workflows.setdefault(name, [])
        if module not in modules:
            modules.append(module)
    return {
        "roots": sorted({str(_import_root(root, each)) for each in declared}),
        "workflows": {name: sorted(workflows[name]) for name in sorted(workflows)},
        "setup": setup,
    }


def _named(
    workflows: Iterable[Declaration], steps: Iterable[Declaration]
) -> Iterable[tuple[str, str]]:
    yield from ((each.name, each.module) for each in workflows)
    yield from ((f"{STARTED_STEP}{each.name}", each.module) for each in steps)


def _import_root(root: Path, declared: Declaration) -> Path:
    """The folder from which a declaration's module is imported under its name."""
    place = root / declared.path
    parts = declared.module.split(".")
    above = len(parts) + (place.name == "__init__.py")
    return place.parents[above - 1]
