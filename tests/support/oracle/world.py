"""One world of the oracle, as a process: runs all case files and prints what their workflows did.

In: the world's number, the folder of recordings, and on standard input a JSON list of paths. Out:
one line of JSON, path → workflow → trace. World 0 writes the recordings that the others replay.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import pickle
import sys
import types
import typing
from pathlib import Path
from typing import Any

from support.oracle import perturbation, recorder

SAMPLES: dict[Any, Any] = {
    str: "order-1",
    int: 3,
    float: 2.5,
    bool: True,
    bytes: b"bytes",
    list: ["b", "a"],
    dict: {"b": 1, "a": 2},
    set: {"b", "a", "c", "d", "e"},
    tuple: ("b", "a"),
}


def sample(annotation: Any) -> Any:
    """An argument for a parameter of this type."""
    origin = typing.get_origin(annotation) or annotation
    inner = typing.get_args(annotation)
    if origin in (list, set, frozenset) and inner:
        values = {str: ["delta", "alpha", "charlie", "bravo"], int: [3, 1, 2]}
        return origin(values.get(inner[0], [sample(inner[0])]))
    if origin in (types.UnionType, typing.Union) and inner:
        return sample(inner[0])
    return SAMPLES.get(origin, "order-1")


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


def receiver_of(function: Any, module: types.ModuleType) -> list[Any]:
    """The object or class to call a method on: a registered instance, else a new one."""
    owner_name, _, _ = function.__qualname__.rpartition(".")
    first = next(iter(inspect.signature(function).parameters), None)
    owner = getattr(module, owner_name, None)
    if owner is None or first not in ("self", "cls"):
        return []
    if first == "cls":
        return [owner]
    ready = [each for each in recorder.Stage.instances if isinstance(each, owner)]
    return [ready[0] if ready else owner(**arguments_for(owner.__init__))]


def perform(function: Any, module: types.ModuleType, tape: recorder.Tape) -> str:
    """Run one workflow on a tape; its trace: operations, then how it ended."""
    recorder.Stage.tape = None
    try:
        receiver = receiver_of(function, module)
        recorder.Stage.tape = tape
        outcome = function(*receiver, **arguments_for(function))
        if inspect.iscoroutine(outcome):
            outcome = asyncio.run(outcome)
        ended = f"returned {recorder.digest(outcome)}"
    except Exception as error:
        ended = f"raised {recorder.digest(error)}"
    finally:
        recorder.Stage.tape = None
    return "\n".join([*tape.asked, ended])


def load(path: Path) -> types.ModuleType:
    """Execute a case file as a module of its own, with an empty stage."""
    recorder.Stage.workflows, recorder.Stage.instances = {}, []
    name = "case_" + "_".join(path.with_suffix("").parts[-2:]).replace("-", "_")
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
    return module


def file_names(path: Path) -> set[str]:
    """String constants of a case that look like file names."""
    constants = (
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {
        text
        for text in constants
        if 3 < len(text) < 40 and text.rpartition(".")[2] in ("txt", "json", "csv", "log", "toml")
    }


def run_file(path: Path, number: int, recordings: Path) -> dict[str, str]:
    """Every workflow of a case file in this world."""
    perturbation.create_files(file_names(path), number)
    module = load(path)
    traces = {}
    for position, (name, function) in enumerate(sorted(recorder.Stage.workflows.items())):
        key = recordings / f"{path.parent.name}-{path.stem}-{position}"
        recorded = pickle.loads(key.read_bytes()) if number and key.exists() else None
        tape = recorder.Tape(recorded)
        traces[name] = perform(function, module, tape)
        if not number:
            recordings.mkdir(exist_ok=True)
            try:
                key.write_bytes(pickle.dumps(tape.answers))
            except Exception as error:
                traces[name] += f"\nnot recorded: {error}"
    return traces


def main() -> None:
    """Become a world and run the files named on standard input."""
    number, recordings = int(sys.argv[1]), Path(sys.argv[2])
    sys.modules["dbos"] = recorder.module()
    sys.modules.update(perturbation.change(number))
    report: dict[str, dict[str, str]] = {}
    for name in json.load(sys.stdin):
        report[name] = run_file(Path(name), number, recordings)
    print()
    print(json.dumps(report))


if __name__ == "__main__":
    main()
