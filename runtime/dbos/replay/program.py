"""The program whose code is replayed: its modules, imported.

In: module names, files and a registry. Out: a process in which the workflows are declared. Never
launches anything: a module that launches DBOS while it is imported is refused.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from dbos.app import DBOS
from dbos.error import DBOSException
from dbos.launch import registry_of
from dbos.registry import Registry
from dbos.replay.history import History

MAIN = "__main__"
# What ``multiprocessing`` calls the main module of a child: its ``if __name__`` block stays closed.
MAIN_OF_CHILD = "__mp_main__"
_MAIN_CLASS = re.compile(r'"__main__:(\w+)')


class DBOSProgramError(DBOSException):
    """The program to replay cannot be imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to import. ``roots`` go in front of the import path.

    ``modules`` and the modules of the ``registry`` are imported whole; ``workflows`` names, for
    each workflow, the module to import when it is needed. ``files`` tells where a module lies that
    has no name to import it by. ``setup`` is a function, ``module:name``, to call afterwards: it
    makes the instances that a program makes when it starts.
    """

    roots: Sequence[str] = ()
    modules: Sequence[str] = ()
    registry: str | None = None
    workflows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    setup: str | None = None


def load(program: Program, needed: Collection[str], *, with_instances: bool) -> list[str]:
    """Import what the ``needed`` workflows live in, and call ``setup``.

    When instances are needed, or a workflow that nobody knows by name, all the rest is imported,
    too; answers what of this rest cannot be. Raises ``DBOSProgramError`` for what is needed.
    """
    sys.path[:0] = [root for root in program.roots if root not in sys.path]
    names = list(program.modules)
    launch = DBOS.launch
    DBOS.launch = classmethod(_refuse_launch)  # type: ignore[method-assign, assignment]
    try:
        if program.registry is not None:
            names.extend(_modules_of(program, program.registry))
        for name in sorted(set(needed) & set(program.workflows)):
            names.extend(program.workflows[name])
        for name in dict.fromkeys(names):
            _import(name, program.files)
        failed: list[str] = []
        if with_instances or not set(needed) <= set(program.workflows):
            failed = _import_rest(program, set(names))
        if program.setup is not None:
            _set_up(program)
        return failed
    finally:
        DBOS.launch = launch  # type: ignore[method-assign]


def _import_rest(program: Program, done: set[str]) -> list[str]:
    failed: list[str] = []
    for name in sorted({name for names in program.workflows.values() for name in names} - done):
        try:
            _import(name, program.files)
        except DBOSProgramError as error:
            failed.append(str(error))
    return failed


def _refuse_launch(cls: type[DBOS]) -> NoReturn:
    raise DBOSProgramError(
        "DBOS.launch() is called while the module is imported; call it below"
        " `if __name__ == '__main__':` or in a function"
    )


def _modules_of(program: Program, registry_name: str) -> list[str]:
    """The modules that a registry names."""
    module = _import(registry_name, program.files)
    found: Registry | None = registry_of(module)
    if found is None:
        return []
    entries = [one.entry for one in found.workflows]
    entries += [one.entry for one in found.steps]
    entries += [one.entry for one in found.transactions]
    entries += [one.entry for one in found.classes]
    return [entry.partition(":")[0] for entry in entries] + [one.module for one in found.queues]


def _import(name: str, files: Mapping[str, str]) -> ModuleType:
    try:
        if name in files:
            return _load_file(name, files[name])
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # a module may do anything when it is imported
        raise DBOSProgramError(
            f"Module {name} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _load_file(name: str, file: str) -> ModuleType:
    """The module in a file, under its name, unless importing it by name finds the same file."""
    if name != MAIN:
        if _origin(name) == Path(file).resolve():
            return importlib.import_module(name)
        return _execute(name, file)
    module = _execute(MAIN_OF_CHILD, file)
    _become_main(module)
    return module


def _become_main(module: ModuleType) -> None:
    """Let a module be the main one: stored values name its classes like that."""
    sys.modules[MAIN] = module
    for kind in list(vars(module).values()):
        if isinstance(kind, type) and kind.__module__ == module.__name__:
            kind.__module__ = MAIN


def find_main(history: History) -> None:
    """Find the module that was the main one when a history was recorded, if it tells.

    A program that was started as a script stored its classes as ``__main__:Name``; imported, they
    are found in the one module that defines a class of that name.
    """
    if getattr(sys.modules.get(MAIN), "__name__", MAIN) != MAIN:
        return
    texts = [history.inputs, *(record.output or record.error for record in history.operations)]
    names = {name for text in texts if text for name in _MAIN_CLASS.findall(text)}
    if not names:
        return
    found = [
        module
        for module in list(sys.modules.values())
        if all(
            getattr(vars(module).get(name), "__module__", "") == module.__name__ for name in names
        )
    ]
    if len(found) == 1:
        _become_main(found[0])


def _execute(name: str, file: str) -> ModuleType:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _origin(name: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin).resolve()


def _set_up(program: Program) -> None:
    name, _, attribute = str(program.setup).partition(":")
    function: Any = _import(name, program.files)
    for part in attribute.split("."):
        function = getattr(function, part, None)
    if not isinstance(function, Callable):  # type: ignore[arg-type]
        raise DBOSProgramError(f"There is no function {program.setup!r} to set the program up")
    function()
