"""Does the program that runs agree with the registry that was built from it?

In: a ``Registry`` and the live table. Out: nothing, or one error that names every difference. At
launch it looks only at what is imported; every other module is checked when a workflow of it is
first needed, whoever imports it. Never lets a module run that was checked and differs: it is
checked again each time, until it agrees.
"""

from __future__ import annotations

import sys
import types
import weakref
from pathlib import Path

from dbos.error import DBOSInitializationError
from dbos.registry import (
    FORMAT,
    STEP_PREFIX,
    Declared,
    Live,
    Registry,
    import_entry,
    live,
    step_as_workflow,
)
from dbos.values import canonical

# Modules that were found to agree, each with the registry that it agrees with.
_conforming: weakref.WeakKeyDictionary[types.ModuleType, Registry] = weakref.WeakKeyDictionary()
# Modules whose source was found to have this digest when it was first looked at.
_agreed: weakref.WeakKeyDictionary[types.ModuleType, str] = weakref.WeakKeyDictionary()


def check(registry: Registry, declared: Live) -> None:
    """Raise ``DBOSInitializationError`` when the registry is stale, naming what differs."""
    check_format(registry)
    _check(registry, declared)
    for module in registry.modules:
        if (imported := sys.modules.get(module.name)) is not None:
            _conforming[imported] = registry


def _check(registry: Registry, declared: Live, *, module: str | None = None) -> None:
    """Check what is declared, in one module or in all of them, and the sources of all."""
    found = [
        *_compare(
            "workflow",
            {one.name: one.entry for one in registry.workflows},
            declared.workflows,
            module,
        ),
        *_compare("step", {one.name: one.entry for one in registry.steps}, declared.steps, module),
        *_compare(
            "transaction",
            {one.name: one.entry for one in registry.transactions},
            declared.transactions,
            module,
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
    if registry is None:
        return found
    if found is not None:
        require(found, registry)
        return found
    entry = _entries(name, registry).get(name.removeprefix(STEP_PREFIX))
    if entry is None:
        return None
    import_entry(entry)
    module = entry.partition(":")[0]
    _check(registry, live, module=module)
    _conforming[sys.modules[module]] = registry
    return _declared(name)


def require(declared: Declared, registry: Registry) -> None:
    """Raise ``DBOSInitializationError`` when the module of a workflow is not as it was built.

    Reads a module's source once; afterwards this is one look-up.
    """
    name = declared.function.__module__
    imported = sys.modules.get(name)
    if imported is None or _conforming.get(imported) is registry or not _is_program(declared):
        return
    if any(one.name == name for one in registry.modules):
        # Another thread may still be importing it: half of a module is no program.
        import_entry(declared.entry)
    _check(registry, live, module=name)
    _conforming[imported] = registry


def _entries(name: str, registry: Registry) -> dict[str, str]:
    """What the registry knows of the kind that a workflow's name tells, by name."""
    if name.startswith(STEP_PREFIX):
        steps = {one.name: one.entry for one in registry.steps}
        return {**steps, **{one.name: one.entry for one in registry.transactions}}
    return {one.name: one.entry for one in registry.workflows}


def _declared(name: str) -> Declared | None:
    if name.startswith(STEP_PREFIX):
        own = name.removeprefix(STEP_PREFIX)
        return step_as_workflow(live.steps.get(own) or live.transactions.get(own))
    return live.workflows.get(name)


def _compare(
    kind: str, built: dict[str, str], declared: dict[str, Declared], module: str | None
) -> list[str]:
    """Missing, extra and renamed functions of the modules that are imported, or of one of them.

    What is declared inside a function exists only once that has run, so it is not missed.
    """

    def concerned(entry: str) -> bool:
        return module is None or entry.partition(":")[0] == module

    built = {
        name: entry for name, entry in built.items() if "<locals>" not in entry and concerned(entry)
    }
    running = {
        name: one.entry
        for name, one in list(declared.items())
        if _is_program(one) and concerned(one.entry)
    }
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
    """Imported modules whose source is not the one of the build; each is read until it agrees.

    A process keeps what it has loaded, so what becomes of the file afterwards does not count.
    """
    found: list[str] = []
    for module in registry.modules:
        imported = sys.modules.get(module.name)
        path = getattr(imported, "__file__", None)
        if imported is None or path is None or not path.endswith(".py"):
            continue
        if _agreed.get(imported) == module.digest:
            continue
        try:
            digest = canonical.module_digest(Path(path).read_bytes())
        except (OSError, SyntaxError, ValueError):
            continue
        if digest == module.digest:
            _agreed[imported] = digest
        else:
            found.append(f"the source of module {module.name!r} has changed")
    return found
