"""Hooks: methods of a class that run because an object of it is made.

In: a class and the object in the making. Out: nothing; what the hooks do is recorded at the place
that makes the object. Hooks are `__post_init__` and its like, validators of pydantic models, and
methods that attrs asks for defaults; a class that a metaclass makes is told here, too. Never does:
decide what a validator makes of a value.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from dbos_build.interpreter import attributes
from dbos_build.interpreter.machine import Arguments, Frame, Machine
from dbos_build.interpreter.values import Atom, ClassRef, InstanceRef, Value, of, unknown
from dbos_build.names.symbols import Class, Defined, Function

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]

_AFTER = ("__post_init__", "__attrs_post_init__", "model_post_init")
_VALIDATORS = frozenset({"field_validator", "validator", "model_validator", "root_validator"})
_MODELS = ("pydantic.", "sqlmodel.", "pydantic_settings.")


def run_hooks(
    machine: Machine, node: ast.AST, made: InstanceRef, order: tuple[Class | str, ...], frame: Frame
) -> None:
    """Everything that runs once the fields of an object are there."""
    run_validators(machine, node, made, order, frame)
    for name in _AFTER:
        hook, _ = attributes.find(order, name)
        if isinstance(hook, Class):
            method = attributes.member(machine, node, made, order, name, frame)
            passed = [unknown("context of validation")] if name == "model_post_init" else []
            machine.call(node, method, Arguments(passed), frame)


def run_validators(
    machine: Machine, node: ast.AST, made: InstanceRef, order: tuple[Class | str, ...], frame: Frame
) -> None:
    """The validators of a pydantic model, of the class itself and of its ancestors."""
    if not any(isinstance(base, str) and base.startswith(_MODELS) for base in order):
        return
    for function in _decorated(order, _VALIDATORS):
        receiver = ClassRef(made.owner) if _takes_class(function) else made
        anything = Arguments(star=unknown("value to validate"))
        machine.call(node, _bound(machine, function, receiver), anything, frame)


def default_method(owner: Class, name: str) -> Function | None:
    """The method that attrs asks for the default of a field: `@number.default def _(self): …`."""
    for function in _functions((owner,)):
        for decorator in function.decorators:
            match decorator:
                case ast.Attribute(value=ast.Name(id=field), attr="default") if field == name:
                    return function
    return None


def method_default(
    machine: Machine, node: ast.AST, made: InstanceRef, function: Function, frame: Frame
) -> Value:
    """What such a method gives for an object in the making."""
    return machine.call(node, _bound(machine, function, made), Arguments(), frame)


def _bound(machine: Machine, function: Function, receiver: Atom) -> Value:
    """A method, bound to an object or to its class."""
    closure = machine.closure_of(function.owner) if function.owner is not None else None
    return attributes.bind(machine.decorated(function, closure).value, receiver)


def _takes_class(function: Function) -> bool:
    """Whether a validator is given the class: all but those that run on the finished object."""
    first = function.node.args.args[:1]
    return bool(first) and first[0].arg != "self"


def _decorated(order: tuple[Class | str, ...], names: frozenset[str]) -> Iterator[Function]:
    """The methods with a decorator of one of these names, called or not."""
    for function in _functions(order):
        for decorator in function.decorators:
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            tail = named.attr if isinstance(named, ast.Attribute) else getattr(named, "id", "")
            if tail in names:
                yield function
                break


def _functions(order: tuple[Class | str, ...]) -> Iterator[Function]:
    """The methods that classes define, each class before its ancestors."""
    for owner in order:
        if isinstance(owner, Class):
            for bound in owner.bindings.values():
                for binding in bound:
                    if isinstance(binding, Defined) and isinstance(binding.entity, Function):
                        yield binding.entity


def _validated(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`Order.model_validate(data)`: an object of the class, once its validators ran."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    holder = frame.activation.values.get(node.func.value, Value())
    made = [InstanceRef(atom.owner) for atom in holder.atoms if isinstance(atom, ClassRef)]
    for each in made:
        run_validators(machine, node, each, machine.mro(each.owner), frame)
    return of(*made).tainted(arguments.taints) if made else None


def _new_class(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`super().__new__(mcs, …)` in a metaclass: the class in the making."""
    atoms = arguments.positional[0].atoms if arguments.positional else ()
    classes = [a for a in atoms if isinstance(a, ClassRef)]
    made = [atom for atom in classes if "builtins.type" not in machine.mro(atom.owner)]
    return of(*made) if made else None


HOOK_MODELS: dict[str, Model] = {
    "builtins.type.__new__": _new_class,
    **dict.fromkeys(
        (
            f"{base}.{name}"
            for base in ("pydantic.BaseModel", "sqlmodel.SQLModel")
            for name in ("model_validate", "model_validate_json", "parse_obj", "parse_raw")
        ),
        _validated,
    ),
}
