"""Does the program that runs agree with the registry that was built from it?

In: a ``Registry`` and the live table. Out: nothing, or one error that names every difference. Never
imports a module that nobody has imported; its functions are checked when they are first used.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dbos import canonical
from dbos.error import DBOSInitializationError
from dbos.registry import FORMAT, Declared, Live, Registry


def check(registry: Registry, live: Live) -> None:
    """Raise ``DBOSInitializationError`` when the registry is stale, naming what differs."""
    if registry.format != FORMAT:
        raise DBOSInitializationError(
            f"The registry has format {registry.format}, this release reads {FORMAT};"
            " run `dbos-build build` again"
        )
    found = [
        *_compare("workflow", {one.name: one.entry for one in registry.workflows}, live.workflows),
        *_compare("step", {one.name: one.entry for one in registry.steps}, live.steps),
        *_compare(
            "transaction", {one.name: one.entry for one in registry.transactions}, live.transactions
        ),
        *_stale_modules(registry),
    ]
    if found:
        raise DBOSInitializationError(
            "The registry does not agree with the program: "
            + "; ".join(found)
            + ". Run `dbos-build build` again"
        )


def _compare(kind: str, built: dict[str, str], live: dict[str, Declared]) -> list[str]:
    """Missing, extra and renamed functions of the modules that are imported."""
    running = {name: one.entry for name, one in live.items() if _is_program(one)}
    renamed = {entry: name for name, entry in running.items() if name not in built}
    found: list[str] = []
    for name, entry in sorted(built.items()):
        if name in running:
            if running[name] != entry:
                found.append(f"{kind} {name!r} is {running[name]}, the registry says {entry}")
        elif entry in renamed:
            found.append(f"{kind} {name!r} is now named {renamed.pop(entry)!r}")
        elif entry.partition(":")[0] in sys.modules:
            found.append(f"{kind} {name!r} ({entry}) is missing")
    found.extend(
        f"{kind} {name!r} ({entry}) is not in the registry"
        for entry, name in sorted(renamed.items())
    )
    return found


def _is_program(declared: Declared) -> bool:
    """Whether the program itself declared a function, at the level of a module or class."""
    module = declared.function.__module__
    return module.partition(".")[0] != "dbos" and "<locals>" not in declared.function.__qualname__


def _stale_modules(registry: Registry) -> list[str]:
    found: list[str] = []
    for module in registry.modules:
        path = getattr(sys.modules.get(module.name), "__file__", None)
        if path is None or not path.endswith(".py"):
            continue
        try:
            digest = canonical.module_digest(Path(path).read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue
        if digest != module.digest:
            found.append(f"the source of module {module.name!r} has changed")
    return found
