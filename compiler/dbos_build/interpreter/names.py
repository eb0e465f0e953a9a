"""Name lookup: which value a plain name has in a frame.

In: a name and a frame. Out: its value from the local variables, the enclosing functions, the module
or the builtins, in Python's order, so that a local named `time` is never the module. Never does:
evaluate anything but what the name is bound to.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass

from dbos_build.interpreter.machine import Activation, Frame, Machine
from dbos_build.symbols import Function, statements, target_names
from dbos_build.values import NOTHING, External, Value, of, unknown

_BUILTINS = frozenset(dir(builtins)) | {"reveal_type"}
_UNBOUND = unknown("not assigned yet")
_MISSING = unknown("name not found")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class Names:
    """The names a function binds, and whether it yields."""

    local: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]
    is_generator: bool


def lookup(machine: Machine, name: str, frame: Frame, node: ast.AST | None = None) -> Value:
    """The value of a name in a frame."""
    value = frame.env.get(name)
    if value is not None:
        return value
    activation = frame.activation
    if frame.owner is not None and frame.env.get("*" + frame.owner.qualname) is None:
        bound = _class_name(machine, name, frame)
        if bound is not None:
            return bound
    function = activation.function
    if function is not None:
        names = local_names(machine, function)
        if name in names.local:
            cell = activation.cells.get(name)
            return cell.value if cell is not None and cell.value.atoms else _UNBOUND
        if name not in names.globals:
            found = _enclosing(machine, name, activation)
            if found is not None:
                return found
    return module_name(machine, name, activation, node)


def module_name(machine: Machine, name: str, activation: Activation, node: ast.AST | None) -> Value:
    """The value of a name that no function around the frame binds."""
    value = machine.module_value(activation.module, name, activation)
    if value is not None:
        if node is not None:
            activation.globals_read[node] = (activation.module.path, name)
        return value
    if name in _BUILTINS:
        return of(External("builtins." + name))
    return _MISSING


def _class_name(machine: Machine, name: str, frame: Frame) -> Value | None:
    """A name bound by the class body that is being evaluated."""
    owner = frame.owner
    assert owner is not None
    if name not in owner.bindings:
        return None
    # The mark stops a name whose own value mentions it (`x = x`) from looking into the class again.
    inner = Frame(frame.activation, {**frame.env, "*" + owner.qualname: NOTHING}, owner)
    values = [machine.binding_value(binding, inner, name) for binding in owner.bindings[name]]
    result = NOTHING
    for value in values:
        result = result.join(value)
    return result


def _enclosing(machine: Machine, name: str, activation: Activation) -> Value | None:
    """A name bound by one of the functions around a function."""
    outer = activation.closure
    while outer is not None and outer.function is not None:
        names = local_names(machine, outer.function)
        if name in names.local:
            cell = outer.cells.get(name)
            if cell is None:
                cell = outer.cell(name)
            value = cell.read(activation)
            return value if value.atoms or value.taints else _UNBOUND
        if name in names.globals:
            return None
        outer = outer.closure
    return None


def local_names(machine: Machine, function: Function) -> Names:
    """The names a function binds; computed once per function."""
    known: Names | None = machine.local_names.get(function)
    if known is None:
        known = _collect(function)
        machine.local_names[function] = known
    return known


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in order."""
    arguments = node.args
    found = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        found.append(arguments.vararg)
    found.extend(arguments.kwonlyargs)
    if arguments.kwarg is not None:
        found.append(arguments.kwarg)
    return found


def _collect(function: Function) -> Names:
    """Walk a function once, nested functions and classes not entered."""
    node = function.node
    walker = _NameWalker()
    walker.local.update(argument.arg for argument in parameters(node))
    if isinstance(node, ast.Lambda):
        walker.expressions([node.body])
    else:
        for statement in statements(node.body):
            walker.statement(statement)
    rebound = walker.globals | walker.nonlocals
    return Names(
        frozenset(walker.local - rebound),
        frozenset(walker.globals),
        frozenset(walker.nonlocals),
        walker.is_generator,
    )


class _NameWalker:
    """Collects the names that statements bind."""

    def __init__(self) -> None:
        self.local: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.is_generator = False

    def statement(self, node: ast.stmt) -> None:
        """The names one statement binds itself; nested blocks are visited by the caller."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.local.add(node.name)
                return
            case ast.Global():
                self.globals.update(node.names)
            case ast.Nonlocal():
                self.nonlocals.update(node.names)
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    self.local.add(alias.asname or alias.name.partition(".")[0])
            case ast.For() | ast.AsyncFor():
                self.local.update(target_names(node.target))
                self.expressions([node.iter])
            case ast.With() | ast.AsyncWith() | ast.Try() | ast.TryStar() | ast.Match():
                self._block(node)
            case ast.If() | ast.While():
                self.expressions([node.test])
            case _:
                self.expressions(list(ast.iter_child_nodes(node)))

    def _block(self, node: ast.With | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match) -> None:
        """The names that the head of a block binds."""
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                self.expressions([item.context_expr])
                if item.optional_vars is not None:
                    self.local.update(target_names(item.optional_vars))
        elif isinstance(node, ast.Match):
            self.expressions([node.subject])
            for case in node.cases:
                self._pattern(case)
        else:
            self.local.update(handler.name for handler in node.handlers if handler.name)

    def _pattern(self, case: ast.match_case) -> None:
        """The names a pattern captures."""
        for part in ast.walk(case.pattern):
            if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name:
                self.local.add(part.name)
            elif isinstance(part, ast.MatchMapping) and part.rest:
                self.local.add(part.rest)
        if case.guard is not None:
            self.expressions([case.guard])

    def expressions(self, nodes: list[ast.AST] | list[ast.expr]) -> None:
        """Stores, walrus targets and yields inside expressions."""
        stack: list[ast.AST] = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Lambda):
                stack.extend(node.args.defaults)
                continue
            if isinstance(node, _COMPREHENSIONS):
                self._walrus(node)
                continue
            if isinstance(node, ast.Name):
                if not isinstance(node.ctx, ast.Load):
                    self.local.add(node.id)
                continue
            if isinstance(node, ast.Yield | ast.YieldFrom):
                self.is_generator = True
            stack.extend(ast.iter_child_nodes(node))

    def _walrus(self, node: ast.AST) -> None:
        """Inside a comprehension only a walrus binds in the function."""
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr):
                self.local.update(target_names(part.target))
