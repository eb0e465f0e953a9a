"""The DBOS API as the analysis sees it: decorators, boundaries, handles.

In: calls of names below `dbos`. Out: markers for decorators, recorded boundaries for durable
operations, and results that carry no nondeterminism, because they are recorded. Never does: run the
body of a step, transaction or child workflow as part of its caller.
"""

from __future__ import annotations

import ast

from dbos_build.interpreter.annotations import annotated
from dbos_build.interpreter.machine import Activation, Arguments, Boundary, Frame, Machine, Use
from dbos_build.interpreter.outside import use
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    BoundMethod,
    ClassRef,
    Constant,
    Coroutine,
    Durable,
    External,
    FunctionRef,
    Mapping,
    Marker,
    PartialCall,
    Sequence,
    Unknown,
    Value,
    constant,
    instance,
    of,
    sequence,
    unknown,
)
from dbos_build.names.interface import role
from dbos_build.names.symbols import Function

DECORATORS = {
    "workflow": "workflow",
    "step": "step",
    "communicator": "step",
    "transaction": "transaction",
    "scheduled": "scheduled",
    "dbos_class": "class",
    "kafka_consumer": "consumer",
    "alert_handler": "transparent",
    "required_roles": "transparent",
    "default_required_roles": "transparent",
}
_FUNCTION_KINDS = frozenset({"workflow", "step", "transaction"})
_HANDLES = frozenset(
    {
        "dbos.DBOS.start_workflow",
        "dbos.DBOS.start_workflow_async",
        "dbos.DBOS.retrieve_workflow",
        "dbos.DBOS.retrieve_workflow_async",
        "dbos.DBOS.enqueue_workflow",
        "dbos.DBOS.enqueue_workflow_async",
        "dbos.DBOS.fork_workflow",
        "dbos.DBOS.resume_workflow",
        "dbos.Queue.enqueue",
        "dbos.Queue.enqueue_async",
        "dbos.Debouncer.debounce",
        "dbos.Debouncer.debounce_async",
    }
)
# Operations that do nothing durable: reading the context, writing the log.
_PLAIN = (
    "dbos.DBOS.logger",
    "dbos.DBOS.span",
    "dbos.DBOS.tracer",
    "dbos.DBOS.sql_session",
    "dbos.DBOSConfig",
    "dbos.error",
)


def interface(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value:
    """Call something below `dbos`."""
    head, _, tail = name.rpartition(".")
    if head.endswith(_DATASOURCE) and tail in _SOURCE:
        return _of_datasource(machine, node, name, arguments, frame)
    if head == "dbos.DBOS" and tail in DECORATORS:
        return _decorator(machine, node, DECORATORS[tail], arguments, frame)
    if name == "dbos.DBOS":
        return instance("dbos.DBOS")
    if name.startswith("dbos.DBOS.sql_session."):
        frame.activation.record(node, Use(name, ("session",)))
        return unknown("result of the session")
    if name.startswith(_PLAIN):
        frame.activation.record(node, Use(name, ()))
        return unknown(f"result of {name}")
    if tail in {"run_step", "run_step_async"}:
        return _inline_step(machine, node, name, arguments, frame)
    if head == "dbos.wrapped":
        frame.activation.record(node, Boundary(tail, name))
        return unknown(f"result of a {tail}")
    frame.activation.record(node, Boundary("api", name, _first_function(arguments)))
    result = _api_result(name, arguments)
    if name in machine.knowledge.exact and role(name) == "plain":
        # Not recorded: a recovered workflow asks again, and may get another answer.
        used, _ = use(machine.knowledge, name, node, arguments, frame)
        frame.activation.record(node, used)
        result = result.tainted(frozenset((used.taint,)) if used.taint is not None else frozenset())
    is_async = tail.endswith("_async") or tail == "asyncio_wait" or "Async" in head
    return of(Coroutine(name, "api", result)) if is_async else result


_DATASOURCE = "Datasource"
_SOURCE = frozenset({"create", "transaction", "run_tx_step", "run_tx_step_async", "sql_session"})


def _of_datasource(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value:
    """A database of the program's choice: its transactions are recorded like those of `DBOS`."""
    head, _, tail = name.rpartition(".")
    if tail == "create":
        frame.activation.record(node, Boundary("api", name))
        return instance(head)
    if tail == "transaction":
        return _decorator(machine, node, "transaction", arguments, frame)
    if tail == "sql_session":
        frame.activation.record(node, Use("dbos.DBOS.sql_session", ("session",)))
        return of(External("dbos.DBOS.sql_session"))
    function = arguments.get("func", 1)
    frame.activation.record(node, Boundary("transaction", name, _function_of(function or NOTHING)))
    result = unknown("result of a transaction")
    for atom in (function or NOTHING).atoms:
        if isinstance(atom, FunctionRef):
            result = recorded(machine, atom, frame)
            _run_inline(machine, atom, "transaction")
    return of(Coroutine(name, "transaction", result)) if "Async" in head else result


def _api_result(name: str, arguments: Arguments) -> Value:
    """What an operation of the API gives; it is recorded, so it carries no nondeterminism."""
    if name in _HANDLES:
        suffix = "Async" if name.endswith("_async") else ""
        return instance(f"dbos.WorkflowHandle{suffix}")
    tail = name.rpartition(".")[2]
    if tail in {"patch", "patch_async"}:
        return instance("builtins.bool")
    if tail[:1].isupper():
        return instance(name)
    if tail == "create" and name.startswith("dbos.Debouncer"):
        return instance("dbos.Debouncer")
    if tail == "asyncio_wait":
        return of(*sequence("tuple", [_either(arguments), _either(arguments)]).atoms)
    return unknown(f"result of {name.removeprefix('dbos.')}")


def _either(arguments: Arguments) -> Value:
    """The awaitables handed to a wait."""
    return arguments.positional[0] if arguments.positional else NOTHING


def _decorator(
    machine: Machine, node: ast.AST, kind: str, arguments: Arguments, frame: Frame
) -> Value:
    """`DBOS.workflow(...)`; without parentheses the function itself is the first argument."""
    marker = machine.marker(kind, node, arguments, frame)
    first = arguments.positional[0] if arguments.positional else NOTHING
    if any(isinstance(atom, FunctionRef | ClassRef | Durable) for atom in first.atoms):
        return machine.call(node, marker, Arguments([first]), frame)
    return marker


def decorate(
    machine: Machine, node: ast.AST, marker: Marker, arguments: Arguments, frame: Frame
) -> Value:
    """Apply a durable decorator to a function or class."""
    if not arguments.positional:
        return NOTHING
    result = NOTHING
    for atom in arguments.positional[0].atoms:
        result = result.join(_decorated(machine, node, marker, atom))
    return result


def _decorated(machine: Machine, node: ast.AST, marker: Marker, atom: Atom) -> Value:
    """One possible decorated thing."""
    match atom:
        case FunctionRef() | BoundMethod():
            target = atom.function if isinstance(atom, BoundMethod) else atom
            if machine.decorating and target.function.parent is not None:
                # Behind a decorator of the project the function keeps its own name.
                named = machine.decorating[-1]
                is_other = any(
                    (kind, named) in machine.declared and kind != marker.kind
                    for kind in _FUNCTION_KINDS
                )
                if named is not target.function and not is_other:
                    if machine.rerun is not None:
                        machine.rerun.note("wrapped", named)
                    machine.wrapped[named] = target
                    machine.found_out("wrapped", None)
                    target = FunctionRef(named)
            machine.declare(marker.kind, target.function, marker.options)
            if marker.kind not in _FUNCTION_KINDS:
                return of(atom)
            receiver = atom.receiver if isinstance(atom, BoundMethod) else None
            return of(Durable(marker.kind, target, receiver))
        case Durable():
            machine.declare(marker.kind, atom.target.function, marker.options)
            return of(atom)
        case ClassRef():
            machine.declare(marker.kind, atom.owner, marker.options)
            return of(atom)
        case External() | PartialCall() | Unknown() if marker.kind in _FUNCTION_KINDS:
            return of(External(f"dbos.wrapped.{marker.kind}"))
    return of(atom)


def operation(
    machine: Machine, node: ast.AST, atom: Durable, arguments: Arguments, frame: Frame
) -> Value:
    """Call a workflow, step or transaction: a boundary whose result is recorded."""
    function = atom.target.function
    frame.activation.record(node, Boundary(atom.kind, function.qualname, function))
    result = recorded(machine, atom.target, frame)
    return of(Coroutine(function, atom.kind, result)) if function.is_async else result


def recorded(machine: Machine, ref: FunctionRef, frame: Frame) -> Value:
    """The type of a durable function's result, from its annotation, else from its body."""
    function = ref.function
    outer = Frame(machine.module_activation(function.module), {}, function.owner)
    if not isinstance(function.node, ast.Lambda):
        typed = annotated(machine, function.node.returns, outer)
        if typed.atoms:
            return Value(typed.atoms)
    return unknown(f"result of {function.name}")


def _inline_step(
    machine: Machine, node: ast.AST, name: str, arguments: Arguments, frame: Frame
) -> Value:
    """`DBOS.run_step(options, function, …)`: the function runs as a step."""
    function = arguments.get("func", 1)
    target = NOTHING if function is None else function
    found = _function_of(target)
    frame.activation.record(node, Boundary("step", name, found))
    result = unknown("result of a step")
    for atom in target.atoms:
        if isinstance(atom, FunctionRef):
            result = recorded(machine, atom, frame)
            _run_inline(machine, atom, "step")
    return of(Coroutine(name, "step", result)) if name.endswith("_async") else result


def _run_inline(machine: Machine, ref: FunctionRef, kind: str) -> None:
    """Note that a plain function runs as a step or as a transaction."""
    closure = ref.closure if isinstance(ref.closure, Activation) else None
    ran = machine.activate(ref.function, closure, None, {})
    if machine.rerun is not None:
        machine.rerun.note("inline step", ran, kind)
    if machine.tape is not None:
        machine.tape.note("inline_steps", ran, kind)
    machine.inline_steps[ran] = kind


def _first_function(arguments: Arguments) -> Function | None:
    """The function handed to an operation such as start_workflow or enqueue."""
    for value in arguments.positional[:2]:
        found = _function_of(value)
        if found is not None:
            return found
    return None


def _function_of(value: Value) -> Function | None:
    """The one function a value stands for."""
    found: set[Function] = set()
    for atom in value.atoms:
        match atom:
            case Durable():
                found.add(atom.target.function)
            case FunctionRef():
                found.add(atom.function)
            case BoundMethod():
                found.add(atom.function.function)
    return found.pop() if len(found) == 1 else None


def literal_options(arguments: Arguments, names: tuple[str, ...] = ()) -> dict[str, object] | None:
    """The literal values passed by keyword, and by position for the named parameters.

    None when some argument is no literal.
    """
    options: dict[str, object] = {}
    complete = arguments.star is None and arguments.double_star is None
    named = list(zip(names, arguments.positional, strict=False)) + list(arguments.keywords.items())
    for name, value in named:
        literal = as_literal(value)
        if literal is _NO_LITERAL:
            complete = False
        else:
            options[name] = literal
    return options if complete else None


_NO_LITERAL = object()


def as_literal(value: Value) -> object:
    """The Python literal a value is, or a marker that it is none."""
    if len(value.atoms) != 1:
        return _NO_LITERAL
    (atom,) = value.atoms
    match atom:
        case Constant():
            return atom.value
        case Mapping():
            items = {key: as_literal(item) for key, item in atom.items}
            complete = not atom.rest.atoms and _NO_LITERAL not in items.values()
            return items if complete else _NO_LITERAL
        case Sequence(items=tuple(parts)) if atom.kind in {"list", "tuple"}:
            values = [as_literal(part) for part in parts]
            return _NO_LITERAL if _NO_LITERAL in values else values
    return _NO_LITERAL


def partial_options(arguments: Arguments) -> dict[str, object]:
    """The literal keyword arguments, the others left out."""
    found = {name: as_literal(value) for name, value in arguments.keywords.items()}
    return {name: value for name, value in found.items() if value is not _NO_LITERAL}


__all__ = [
    "DECORATORS",
    "Activation",
    "as_literal",
    "constant",
    "decorate",
    "interface",
    "literal_options",
    "operation",
    "partial_options",
    "recorded",
]
