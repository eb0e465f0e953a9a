"""What a run of a function may ask of the engine: only what its tape can tell.

A run that is repeated from its tape is not made again. Whatever it reads or writes past the tape
would be missed then, and findings with it. So the interpreter's modules ask the engine by methods
that are noted, and each table that they touch themselves has its reason here.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

from dbos_build.interpreter import machine
from dbos_build.interpreter.machine import Machine
from dbos_build.interpreter.taped import TapedEngine
from dbos_build.interpreter.taping import READ, Tape
from dbos_build.interpreter.values import NOTHING, Constant, of

FOLDER = Path(machine.__file__).parent
ENGINE = {"cells", "engine", "loading", "machine", "repeating", "rerunning", "taped", "cascading"}
"""Modules that are the engine, or its cells."""
ALWAYS_THE_SAME = {"knowledge", "rerun", "tape", "remembers", "tick", "types", "generation"}
"""What no edit changes, or what the engine itself is driven by."""
REASONS = {
    ("attributes", "symbols"): "which files there are, and which module is at a path",
    ("calling", "handed"): "programs in which something is handed on are never begun anew",
    ("constructing", "closures"): "the run is spoiled",
    ("constructing", "shared_sites"): "only while the top of a module is evaluated",
    ("decorating", "decorating"): "runs for decorators are never repeated",
    ("dispatching", "handed"): "programs in which something is handed on are never begun anew",
    ("durable", "declared"): "only while a decorator is applied",
    ("durable", "decorating"): "runs for decorators are never repeated",
    ("durable", "inline_steps"): "noted on the tape",
    ("durable", "wrapped"): "only while a decorator is applied",
    ("models", "cached"): "noted on the tape",
    ("models", "made"): "known by node",
    ("models", "symbols"): "which files there are",
    ("names", "local_names"): "follows from the text of a function",
    ("sharing", "attributes"): "asked when the engine has come to rest",
    ("sharing", "declared"): "asked when the engine has come to rest",
    ("sharing", "shared"): "asked when the engine has come to rest",
    ("sharing", "shared_sites"): "asked when the engine has come to rest",
    ("targets", "aliases"): "follows from the text of a function",
    ("targets", "symbols"): "which module is at a path",
}
UNNOTED = {
    "attribute_cell": "cells are found again by what they are known by",
    "module_cell": "cells are found again by what they are known by",
    "closure_of": "classes that functions make spoil the run",
    "place": "there is one object for each position, as long as its file has it",
    "evaluate": "the run itself",
    "execute": "the run itself",
    "call": "the run itself",
    "attribute": "the run itself",
    "found_out": "the engine's own",
    "forget_tape": "the engine's own",
    "module_values": "asked when the engine has come to rest",
    "move_places": "an edit, not a run",
    "is_nested": "only how much of the stack is left",
    "revisit": "cells do, when they grow",
}


def tables() -> set[str]:
    """The names of everything that a machine holds."""
    return {name for name in inspect.get_annotations(Machine)} - ALWAYS_THE_SAME


def test_tables_are_touched_only_for_a_reason() -> None:
    found = {
        (path.stem, node.attr)
        for path in FOLDER.glob("*.py")
        if path.stem not in ENGINE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "machine"
        and node.attr in tables()
    }
    assert found == set(REASONS)


def test_every_method_of_the_machine_is_noted_or_has_a_reason_why_not() -> None:
    methods = {name for name, held in vars(Machine).items() if inspect.isfunction(held)}
    noted = {name for name, held in vars(TapedEngine).items() if inspect.isfunction(held)}
    assert methods - noted == set(UNNOTED)


def test_a_tape_that_is_behind_answers_what_was_never_written() -> None:
    """A local variable that had no cell yet held nothing, whatever is in it by now."""
    activation: Any = object()
    tape = Tape([(READ, object(), None, of(Constant(1, "int")))])
    assert tape.own(activation, "name") is NOTHING
