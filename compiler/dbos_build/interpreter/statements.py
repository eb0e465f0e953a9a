"""Statements: running a body over abstract values.

In: statements and a frame. Out: the frame's variables after them; returns, branches and stores are
recorded. Never does: choose between branches; every arm runs, and what falls through is joined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.annotations import annotated, completed
from dbos_build.interpreter.expressions import closure_of
from dbos_build.interpreter.iterating import entered_value, iterate
from dbos_build.interpreter.machine import Arguments, Frame, Machine, Opaque
from dbos_build.interpreter.narrowing import narrow
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.patterns import bind_pattern
from dbos_build.interpreter.targets import bind_name, bind_target, rebind, with_element
from dbos_build.interpreter.values import (
    NO_ATOMS,
    ClassRef,
    Constant,
    ExternalInstance,
    Mapping,
    Sequence,
    Value,
    constant,
    elements,
    of,
    unknown,
    unordered,
)
from dbos_build.names.symbols import absolute


def execute(machine: Machine, body: list[ast.stmt], frame: Frame) -> bool:
    """Run statements in order; True when control cannot fall off the end."""
    ends = False
    for statement in body:
        handler = _HANDLERS.get(type(statement))
        if handler is None:
            continue
        try:
            if handler(machine, statement, frame):
                # Code behind a return still counts: dead code today is live after the next edit,
                # but its variables do not reach what follows the block.
                ends = True
                break
        except RecursionError:
            if machine.is_nested():
                raise
            frame.activation.record(statement, Opaque("nested too deeply"))
    return ends


def _expression(machine: Machine, node: ast.Expr, frame: Frame) -> bool:
    machine.evaluate(node.value, frame)
    return False


def _assign(machine: Machine, node: ast.Assign, frame: Frame) -> bool:
    value = machine.evaluate(node.value, frame)
    for target in node.targets:
        bind_target(machine, target, value, frame)
    return False


def _annotated_assign(machine: Machine, node: ast.AnnAssign, frame: Frame) -> bool:
    declared = annotated(machine, node.annotation, frame)
    if node.value is None:
        if isinstance(node.target, ast.Name) and declared.atoms:
            bind_name(machine, node.target.id, declared, frame, node.target)
        return False
    value = machine.evaluate(node.value, frame)
    if value.is_unknown or not isinstance(node.target, ast.Name):
        value = completed(value, declared)
    bind_target(machine, node.target, value, frame)
    return False


def _augmented(machine: Machine, node: ast.AugAssign, frame: Frame) -> bool:
    value = machine.evaluate(node.value, frame)
    before = machine.evaluate(node.target, frame)
    after = before.join(Value(NO_ATOMS, value.taints))
    if any(isinstance(atom, Sequence | Mapping) for atom in before.atoms):
        after = with_element(before, elements(value))
        rebind(machine, node.target, after, frame)
    elif value.atoms and not before.is_unknown:
        after = Value(
            ordered(
                ExternalInstance("builtins." + atom.type) if isinstance(atom, Constant) else atom
                for atom in before.atoms
            ),
            before.taints | value.taints,
        )
        if all(getattr(atom, "type", "") in _NUMBERS for atom in after.atoms):
            after = unordered(after)
    bind_target(machine, node.target, after, frame)
    return False


_NUMBERS = frozenset({"builtins.int", "builtins.float"})


def _return(machine: Machine, node: ast.Return, frame: Frame) -> bool:
    value = machine.evaluate(node.value, frame) if node.value is not None else constant(None)
    frame.activation.returns.grow(value)
    return True


def _if(machine: Machine, node: ast.If, frame: Frame) -> bool:
    test = machine.evaluate(node.test, frame)
    if test.taints:
        frame.activation.branches.append((node.test, test.taints))
    then, other = frame.branch(), frame.branch()
    narrow(machine, node.test, then, other)
    ended = [execute(machine, node.body, then), execute(machine, node.orelse, other)]
    open_frames = [branch for branch, end in zip((then, other), ended, strict=True) if not end]
    if open_frames:
        frame.adopt(*open_frames)
    return not open_frames


def _for(machine: Machine, node: ast.For | ast.AsyncFor, frame: Frame) -> bool:
    iterable = machine.evaluate(node.iter, frame)
    element = iterate(machine, node.iter, iterable, frame)
    if iterable.taints:
        frame.activation.branches.append((node.iter, iterable.taints))
    before = frame.branch()
    for _ in range(2):
        inner = frame.branch()
        bind_target(machine, node.target, element, inner)
        execute(machine, node.body, inner)
        frame.adopt(frame, inner)
    frame.adopt(before, frame)
    execute(machine, node.orelse, frame)
    return False


def _while(machine: Machine, node: ast.While, frame: Frame) -> bool:
    before = frame.branch()
    for _ in range(2):
        inner = frame.branch()
        test = machine.evaluate(node.test, inner)
        if test.taints:
            frame.activation.branches.append((node.test, test.taints))
        execute(machine, node.body, inner)
        frame.adopt(frame, inner)
    frame.adopt(before, frame)
    execute(machine, node.orelse, frame)
    return False


def _with(machine: Machine, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
    prefix = "__a" if isinstance(node, ast.AsyncWith) else "__"
    for item in node.items:
        manager = machine.evaluate(item.context_expr, frame)
        value = entered_value(machine, item.context_expr, manager, prefix, frame)
        if item.optional_vars is not None:
            bind_target(machine, item.optional_vars, value, frame)
    return execute(machine, node.body, frame)


def _try(machine: Machine, node: ast.Try | ast.TryStar, frame: Frame) -> bool:
    before = frame.branch()
    body_ends = execute(machine, node.body, frame)
    arms: list[Frame] = []
    during = frame.branch()
    during.adopt(before, frame)
    if not body_ends:
        body_ends = execute(machine, node.orelse, frame)
    if not body_ends:
        arms.append(frame.branch())
    for handler in node.handlers:
        arm = during.branch()
        if handler.type is not None:
            machine.evaluate(handler.type, arm)
        if handler.name is not None:
            caught = annotated(machine, handler.type, arm)
            value = caught if caught.atoms else unknown("exception")
            bind_name(machine, handler.name, value, arm, handler)
        if not execute(machine, handler.body, arm):
            arms.append(arm)
    if arms:
        frame.adopt(*arms)
    else:
        frame.adopt(during)
    final_ends = execute(machine, node.finalbody, frame)
    return final_ends or not arms


def _match(machine: Machine, node: ast.Match, frame: Frame) -> bool:
    subject = machine.evaluate(node.subject, frame)
    if subject.taints:
        frame.activation.branches.append((node.subject, subject.taints))
    arms = [frame.branch()]
    for case in node.cases:
        arm = frame.branch()
        bind_pattern(machine, case.pattern, subject, arm)
        if case.guard is not None:
            test = machine.evaluate(case.guard, arm)
            if test.taints:
                frame.activation.branches.append((case.guard, test.taints))
        if not execute(machine, case.body, arm):
            arms.append(arm)
    frame.adopt(*arms)
    return False


def _define(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> bool:
    function = machine.function_at(node, frame)
    closure = closure_of(frame)
    value = machine.decorated(function, closure).value
    bind_name(machine, node.name, value, frame, node)
    return False


def _classify(machine: Machine, node: ast.ClassDef, frame: Frame) -> bool:
    owner = machine.class_at(node, frame)
    value = of(ClassRef(owner, closure_of(frame)))
    bind_name(machine, node.name, value, frame, node)
    return False


def _import(machine: Machine, node: ast.Import, frame: Frame) -> bool:
    for alias in node.names:
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        value = machine.imported(name, None, frame.activation.module, frame.activation)
        bound = alias.asname or alias.name.partition(".")[0]
        bind_name(machine, bound, value, frame, node)
    return False


def _import_from(machine: Machine, node: ast.ImportFrom, frame: Frame) -> bool:
    module = frame.activation.module
    base = absolute(node, module)
    for alias in node.names:
        if alias.name != "*":
            value = machine.imported(base, alias.name, module, frame.activation)
            bind_name(machine, alias.asname or alias.name, value, frame, node)
    return False


def _raise(machine: Machine, node: ast.Raise, frame: Frame) -> bool:
    for part in (node.exc, node.cause):
        if part is not None:
            value = machine.evaluate(part, frame)
            if value.taints:
                frame.activation.branches.append((part, value.taints))
            classes = ordered(atom for atom in value.atoms if isinstance(atom, ClassRef))
            if classes:
                from_class = Value(classes)
                machine.call(part, from_class, Arguments(), frame)
    return True


def _assert(machine: Machine, node: ast.Assert, frame: Frame) -> bool:
    test = machine.evaluate(node.test, frame)
    if test.taints:
        frame.activation.branches.append((node.test, test.taints))
    narrow(machine, node.test, frame)
    if node.msg is not None:
        machine.evaluate(node.msg, frame)
    return False


def _delete(machine: Machine, node: ast.Delete, frame: Frame) -> bool:
    for target in node.targets:
        if isinstance(target, ast.Subscript):
            machine.evaluate(target.value, frame)
            machine.evaluate(target.slice, frame)
    return False


def _leave(machine: Machine, node: ast.Break | ast.Continue, frame: Frame) -> bool:
    # The loop joins what its body left; variables set before a break must survive it.
    return False


_HANDLERS: dict[type[ast.stmt], Callable[..., bool]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _classify,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Break: _leave,
    ast.Continue: _leave,
}
