"""State that outlives a run: what functions change of their module, their object, their arguments.

In: activations and syntax trees. Out: stores, sorted by whom they concern, and the tests that guard
a first assignment. Never does: take a local variable for a shared one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.interpreter.attributes import find
from dbos_build.interpreter.machine import Activation, Enter, Machine, Store
from dbos_build.interpreter.names import local_names
from dbos_build.interpreter.sharing import is_shared
from dbos_build.interpreter.targets import root_name
from dbos_build.interpreter.values import NOTHING, ClassRef, InstanceRef
from dbos_build.names.symbols import Assigned, Binding
from dbos_build.nodes import called_names, types_below
from dbos_build.syntax import every

CHANGING = frozenset(
    {
        "append",
        "appendleft",
        "add",
        "insert",
        "extend",
        "extendleft",
        "update",
        "setdefault",
        "pop",
        "popleft",
        "popitem",
        "clear",
        "remove",
        "discard",
        "sort",
        "reverse",
        "rotate",
        "subtract",
    }
)


def shared_stores(activation: Activation) -> Iterator[Store]:
    """Changes of objects that belong to a module: by name, by alias, or as `self` of one."""
    own = own_class(activation)
    receiver = activation.receiver
    for store in activation.stores:
        if store.kind in {"module", "class"}:
            if not own or store.owner != own:
                yield store
        elif store.kind == "nonlocal":
            if _outlives(activation, store.name):
                yield store
        elif (
            store.kind == "self"
            and isinstance(receiver, InstanceRef)
            and receiver.site is not None
            and is_shared(activation.returns.engine, receiver)
            and not _is_making(activation)
        ):
            yield store


def _outlives(activation: Activation, name: str) -> bool:
    """Whether the enclosing function of a variable ran before the workflow, at import.

    Then a counter in it goes on counting from run to run; one that a function of the workflow made
    is the run's own.
    """
    machine = activation.returns.engine
    outer = activation.closure
    while outer is not None and outer.function is not None:
        if name in local_names(machine, outer.function).local:
            return outer in _at_import(machine)
        outer = outer.closure
    return False


def _at_import(machine: Machine) -> set[Activation]:
    """What is called at the tops of modules, and by no function."""
    known: set[Activation] | None = machine.memo.get("called at import")
    if known is None:
        tops = [machine.module_activation(each.module) for each in machine.symbols.scopes.values()]
        inside = [each for runs in machine.activations.values() for each in runs]
        known = machine.memo["called at import"] = _entered(tops) - _entered(inside)
    return known


def _entered(callers: list[Activation]) -> set[Activation]:
    """Everything that some activations call."""
    return {
        target.activation
        for caller in callers
        for targets in caller.calls.values()
        for target in targets
        if isinstance(target, Enter)
    }


_MAKING = frozenset({"__init__", "__new__", "__post_init__", "__attrs_post_init__"})


def _is_making(activation: Activation) -> bool:
    """Whether a method fills an object that nobody else has yet, wherever it ends up later."""
    function = activation.function
    if function is None or function.name in _MAKING:
        return function is not None
    return activation in _filling(activation.returns.engine)


def _filling(machine: Machine) -> set[Activation]:
    """The methods that only constructors of the same object call, directly or not."""
    known: set[Activation] | None = machine.memo.get("filling")
    if known is not None:
        return known
    called = _called_by_constructors(machine)
    runs = machine.activations.values() if called else ()
    callers: dict[Activation, list[Activation]] = {}
    for caller in [each for some in runs for each in some]:
        for entered in _entered_methods(caller):
            if entered in called:
                callers.setdefault(entered, []).append(caller)
    found: set[Activation] = set()
    size = -1
    while size < len(found):
        size = len(found)
        for method, by in callers.items():
            if all(_makes(each, found) and each.receiver == method.receiver for each in by):
                found.add(method)
    machine.memo["filling"] = found
    return found


def _called_by_constructors(machine: Machine) -> set[Activation]:
    """The methods that constructors call on the object they make, directly or not."""
    found: set[Activation] = set()
    waiting = [
        run
        for function, runs in machine.activations.items()
        if function.name in _MAKING
        for run in runs
    ]
    while waiting:
        caller = waiting.pop()
        for entered in _entered_methods(caller):
            if entered.receiver == caller.receiver and entered not in found:
                found.add(entered)
                waiting.append(entered)
    return found


def _entered_methods(caller: Activation) -> tuple[Activation, ...]:
    """The methods of objects that a function calls; kept with its calls."""
    known: tuple[Activation, ...] | None = caller.memo.get("entered methods")
    if known is None:
        known = caller.memo["entered methods"] = tuple(
            target.activation
            for targets in caller.calls.values()
            for target in targets
            if isinstance(target, Enter) and isinstance(target.activation.receiver, InstanceRef)
        )
    return known


def _makes(activation: Activation, found: set[Activation]) -> bool:
    """Whether a caller is a constructor, or known to be called by constructors alone."""
    function = activation.function
    return activation in found or (function is not None and function.name in _MAKING)


def own_stores(activation: Activation) -> Iterator[Store]:
    """Changes of the configured instance or class whose method a workflow is."""
    own = own_class(activation)
    for store in activation.stores:
        receiver = activation.receiver
        if store.kind == "self" and isinstance(receiver, InstanceRef):
            if own and receiver.site is None and is_shared(activation.returns.engine, receiver):
                yield store
        elif own and store.kind in {"class", "module"} and store.owner == own:
            yield store


def own_class(activation: Activation) -> str:
    """The class a method belongs to, when it runs on no object made by the run itself."""
    receiver = activation.receiver
    if isinstance(receiver, InstanceRef) and receiver.site is None:
        return receiver.owner.qualname
    return receiver.owner.qualname if isinstance(receiver, ClassRef) else ""


def is_self(activation: Activation, node: ast.expr) -> bool:
    """Whether an expression is the first parameter of the method that runs."""
    function = activation.function
    if function is None or function.owner is None or activation.receiver is None:
        return False
    first = function.node.args.args[:1]
    return isinstance(node, ast.Name) and bool(first) and node.id == first[0].arg


def is_shared_read(activation: Activation, node: ast.expr) -> bool:
    """Whether an expression names a module variable, or an attribute that a class body binds."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    if root in activation.globals_read:
        return True
    if isinstance(node, ast.Attribute):
        engine = activation.returns.engine
        for atom in activation.values.get(node.value, NOTHING).atoms:
            if isinstance(atom, InstanceRef | ClassRef):
                owner, bound = find(engine.mro(atom.owner), node.attr)
                if owner is not None and any(map(_is_shared_binding, bound)):
                    return True
    return False


def _is_shared_binding(binding: Binding) -> bool:
    """Whether a class body makes an object that all instances read; fields make one for each."""
    if not isinstance(binding, Assigned) or binding.value is None:
        return False
    if isinstance(binding.value, ast.Call) and binding.annotation is not None:
        made = binding.value.func
        tail = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
        return tail not in _FIELDS
    return True


_FIELDS = frozenset({"field", "Field", "ib", "attrib"})


def changed_names(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, *, keeps: bool = False
) -> set[str]:
    """The names whose objects a function changes in place; with `keeps`, also those it stores."""
    found: set[str] = set()
    rebound: set[str] = set()
    if not CHANGING.isdisjoint(called_names(node)):
        for call in every(node, ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGING:
                found.add(root_name(call.func.value) or "")
    for part in every(node, ast.Assign, ast.AugAssign, ast.Delete):
        match part:
            case ast.Assign(targets=[ast.Name(id=name)]):
                rebound.add(name)
            case ast.Assign(targets=targets):
                found.update(_changed_by(target) for target in targets)
                if keeps and any(isinstance(target, ast.Attribute) for target in targets):
                    found.add(root_name(part.value) or "")
            case ast.AugAssign(target=target):
                found.add(root_name(target) or "")
            case ast.Delete(targets=targets):
                found.update(_changed_by(target) for target in targets)
    return found - rebound - {""}


def _changed_by(target: ast.expr) -> str:
    """The name whose object an assignment changes; a plain name is only bound again."""
    if isinstance(target, ast.Attribute | ast.Subscript):
        return root_name(target) or ""
    return ""


def lazy_fills(activation: Activation) -> list[tuple[ast.expr, ast.AST]]:
    """Tests such as `if X is None` with the statement below them that fills the shared X."""
    known: list[tuple[ast.expr, ast.AST]] | None = activation.memo.get("lazy fills")
    if known is None:
        known = activation.memo["lazy fills"] = _lazy_fills(activation)
    return known


def _lazy_fills(activation: Activation) -> list[tuple[ast.expr, ast.AST]]:
    """The same, found out."""
    function = activation.function
    if function is None or isinstance(function.node, ast.Lambda):
        return []
    found: list[tuple[ast.expr, ast.AST]] = []
    for node in every(function.node, ast.If):
        name = _tested(node.test)
        if name is not None and _is_shared(activation, name):
            wanted = ast.dump(name)
            found.extend(
                (node.test, target)
                for statement in node.body
                for target in _targets(statement)
                if ast.dump(_holder(target)) == wanted
            )
    for default in every(function.node, ast.Assign) if _has_default(function.node) else ():
        if isinstance(default.value, ast.BoolOp):
            first, target = default.value.values[0], default.targets[0]
            is_default = isinstance(default.value.op, ast.Or) and _is_shared(activation, first)
            if is_default and ast.dump(_holder(target)) == ast.dump(_holder(first)):
                found.append((default.value, target))
    return found


def _has_default(node: ast.AST) -> bool:
    """Whether a function may say `x = x or …`; most hold nothing of the kind."""
    return ast.BoolOp in types_below(node)


def lazy_stores(activation: Activation) -> set[ast.AST]:
    """The assignments that only fill something on first use."""
    return {target for _, target in lazy_fills(activation)}


def _is_shared(activation: Activation, name: ast.expr) -> bool:
    """Whether a tested name is a variable of the module or an attribute of the class."""
    if isinstance(name, ast.Name):
        return name in activation.globals_read
    if isinstance(name, ast.Attribute):
        holder = activation.values.get(name.value, NOTHING)
        return any(isinstance(atom, ClassRef) for atom in holder.atoms)
    return False


def _tested(test: ast.expr) -> ast.expr | None:
    """The X of `X is None`, `not X` and `"key" not in X`."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant()]):
            return left
        case ast.Compare(left=ast.Constant(), ops=[ast.NotIn()], comparators=[container]):
            return container
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
    return None


def _targets(statement: ast.stmt) -> list[ast.expr]:
    """What a plain assignment assigns."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []


def _holder(target: ast.expr) -> ast.expr:
    """The variable or attribute a target fills, read instead of written."""
    if isinstance(target, ast.Subscript):
        target = target.value
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return target
