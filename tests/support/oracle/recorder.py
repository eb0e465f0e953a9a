"""A `dbos` module for the oracle: it records durable operations, or replays recorded results.

In: calls of the case's workflow. Out: a `Tape`, the operations asked for, and what they returned.
It keeps no database and makes nothing durable: it only has the shape of the API.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import types
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass
class Tape:
    """One workflow's operations; with `recorded` results they are answered, not executed."""

    recorded: list[tuple[str, Any]] | None = None
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)

    def take(self, name: str, arguments: object) -> tuple[bool, Any]:
        """Note an operation; (True, result) when the recording has it."""
        self.asked.append(f"{name}({digest(arguments)})")
        position = len(self.asked) - 1
        if self.recorded is not None and position < len(self.recorded):
            expected, answer = self.recorded[position]
            if expected == name:
                return True, answer
        return False, None

    def keep(self, name: str, answer: Any) -> Any:
        """Store what an operation gave; raises it again when it is an error."""
        self.answers.append((name, answer))
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Stage:
    """What runs now: a workflow on a tape, or nothing; inside a step nothing is recorded."""

    tape: Tape | None = None
    inside_step = False
    workflows: ClassVar[dict[str, Callable[..., Any]]] = {}
    instances: ClassVar[list[Any]] = []


def digest(value: object) -> str:
    """A text for a value that does not depend on addresses or on the order of sets."""
    match value:
        case set() | frozenset():
            return "{" + ",".join(sorted(map(digest, value))) + "}"
        case list() | tuple():
            return f"{type(value).__name__}[{','.join(map(digest, value))}]"
        case dict():
            return "{" + ",".join(f"{digest(k)}:{digest(v)}" for k, v in value.items()) + "}"
        case BaseException():
            return f"{type(value).__name__}({digest(value.args)})"
        case types.FunctionType():
            return value.__qualname__
        case int() | float() | str() | bytes() | None:
            return repr(value)
        case _ if type(value).__repr__ is not object.__repr__:
            return repr(value)
        case _:
            inner = getattr(value, "__dict__", None)
            return f"{type(value).__name__}({digest(inner) if inner else ''})"


def operate(name: str, arguments: object, execute: Callable[[], Any]) -> Any:
    """One durable operation: answered from the recording, or executed once and kept."""
    tape = Stage.tape
    if tape is None or Stage.inside_step:
        return execute()
    known, answer = tape.take(name, arguments)
    if known:
        return tape.keep(name, answer)
    Stage.inside_step = True
    try:
        answer = execute()
    except Exception as error:
        answer = error
    finally:
        Stage.inside_step = False
    return tape.keep(name, answer)


async def operate_async(name: str, arguments: object, execute: Callable[[], Any]) -> Any:
    """The same for a coroutine."""
    tape = Stage.tape
    if tape is None or Stage.inside_step:
        return await execute()
    known, answer = tape.take(name, arguments)
    if known:
        return tape.keep(name, answer)
    Stage.inside_step = True
    try:
        answer = await execute()
    except Exception as error:
        answer = error
    finally:
        Stage.inside_step = False
    return tape.keep(name, answer)


def _arguments(args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    return [list(args), kwargs]


def step_decorator(*_: Any, name: str | None = None, **__: Any) -> Callable[[Any], Any]:
    """`DBOS.step()` and `DBOS.transaction()`."""

    def decorate(function: Any) -> Any:
        recorded_name = name or function.__qualname__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            given = _arguments(args, kwargs)
            run = functools.partial(function, *args, **kwargs)
            if inspect.iscoroutinefunction(function):
                return operate_async(recorded_name, given, run)
            return operate(recorded_name, given, run)

        return call

    return decorate


def workflow_decorator(*_: Any, name: str | None = None, **__: Any) -> Callable[[Any], Any]:
    """`DBOS.workflow()`: called inside another workflow, it is one operation of that one."""

    def decorate(function: Any) -> Any:
        recorded_name = name or function.__qualname__
        Stage.workflows[recorded_name] = function
        decorated = step_decorator(name=f"workflow {recorded_name}")(function)
        decorated.undecorated = function
        return decorated

    return decorate


class Handle:
    """The handle of a started workflow; the workflow itself is not run."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id

    def get_workflow_id(self) -> str:
        return self.workflow_id

    def get_result(self, **_: Any) -> Any:
        return operate("DBOS.getResult", self.workflow_id, lambda: "result")

    def get_status(self) -> str:
        return "PENDING"


def start(function: Any, *args: Any, **kwargs: Any) -> Handle:
    """Start or enqueue: one operation."""
    name = getattr(function, "__qualname__", str(function))
    tape = Stage.tape
    number = len(tape.asked) if tape else 0
    operate(f"start {name}", _arguments(args, kwargs), lambda: None)
    return Handle(f"child-{number}")


class Queue:
    """`Queue(name)`."""

    def __init__(self, name: str, *_: Any, **__: Any) -> None:
        self.name = name

    def enqueue(self, function: Any, *args: Any, **kwargs: Any) -> Handle:
        return start(function, *args, **kwargs)

    async def enqueue_async(self, function: Any, *args: Any, **kwargs: Any) -> Handle:
        return start(function, *args, **kwargs)


class DBOSConfiguredInstance:
    """Base class of configured instances."""

    def __init__(self, config_name: str = "default") -> None:
        self.config_name = config_name
        Stage.instances.append(self)


@contextmanager
def option(value: object = None, **options: Any) -> Any:
    """`SetWorkflowID` and its like: what is set is part of the identity of what follows."""
    operate("option", [value, options], lambda: None)
    yield


def recorded_operation(name: str, answer: Any = None) -> staticmethod[..., Any]:
    """A `DBOS.x(...)` that is one operation."""
    return staticmethod(
        lambda *args, **kwargs: operate(name, _arguments(args, kwargs), lambda: answer)
    )


def recorded_coroutine(name: str, answer: Any = None) -> staticmethod[..., Any]:
    """A `DBOS.x_async(...)` that is one operation."""

    async def call(*args: Any, **kwargs: Any) -> Any:
        return operate(name, _arguments(args, kwargs), lambda: answer)

    return staticmethod(call)


OPERATIONS = {
    "sleep": None,
    "recv": "message",
    "send": None,
    "set_event": None,
    "get_event": "event",
    "write_stream": None,
    "patch": True,
    "cancel_workflow": None,
}


def run_step(_options: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
    """`DBOS.run_step`."""
    name = getattr(function, "__qualname__", "step")
    return operate(name, _arguments(args, kwargs), functools.partial(function, *args, **kwargs))


async def start_async(function: Any, *args: Any, **kwargs: Any) -> Handle:
    """`DBOS.start_workflow_async`."""
    return start(function, *args, **kwargs)


def module() -> types.ModuleType:
    """The stand-in for `import dbos`."""
    members: dict[str, Any] = {
        "step": staticmethod(step_decorator),
        "transaction": staticmethod(step_decorator),
        "workflow": staticmethod(workflow_decorator),
        "scheduled": staticmethod(lambda *_: lambda function: function),
        "dbos_class": staticmethod(lambda *_: lambda owner: owner),
        "start_workflow": staticmethod(start),
        "start_workflow_async": staticmethod(start_async),
        "run_step": staticmethod(run_step),
        "asyncio_wait": staticmethod(asyncio.wait),
        "workflow_id": "workflow-1",
        "logger": logging.getLogger("oracle"),
        "__init__": lambda *_, **__: None,
    }
    for name, answer in OPERATIONS.items():
        members[name] = recorded_operation(f"DBOS.{name}", answer)
        members[f"{name}_async"] = recorded_coroutine(f"DBOS.{name}", answer)
    result = types.ModuleType("dbos")
    result.__dict__.update(
        DBOS=type("DBOS", (), members),
        Queue=Queue,
        DBOSConfiguredInstance=DBOSConfiguredInstance,
        DBOSConfig=dict,
        WorkflowHandle=Handle,
        SetWorkflowID=option,
        SetWorkflowTimeout=option,
        SetEnqueueOptions=option,
    )
    return result
