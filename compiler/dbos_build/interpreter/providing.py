"""Containers of objects, and stacks of managers: calls that are noted now and run later.

In: calls such as `providers.Factory(Shop, cache=cache)` or `stack.callback(f, x)`. Out: something
that makes the object when it is called, or what the function does, at the place that hands it on.
Never does: tell a singleton from a factory: both make an object of the same class.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from dbos_build.interpreter.iterating import entered_value, special
from dbos_build.interpreter.machine import Arguments, Frame, Machine
from dbos_build.interpreter.ordered import ordered
from dbos_build.interpreter.targets import rebind
from dbos_build.interpreter.values import (
    NOTHING,
    ExternalInstance,
    InstanceRef,
    PartialCall,
    Value,
    constant,
    join_all,
    of,
    sequence,
)

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]


def _provider(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`Factory(Shop, cache=cache)`: called, it makes a Shop of what its own providers make."""
    if not arguments.positional:
        return None
    target, *rest = arguments.positional
    positional = tuple(_provided(machine, node, value, frame) for value in rest)
    keywords = tuple(
        (key, _provided(machine, node, value, frame)) for key, value in arguments.keywords.items()
    )
    return of(PartialCall(target, positional, keywords))


def _provided(machine: Machine, node: ast.AST, value: Value, frame: Frame) -> Value:
    """What a provider among the arguments gives; anything else is passed on as it is."""
    made = ordered(atom for atom in value.atoms if isinstance(atom, PartialCall))
    if not made:
        return value
    rest = Value(ordered(atom for atom in value.atoms if atom not in made), value.taints)
    called = [machine.call(node, of(atom), Arguments(), frame) for atom in made]
    return rest.join(join_all(called))


def _callback(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`stack.callback(f, x)`: f(x) runs when the stack is left."""
    if not arguments.positional:
        return None
    machine.call(node, arguments.positional[0], arguments.handed_on(), frame)
    return arguments.positional[0]


def _entered(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`stack.enter_context(manager)`: what the manager gives; it is left with the stack."""
    if not arguments.positional or not isinstance(node, ast.expr):
        return None
    prefix = "__a" if "async" in name.rpartition(".")[2] else "__"
    return entered_value(machine, node, arguments.positional[0], prefix, frame)


def _closing(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`closing(x)` and `nullcontext(x)`: a manager that gives x, and may close it."""
    held = arguments.positional[0] if arguments.positional else constant(None)
    closes = {"closing": "close", "aclosing": "aclose"}.get(name.rpartition(".")[2], "")
    for atom in held.atoms if closes else ():
        if isinstance(atom, InstanceRef):
            special(machine, node, atom, closes, [], frame)
    return sequence("iterator", None, held)


def _seeded(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`fake.seed_instance(3)`: from here on what the variable holds draws the same every time."""
    entry = machine.knowledge.exact.get(name)
    if entry is None or not entry.returns or not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute):
        holder = frame.activation.values.get(node.func.value, NOTHING)
        others = ordered(atom for atom in holder.atoms if not isinstance(atom, ExternalInstance))
        rebind(
            machine,
            node.func.value,
            Value(others, holder.taints).join(of(ExternalInstance(entry.returns))),
            frame,
        )
    return None


PROVIDING_MODELS: dict[str, Model] = {
    **dict.fromkeys(
        (
            f"dependency_injector.providers.{kind}"
            for kind in (
                "AbstractFactory",
                "Callable",
                "ContextLocalSingleton",
                "Coroutine",
                "Factory",
                "Resource",
                "Singleton",
                "ThreadLocalSingleton",
                "ThreadSafeSingleton",
            )
        ),
        _provider,
    ),
    **dict.fromkeys(
        (
            "contextlib.ExitStack.callback",
            "contextlib.AsyncExitStack.callback",
            "contextlib.AsyncExitStack.push_async_callback",
        ),
        _callback,
    ),
    **dict.fromkeys(
        (
            "contextlib.ExitStack.enter_context",
            "contextlib.AsyncExitStack.enter_context",
            "contextlib.AsyncExitStack.enter_async_context",
        ),
        _entered,
    ),
    **dict.fromkeys(
        ("contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext"), _closing
    ),
    "faker.Faker.seed_instance": _seeded,
}
