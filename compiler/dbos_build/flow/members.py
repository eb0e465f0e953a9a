"""Members: code of the project that runs without being called by name.

In: a walk, and an attribute that is read or a piece of syntax. Out: terms for the digests of every
member of the project that may run there: a property or method of an object whose class is not
known, the special methods behind operators, conditions, loops and formats.
Never: leaves out a class because the objects at hand are probably of another one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from dbos_build.flow.ownership import consumed_names
from dbos_build.flow.walk import Frame, Walk
from dbos_build.interpreter.machine import Enter
from dbos_build.interpreter.values import (
    BoundMethod,
    ClassRef,
    Constant,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    ModuleRef,
)
from dbos_build.names.symbols import Class
from dbos_build.versions.operators import ANYTHING, implicit

SIMPLE = frozenset(
    f"builtins.{name}" for name in ("int", "str", "float", "bool", "bytes", "complex", "NoneType")
)


_WITHOUT = (BoundMethod, ClassRef, Constant, Durable, External, FunctionRef, ModuleRef)
"""What runs no special method of a class of the project."""
_EAGER = frozenset({"builtins.sorted", "builtins.min", "builtins.max", "functools.reduce"})
_LAZY = frozenset({"builtins.map", "builtins.filter"})
"""What calls the functions that it is given: at once, or when somebody goes over the result."""
_BEGINNINGS = frozenset({"__init__", "__new__", "__post_init__", "__setattr__", "__setstate__"})
_TRUSTED = ("dbos.", "logging.", "builtins.")


def attribute(walk: Walk, holder: int, name: str) -> int:
    """The term of `holder.name`, whatever class of the project the holder may be of."""
    members = [] if holder in walk.terms.plain else walk.globals.members(name)
    if not members and holder not in walk.terms.plain:
        members = walk.globals.members("__getattr__")
    parts = [walk.terms.make(f"member:{digest}") for digest in members]
    return walk.terms.make("." + name, walk.now(holder), *parts)


def special(walk: Walk, node: ast.AST) -> list[int]:
    """The special methods of the project that a piece of syntax may run."""
    heads = entered(walk, node)
    names, operands = implicit(node)
    if isinstance(node, ast.Call) and _is_outside(walk, node):
        names, operands = ANYTHING, [*node.args, *(each.value for each in node.keywords)]
    if names and _may_be_ours(walk, operands):
        heads |= {f"member:{digest}" for name in names for digest in walk.globals.members(name)}
    return [walk.terms.make(head) for head in sorted(heads)]


def entered(walk: Walk, node: ast.AST) -> set[str]:
    """The heads of the functions that a piece of syntax may run.

    A lambda that is given to `sorted` and the like is not one of them: its term says all of it.
    """
    told = asked_by_place(walk, node) if isinstance(node, ast.Call) else []
    functions = [
        target.activation.function
        for target in walk.frame.activation.calls.get(node, ())
        if isinstance(target, Enter)
    ]
    return {
        walk.globals.function(each)
        for each in functions
        if each is not None and each.node not in told
    }


def asked_by_place(walk: Walk, node: ast.Call) -> Sequence[ast.AST]:
    """The lambdas of a call that it calls before it ends, with arguments by place.

    The names of their parameters do not count, and what they see around them is as it is now.
    """
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    lambdas = [each for each in given if isinstance(each, ast.Lambda)]
    if not lambdas or (isinstance(node.func, ast.Attribute) and node.func.attr == "sort"):
        return lambdas
    found = walk.frame.activation.values.get(node.func)
    atoms = () if found is None else found.atoms
    names = {atom.name if isinstance(atom, External) else "" for atom in atoms}
    callers = _EAGER | _LAZY if node in walk.consumed else _EAGER
    return lambdas if names and names <= callers else []


def changes_when_read(walk: Walk, node: ast.Name) -> bool:
    """Whether a local variable may hold an iterator, or another object that reading changes."""
    frame: Frame | None = walk.frame
    while frame is not None:
        function = frame.activation.function
        if function is not None:
            if function.node not in walk.consuming:
                walk.consuming[function.node] = consumed_names(function.node)
            if node.id in walk.consuming[function.node]:
                return True
        frame = frame.outer
    found = walk.frame.activation.values.get(node)
    atoms = () if found is None else found.atoms
    return any(isinstance(atom, InstanceRef) and _is_used_up(atom.owner) for atom in atoms)


def _is_used_up(owner: Class) -> bool:
    """Whether some special method of a class changes its object: going over it, asking for its
    length and so on."""
    for method in owner.node.body:
        if not isinstance(method, ast.FunctionDef) or method.name in _BEGINNINGS:
            continue
        if method.name.startswith("__") and any(
            isinstance(each, ast.Attribute | ast.Subscript) and not isinstance(each.ctx, ast.Load)
            for each in ast.walk(method)
        ):
            return True
    return False


def _is_outside(walk: Walk, node: ast.Call) -> bool:
    """Whether a call runs code of a library, which may do anything with what it is given."""
    found = walk.frame.activation.values.get(node.func)
    return found is not None and any(
        isinstance(atom, External) and not atom.name.startswith(_TRUSTED) for atom in found.atoms
    )


def _may_be_ours(walk: Walk, operands: Sequence[ast.expr]) -> bool:
    """Whether some operand may be, or hold, an object of a class of the project."""
    values = walk.frame.activation.values
    for operand in operands:
        found = values.get(operand)
        if found is None or not found.atoms:
            return True
        for atom in found.atoms:
            is_simple = isinstance(atom, ExternalInstance) and atom.type in SIMPLE
            if not is_simple and not isinstance(atom, _WITHOUT):
                return True
    return False


def around(walk: Walk, head: str, value: int, nodes: Iterable[ast.AST]) -> int:
    """A value together with the special methods that looking at it may run, if there are any."""
    if value in walk.terms.plain:
        return value
    parts = [part for node in nodes for part in special(walk, node)]
    return walk.terms.make(head, value, *dict.fromkeys(parts)) if parts else value


def truth(walk: Walk, node: ast.expr, value: int) -> int:
    """A value as a condition."""
    return around(walk, "truth", value, [ast.If(node, [], [])])


def iterated(walk: Walk, node: ast.expr, value: int) -> int:
    """A value as what a loop goes over."""
    loop = ast.For(ast.Name("each", ast.Store()), node, [], [])
    return around(walk, "iterated", value, [loop, ast.AsyncFor(loop.target, node, [], [])])
