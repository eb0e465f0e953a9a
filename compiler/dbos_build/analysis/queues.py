"""Which declared queue, or which debounced workflow, an expression is.

In: an expression in an activation. Out: the declaration behind the variable it names. Never does:
guess between several.
"""

from __future__ import annotations

import ast

from dbos_build.analysis.declarations import Queue
from dbos_build.analysis.program import Program
from dbos_build.analysis.texts import assigned_to
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, Durable, ModuleRef
from dbos_build.names.symbols import Assigned, Function, Imported

_HOPS_MAX = 8


def queue_behind(program: Program, activation: Activation, node: ast.expr) -> Queue | None:
    """The declaration of the queue that a module variable holds, through imports and aliases."""
    made, _ = _made_by(program, activation, node)
    return next((queue for queue in program.queues if queue.node is made), None)


def workflow_behind(program: Program, activation: Activation, node: ast.Call) -> Function | None:
    """The workflow whose debouncer `debouncer.debounce(…)` calls."""
    if not isinstance(node.func, ast.Attribute):
        return None
    holder = node.func.value
    made, maker = _made_by(program, activation, holder)
    if made is None and isinstance(holder, ast.Name) and activation.function is not None:
        sources = assigned_to(activation.function.node, holder.id)
        made, maker = (sources[0], activation) if len(sources) == 1 else (None, None)
    elif isinstance(holder, ast.Call):
        made, maker = holder, activation
    if not isinstance(made, ast.Call) or not made.args or maker is None:
        return None
    for atom in maker.values.get(made.args[0], NOTHING).atoms:
        if isinstance(atom, Durable):
            return atom.target.function
    return None


def _made_by(
    program: Program, activation: Activation, node: ast.expr
) -> tuple[ast.expr | None, Activation | None]:
    """The expression that the module variable behind a name is assigned, and where it was run."""
    path, name = "", ""
    if isinstance(node, ast.Name):
        path, name = activation.globals_read.get(node, ("", ""))
    elif isinstance(node, ast.Attribute):
        for atom in activation.values.get(node.value, NOTHING).atoms:
            if isinstance(atom, ModuleRef):
                path, name = atom.path, node.attr
    symbols = program.engine.symbols
    for _ in range(_HOPS_MAX if path else 0):
        scope = symbols.scopes.get(path)
        bound = scope.bindings.get(name, ()) if scope is not None else ()
        if scope is None or len(bound) != 1:
            return None, None
        (binding,) = bound
        if isinstance(binding, Assigned) and isinstance(binding.value, ast.Name):
            name = binding.value.id
        elif isinstance(binding, Assigned):
            return binding.value, activation.returns.engine.module_activation(scope.module)
        elif isinstance(binding, Imported) and binding.attribute is not None:
            target = symbols.find(binding.module, scope.module)
            if target is None:
                return None, None
            path, name = target.path, binding.attribute
        else:
            return None, None
    return None, None
