"""Which declared queue an expression is.

In: an expression in an activation. Out: the declaration behind the module variable it names. Never
does: guess between several.
"""

from __future__ import annotations

import ast

from dbos_build.declarations import Queue
from dbos_build.interpreter.machine import Activation
from dbos_build.program import Program
from dbos_build.symbols import Assigned, Imported
from dbos_build.values import NOTHING, ModuleRef

_HOPS_MAX = 8


def queue_behind(program: Program, activation: Activation, node: ast.expr) -> Queue | None:
    """The declaration of the queue that a module variable holds, through imports and aliases."""
    path, name = "", ""
    if isinstance(node, ast.Name):
        path, name = activation.globals_read.get(node, ("", ""))
    elif isinstance(node, ast.Attribute):
        for atom in activation.values.get(node.value, NOTHING).atoms:
            if isinstance(atom, ModuleRef):
                path, name = atom.path, node.attr
    return _declared(program, path, name) if path else None


def _declared(program: Program, path: str, name: str) -> Queue | None:
    """The queue that a module variable is assigned, or imports."""
    symbols = program.engine.symbols
    for _ in range(_HOPS_MAX):
        scope = symbols.scopes.get(path)
        bound = scope.bindings.get(name, ()) if scope is not None else ()
        if scope is None or len(bound) != 1:
            return None
        (binding,) = bound
        if isinstance(binding, Assigned) and isinstance(binding.value, ast.Name):
            name = binding.value.id
        elif isinstance(binding, Assigned):
            return next((q for q in program.queues if q.node is binding.value), None)
        elif isinstance(binding, Imported) and binding.attribute is not None:
            target = symbols.find(binding.module, scope.module)
            if target is None:
                return None
            path, name = target.path, binding.attribute
        else:
            return None
    return None
