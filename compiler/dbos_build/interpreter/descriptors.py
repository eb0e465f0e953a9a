"""Descriptors and metaclasses: who else decides what reading and writing an attribute does.

In: what a class body binds to a name, and the object it is read from. Out: what `__get__` of the
project's classes gives, or the value itself; `__set__` runs on assignment; `maker_of` is the class
that a class is an object of. Never does: look at descriptors of libraries; the table says what
reading those gives.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.machine import Activation, Arguments, Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.values import Atom, ClassRef, InstanceRef, Value, constant, join_all, of
from dbos_build.names.symbols import Assigned, Class


def got(
    machine: Machine,
    node: ast.AST,
    value: Value,
    receiver: InstanceRef | ClassRef,
    frame: Frame,
) -> Value:
    """What reading an attribute gives when a class binds this value to its name.

    `receiver` is the object, or the class, that it is read from.
    """
    found = [atom for atom in value.atoms if _has(machine, atom, "__get__")]
    if not found:
        return value
    is_object = isinstance(receiver, InstanceRef)
    passed = [of(receiver) if is_object else constant(None), of(ClassRef(receiver.owner))]
    given = join_all(_run(machine, node, atom, "__get__", passed, frame) for atom in found)
    # One that gives itself does so where it is read from the class.
    given = Value(ordered(atom for atom in given.atoms if atom not in found), given.taints)
    others = ordered(atom for atom in value.atoms if atom not in found)
    return Value(others, value.taints).join(given)


def put(
    machine: Machine, target: ast.Attribute, receiver: InstanceRef, value: Value, frame: Frame
) -> None:
    """Run `__set__` of the descriptor that a class binds to the name that is written."""
    for owner in machine.mro(receiver.owner):
        bound = owner.bindings.get(target.attr, ()) if isinstance(owner, Class) else ()
        for binding in bound:
            if not isinstance(binding, Assigned) or not isinstance(binding.value, ast.Call):
                continue
            assert isinstance(owner, Class)
            around = machine.closure_of(owner) or machine.module_activation(owner.module)
            held = machine.binding_value(binding, Frame(around, {}, owner), target.attr)
            for atom in held.atoms:
                if _has(machine, atom, "__set__"):
                    _run(machine, target, atom, "__set__", [of(receiver), value], frame)
        if bound:
            return


def maker_of(machine: Machine, order: tuple[Class | str, ...]) -> Class | None:
    """The metaclass of the project that makes a class with these ancestors."""
    for owner in order:
        for keyword in owner.node.keywords if isinstance(owner, Class) else ():
            if keyword.arg == "metaclass":
                assert isinstance(owner, Class)
                scratch = Activation(machine, owner.module, None, machine.closure_of(owner), None)
                for atom in machine.evaluate(keyword.value, Frame(scratch, {})).atoms:
                    if isinstance(atom, ClassRef):
                        return atom.owner
    return None


def _has(machine: Machine, atom: Atom, name: str) -> bool:
    """Whether an object is of a class of the project with a method of this name."""
    return isinstance(atom, InstanceRef) and any(
        isinstance(owner, Class) and name in owner.bindings for owner in machine.mro(atom.owner)
    )


def _run(
    machine: Machine, node: ast.AST, atom: Atom, name: str, values: list[Value], frame: Frame
) -> Value:
    """The result of a special method of a descriptor."""
    method = machine.attribute(node, of(atom), name, frame)
    return machine.call(node, method, Arguments(values), frame)
