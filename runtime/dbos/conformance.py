"""Does the program that runs agree with the registry that was built from it?

In: a ``Registry`` and the live table. Out: nothing, or one error that names every difference. At
launch it looks only at what is imported; the other modules are checked when a workflow of theirs
is first needed and imported, before it runs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from dbos.error import DBOSInitializationError
from dbos.registry import (
    FORMAT,
    STEP_PREFIX,
    Declared,
    Live,
    Registry,
    Step,
    Transaction,
    Workflow,
    import_entry,
    live,
    step_as_workflow,
)
from dbos.values import canonical


def check(registry: Registry, declared: Live) -> None:
    """Raise ``DBOSInitializationError`` when the registry is stale, naming what differs."""
    check_format(registry)
    found = [
        *_compare(
            "workflow", {one.name: one.entry for one in registry.workflows}, declared.workflows
        ),
        *_compare("step", {one.name: one.entry for one in registry.steps}, declared.steps),
        *_compare(
            "transaction",
            {one.name: one.entry for one in registry.transactions},
            declared.transactions,
        ),
        *_stale_modules(registry),
    ]
    if found:
        raise DBOSInitializationError(
            "The registry does not agree with the program: "
            + "; ".join(found)
            + ". Run `dbos-build build` again"
        )


def check_format(registry: Registry) -> None:
    """Raise ``DBOSInitializationError`` for a registry of another format than this release's."""
    if registry.format != FORMAT:
        raise DBOSInitializationError(
            f"The registry has format {registry.format}, this release reads {FORMAT};"
            " run `dbos-build build` again"
        )


def find_workflow(name: str, registry: Registry | None) -> Declared | None:
    """The declared workflow of this name, importing its module when the registry knows it.

    A step or transaction that was started or enqueued by itself is a workflow under a name of its
    own. Raises ``DBOSInitializationError`` when what was imported is not what the registry was
    built from: then the workflow must not run under the version that the registry gives it.
    """
    found = _declared(name)
    if found is None and registry is not None:
        step_name = name.removeprefix(STEP_PREFIX)
        known: Iterable[Workflow | Step | Transaction] = registry.workflows
        if step_name != name:
            known = (*registry.steps, *registry.transactions)
        for entry in known:
            if entry.name == step_name:
                import_entry(entry.entry)
                check(registry, live)
                return _declared(name)
    return found


def _declared(name: str) -> Declared | None:
    if name.startswith(STEP_PREFIX):
        own = name.removeprefix(STEP_PREFIX)
        return step_as_workflow(live.steps.get(own) or live.transactions.get(own))
    return live.workflows.get(name)


def _compare(kind: str, built: dict[str, str], declared: dict[str, Declared]) -> list[str]:
    """Missing, extra and renamed functions of the modules that are imported.

    What is declared inside a function exists only once that has run, so it is not missed.
    """
    built = {name: entry for name, entry in built.items() if "<locals>" not in entry}
    running = {name: one.entry for name, one in declared.items() if _is_program(one)}
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
