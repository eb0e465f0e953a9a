"""Signals and plug-in hooks: calls that run whatever was registered for them, wherever that is.

In: calls such as `opened.send(sender, ticket=ticket)` and `plugins.hook.score(ticket=ticket)`. Out:
what the registered functions give, run at the place that calls them. Never does: follow functions
that are registered while the program runs, or leave some out because of their sender.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from dbos_build.interpreter.machine import Activation, Arguments, Frame, Machine
from dbos_build.interpreter.values import (
    NOTHING,
    Constant,
    ExternalInstance,
    FunctionRef,
    InstanceRef,
    Value,
    constant,
    of,
    sequence,
    unknown,
)
from dbos_build.names.registering import Registration
from dbos_build.names.symbols import Function

Model = Callable[[Machine, ast.AST, str, Arguments, Frame], Value | None]

_CONNECTING = ("connect", "connect_via", "receiver")
_MARKER = "pluggy.HookimplMarker"
_SPECIFIER = "pluggy.HookspecMarker"


def _signal(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`signal("opened")` is the same everywhere; without a name it is what this place makes."""
    named = arguments.get("name", 0)
    texts = [atom for atom in named.atoms if isinstance(atom, Constant)] if named else []
    is_named = name.endswith(".signal") and len(texts) == 1
    about = of(texts[0]) if is_named else constant(id(node))
    kind = "django.dispatch.Signal" if name.startswith("django.") else "blinker.NamedSignal"
    return of(ExternalInstance(kind, about))


def _send(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`signal.send(sender, **given)`: whatever is connected to the signal runs."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    sent = frame.activation.values.get(node.func.value, NOTHING)
    signals = {atom for atom in sent.atoms if isinstance(atom, ExternalInstance) and atom.holds}
    given = NOTHING
    for each in _connected(machine):
        if signals.isdisjoint(_at_top(machine, each, each.holder).atoms):
            continue
        if each.function is not None:
            function = machine.decorated(each.function, None).value
        else:
            function = _at_top(machine, each, each.given) if each.given is not None else NOTHING
        given = given.join(machine.call(node, function, arguments, frame))
    answer = sequence("tuple", [unknown("receiver of a signal"), given])
    return sequence("list", None, answer).tainted(given.taints)


def _connected(machine: Machine) -> Iterator[Registration]:
    """Everything that is connected to some signal."""
    by_word = machine.registrations().by_word
    for word in _CONNECTING:
        yield from by_word.get(word, ())


def _at_top(machine: Machine, each: Registration, node: ast.expr) -> Value:
    """The value of an expression at the top of the module that registers something."""
    scratch = Activation(machine, each.scope.module, None, None, None)
    return machine.evaluate(node, Frame(scratch, {}))


def hook(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value | None:
    """`plugins.hook.score(ticket=ticket)`: what every plug-in gives, or the first that answers."""
    called = name.rpartition(".")[2]
    given, is_single, is_implemented = NOTHING, False, False
    for function in machine.registrations().decorated.get(called, ()):
        marked = _marks(machine, function)
        is_single = is_single or (_SPECIFIER in marked and _gives_first(function))
        if _MARKER in marked:
            is_implemented = True
            closure = machine.closure_of(function.owner) if function.owner is not None else None
            ref = FunctionRef(function, closure)
            value = of(ref) if function.owner is None else _bound(machine, node, function, frame)
            given = given.join(machine.call(node, value, arguments, frame))
    if not is_implemented:
        return None
    return given if is_single else sequence("list", None, given)


def _bound(machine: Machine, node: ast.AST, function: Function, frame: Frame) -> Value:
    """A method of a plug-in, on an object of its class."""
    assert function.owner is not None
    return machine.attribute(node, of(InstanceRef(function.owner)), function.name, frame)


def _marks(machine: Machine, function: Function) -> set[str]:
    """The markers of pluggy that a function is decorated with."""
    scratch = Activation(machine, function.module, None, None, None)
    found = set()
    for decorator in function.decorators:
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        for atom in machine.evaluate(named, Frame(scratch, {}, function.owner)).atoms:
            if isinstance(atom, ExternalInstance):
                found.add(atom.type)
    return found


def _gives_first(function: Function) -> bool:
    """Whether a specification says `firstresult=True`."""
    return any(
        keyword.arg == "firstresult"
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is True
        for decorator in function.decorators
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


ANNOUNCING_MODELS: dict[str, Model] = {
    **dict.fromkeys(
        (
            "blinker.signal",
            "blinker.Signal",
            "blinker.NamedSignal",
            "blinker.Namespace.signal",
            "django.dispatch.Signal",
        ),
        _signal,
    ),
    **dict.fromkeys(
        (
            "blinker.NamedSignal.send",
            "blinker.NamedSignal.send_async",
            "django.dispatch.Signal.asend",
            "django.dispatch.Signal.asend_robust",
            "django.dispatch.Signal.send",
            "django.dispatch.Signal.send_robust",
        ),
        _send,
    ),
}
HOOKS = "pluggy.PluginManager.hook."
"""Each attribute of what is called so is a hook."""
