"""A `dbos` module for the oracle: the shape of the API, on a tape instead of a database.

In: calls of the case's workflow. Out: operations on the tape of the running workflow. It keeps no
database and makes nothing durable. Nothing here is used outside the oracle.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import socket
import types
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from support.oracle.recorder import Stage, digest, operate, operate_async


def _arguments(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    """The recorded inputs of a call: without the object that a method is called on."""
    first = next(iter(inspect.signature(function).parameters), "") if callable(function) else ""
    return [list(args[1:] if first in ("self", "cls") else args), kwargs]


def step_decorator(*_: Any, name: str | None = None, **__: Any) -> Callable[[Any], Any]:
    """`DBOS.step()` and `DBOS.transaction()`."""

    def decorate(function: Any) -> Any:
        recorded_name = name or function.__qualname__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            given = _arguments(function, args, kwargs)
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


class AsyncHandle(Handle):
    """The same for coroutines."""

    async def get_result(self, **_: Any) -> Any:
        return operate("DBOS.getResult", self.workflow_id, lambda: "result")


def start(function: Any, *args: Any, **kwargs: Any) -> Handle:
    """Start or enqueue: one operation."""
    name = getattr(function, "__qualname__", str(function))
    tape = Stage.tape
    number = len(tape.asked) if tape else 0
    operate(f"start {name}", _arguments(None, args, kwargs), lambda: None)
    return Handle(f"child-{number}")


async def start_async(function: Any, *args: Any, **kwargs: Any) -> AsyncHandle:
    """`DBOS.start_workflow_async`."""
    return AsyncHandle(start(function, *args, **kwargs).workflow_id)


class Queue:
    """`Queue(name)`."""

    def __init__(self, name: str, *_: Any, **__: Any) -> None:
        self.name = name

    def enqueue(self, function: Any, *args: Any, **kwargs: Any) -> Handle:
        return start(function, *args, **kwargs)

    async def enqueue_async(self, function: Any, *args: Any, **kwargs: Any) -> AsyncHandle:
        return await start_async(function, *args, **kwargs)


class DBOSConfiguredInstance:
    """Base class of configured instances."""

    def __init__(self, config_name: str = "default") -> None:
        self.config_name = config_name
        Stage.instances.append(self)


class Rows(list[Any]):
    """What a statement of the stand-in session returns."""

    def fetchone(self) -> Any:
        return None

    def fetchall(self) -> list[Any]:
        return []

    first = scalar = scalar_one_or_none = fetchone
    all = scalars = fetchall


class Session:
    """`DBOS.sql_session`."""

    def execute(self, *_: Any, **__: Any) -> Rows:
        return Rows()

    query = add = execute


@contextmanager
def option(value: object = None, **options: Any) -> Any:
    """`SetWorkflowID` and its like: what is set is part of the identity of what follows."""
    operate("option", [value, options], lambda: None)
    yield


def recorded_operation(name: str, answer: Any = None) -> staticmethod[..., Any]:
    """A `DBOS.x(...)` that is one operation."""
    return staticmethod(
        lambda *args, **kwargs: operate(name, _arguments(None, args, kwargs), lambda: answer)
    )


def recorded_coroutine(name: str, answer: Any = None) -> staticmethod[..., Any]:
    """A `DBOS.x_async(...)` that is one operation."""

    async def call(*args: Any, **kwargs: Any) -> Any:
        return operate(name, _arguments(None, args, kwargs), lambda: answer)

    return staticmethod(call)


OPERATIONS: dict[str, Any] = {
    "sleep": None,
    "recv": None,
    "send": None,
    "set_event": None,
    "get_event": "event",
    "write_stream": None,
    "patch": True,
    "deprecate_patch": True,
    "cancel_workflow": None,
    "list_workflows": [],
}


def run_step(_options: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
    """`DBOS.run_step`."""
    name = getattr(function, "__qualname__", "step")
    run = functools.partial(function, *args, **kwargs)
    return operate(name, _arguments(None, args, kwargs), run)


async def run_step_async(_options: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
    """`DBOS.run_step_async`."""
    name = getattr(function, "__qualname__", "step")

    async def run() -> Any:
        outcome = function(*args, **kwargs)
        return await outcome if inspect.isawaitable(outcome) else outcome

    return await operate_async(name, _arguments(None, args, kwargs), run)


async def asyncio_wait(tasks: Any, **_: Any) -> tuple[list[Any], list[Any]]:
    """`DBOS.asyncio_wait`: which tasks are done is recorded, so it is the same in each world."""
    waiting = [asyncio.ensure_future(task) for task in tasks]
    await asyncio.gather(*waiting, return_exceptions=True)
    return waiting, []


class Hosted(type):
    """The class of `DBOS`: what it tells of the process is asked when it is read."""

    @property
    def executor_id(cls) -> str:
        """Another one on every host."""
        return socket.gethostname()


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
        "retrieve_workflow": staticmethod(Handle),
        "run_step": staticmethod(run_step),
        "run_step_async": staticmethod(run_step_async),
        "asyncio_wait": staticmethod(asyncio_wait),
        "workflow_id": "workflow-1",
        "step_id": 1,
        "authenticated_user": "alice",
        "logger": logging.getLogger("oracle"),
        "sql_session": Session(),
        "__init__": lambda *_, **__: None,
        "launch": staticmethod(lambda: None),
    }
    for name, answer in OPERATIONS.items():
        members[name] = recorded_operation(f"DBOS.{name}", answer)
        members[f"{name}_async"] = recorded_coroutine(f"DBOS.{name}", answer)
    result = types.ModuleType("dbos")
    result.__dict__.update(
        DBOS=Hosted("DBOS", (), members),
        Queue=Queue,
        DBOSConfiguredInstance=DBOSConfiguredInstance,
        DBOSConfig=dict,
        WorkflowHandle=Handle,
        WorkflowHandleAsync=AsyncHandle,
        SetWorkflowID=option,
        SetWorkflowTimeout=option,
        SetEnqueueOptions=option,
        digest=digest,
    )
    return result
