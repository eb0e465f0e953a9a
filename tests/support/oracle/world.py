"""One world of the oracle, as a process: runs all cases and prints what their workflows did.

In: the world's number, the folder of recordings, and on standard input a JSON list of paths; a case
is a file, or a folder that is put on the import path. Out: one line of JSON: path → workflow →
{"trace", "file", "line"}. World 0 writes the recordings that the others replay. An odd world is a
process with a past: its workflows, and the functions in a module's `OTHER_PARTS`, ran before.
"""

from __future__ import annotations

import ast
import asyncio
import copy
import importlib
import inspect
import io
import json
import logging
import os
import pickle
import random
import sys
import types
import typing
import warnings
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from support.oracle import clocks, perturbation, recorder, stand_in
from support.oracle.recorder import Stage, Tape

SAMPLES: dict[Any, Any] = {
    str: "order-1",
    int: 3,
    float: 2.5,
    bool: True,
    bytes: b"bytes",
    list: ["b", "a"],
    dict: {"b": 1, "a": 2},
    set: {"b", "a", "c", "d", "e"},
    frozenset: frozenset({"b", "a", "c", "d", "e"}),
    tuple: ("b", "a"),
    type(None): None,
}
INNER_SAMPLES = {str: ["delta", "alpha", "charlie", "bravo"], int: [3, 1, 2]}


def sample(annotation: Any) -> Any:
    """An argument for a parameter of this type."""
    origin = typing.get_origin(annotation) or annotation
    inner = typing.get_args(annotation)
    if origin in (list, set, frozenset) and inner:
        return origin(INNER_SAMPLES.get(inner[0]) or [sample(inner[0])])
    if origin in (types.UnionType, typing.Union) and inner:
        return sample(inner[0])
    if origin not in SAMPLES and inspect.isclass(origin):
        return construct(origin)
    return copy.deepcopy(SAMPLES.get(origin, "order-1"))


def construct(owner: Any) -> Any:
    """An instance of a class of the case, or of the standard library."""
    if owner is random.Random:
        return random.Random(7)
    if owner is clocks.ShiftedDatetime:
        return clocks.ShiftedDatetime(2026, 1, 2, 3, 4, 5)
    own = owner.__dict__.get("__init__")
    return owner(**(arguments_for(own) if own else {}))


def arguments_for(function: Any) -> dict[str, Any]:
    """Arguments for a workflow's parameters without defaults."""
    try:
        hints = typing.get_type_hints(function)
    except Exception:
        hints = {}
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        variadic = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if parameter.default is parameter.empty and not variadic and name not in ("self", "cls"):
            found[name] = sample(hints.get(name, str))
    return found


def receiver_of(function: Any) -> list[Any]:
    """The object or class to call a method on: a registered instance, else a new one."""
    owner_name, _, _ = function.__qualname__.rpartition(".")
    first = next(iter(inspect.signature(function).parameters), None)
    owner = getattr(sys.modules[function.__module__], owner_name, None)
    if owner is None or first not in ("self", "cls"):
        return []
    ready = [each for each in Stage.instances if isinstance(each, owner)]
    if first == "cls":
        return [owner]
    return [ready[0] if ready else construct(owner)]


def perform(function: Any, tape: Tape) -> str:
    """Run one workflow on a tape; its trace: operations, effects, and how it ended."""
    Stage.tape = None
    try:
        receiver = receiver_of(function)
        arguments = arguments_for(function)
        Stage.tape = tape
        outcome = function(*receiver, **arguments)
        if inspect.iscoroutine(outcome):
            with asyncio.Runner(loop_factory=steady_loop) as runner:
                outcome = runner.run(outcome)
        ended = f"returned {recorder.digest(outcome)}"
    except (Exception, SystemExit, asyncio.CancelledError) as error:
        ended = f"raised {recorder.digest(error)}"
    finally:
        Stage.tape = None
    return "\n".join([*tape.asked, *sorted(set(tape.effects)), ended])


def steady_loop() -> asyncio.AbstractEventLoop:
    """An event loop that sees the real clock, so that waiting times are what they say."""
    loop = asyncio.SelectorEventLoop()
    loop.time = clocks.real_monotonic  # type: ignore[method-assign]
    return loop


def load(case: Path) -> list[types.ModuleType]:
    """Execute the modules of a case, with an empty stage."""
    Stage.workflows, Stage.instances = {}, []
    if case.is_dir():
        return load_folder(case)
    name = "case_" + "_".join(case.with_suffix("").parts[-2:]).replace("-", "_")
    module = types.ModuleType(name)
    module.__file__ = str(case)
    sys.modules[name] = module
    exec(compile(case.read_text(encoding="utf-8"), str(case), "exec"), module.__dict__)
    return [module]


def load_folder(case: Path) -> list[types.ModuleType]:
    """Import every module below a folder by its name, as a program of its own."""
    sys.path.insert(0, str(case))
    names = [
        ".".join(path.relative_to(case).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(case.rglob("*.py"))
    ]
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(case))
        importlib.invalidate_caches()


def forget(modules: list[types.ModuleType]) -> None:
    """Take a case's modules out of the process, so that the next may have the same names."""
    for module in modules:
        sys.modules.pop(module.__name__, None)


def file_names(case: Path) -> set[str]:
    """String constants of a case that look like file names."""
    files = sorted(case.rglob("*.py")) if case.is_dir() else [case]
    constants = (
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    endings = ("txt", "json", "csv", "log", "toml", "lock")
    return {
        text
        for text in constants
        if 3 < len(text) < 40 and " " not in text and text.rpartition(".")[2] in endings
    }


def live(modules: list[types.ModuleType], workflows: list[tuple[str, Any]]) -> None:
    """Give the process a past: everything of the case has run before."""
    for module in modules:
        for other_part in getattr(module, "OTHER_PARTS", ()):
            other_part()
    for _, function in workflows:
        perform(function, Tape())


def run_case(case: Path, number: int, recordings: Path) -> dict[str, dict[str, Any]]:
    """Every workflow of a case in this world."""
    perturbation.create_files(file_names(case), number)
    modules = load(case)
    workflows = sorted(Stage.workflows.items())
    if number % 2:
        live(modules, workflows)
    report: dict[str, dict[str, Any]] = {}
    for position, (name, function) in enumerate(workflows):
        key = recordings / f"{case.parent.name}-{case.stem}-{position}"
        recorded = pickle.loads(key.read_bytes()) if number and key.exists() else None
        tape = Tape(recorded)
        trace = perform(function, tape)
        if not number:
            try:
                key.write_bytes(pickle.dumps(tape.answers))
            except Exception as error:
                trace += f"\nnot recorded: {error}"
        code = function.__code__
        report[name] = {"trace": trace, "file": code.co_filename, "line": code.co_firstlineno}
    forget(modules)
    return report


def main() -> None:
    """Become a world and run the cases named on standard input."""
    number, recordings = int(sys.argv[1]), Path(sys.argv[2])
    cases = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    logging.disable()
    warnings.simplefilter("ignore")
    sys.modules["dbos"] = stand_in.module()
    sys.modules.update(perturbation.change(number))
    Stage.number = number
    report: dict[str, dict[str, dict[str, Any]]] = {}
    with redirect_stdout(io.StringIO()):
        for name in cases:
            report[name] = run_case(Path(name), number, recordings)
    print(json.dumps(report), flush=True)
    # A world has no orderly end: its threads have other identities than the interpreter gave them.
    os._exit(0)


if __name__ == "__main__":
    main()
