"""The tape of a world: durable operations are recorded, or answered from a recording.

In: what a workflow asks for. Out: a `Tape` with the operations asked for, what they returned and
the effects that happened outside of any step. Nothing here is durable, and nothing is used outside
the oracle.
"""

from __future__ import annotations

import asyncio
import dataclasses
import random
import threading
import types
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar

from support.oracle.clocks import real_sleep

_real_async_sleep = asyncio.sleep
_jitter = random.SystemRandom()
JITTER_SECONDS = 0.003

inside_step: ContextVar[bool] = ContextVar("inside_step", default=False)
"""Whether a step runs here; inside one, nothing is recorded and everything is allowed."""


@dataclass
class Tape:
    """One workflow's operations; with `recorded` results they are answered, not executed."""

    recorded: list[tuple[str, Any]] | None = None
    asked: list[str] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)

    def take(self, name: str, arguments: object) -> tuple[int, bool, Any]:
        """Note an operation: its position, whether the recording has it, and its result there."""
        position = len(self.asked)
        self.asked.append(f"{name}({digest(arguments)})")
        self.answers.append((name, None))
        if self.recorded is not None and position < len(self.recorded):
            expected, answer = self.recorded[position]
            if expected == name:
                return position, True, answer
        return position, False, None

    def keep(self, position: int, name: str, answer: Any) -> Any:
        """Store what an operation gave; raises it again when it is an error."""
        self.answers[position] = (name, answer)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Stage:
    """What a world holds: the running workflow's tape, and what the case file registered."""

    tape: Tape | None = None
    number = 0
    workflows: ClassVar[dict[str, Callable[..., Any]]] = {}
    instances: ClassVar[list[Any]] = []


def note(effect: str) -> None:
    """Note an effect of the running workflow, unless a step made it."""
    tape = Stage.tape
    if tape is not None and not inside_step.get():
        tape.effects.append(f"{effect} again in world {Stage.number}")


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
        case types.FunctionType() | types.BuiltinFunctionType() | type():
            return value.__qualname__
        case int() | float() | str() | bytes() | None:
            return repr(value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return f"{type(value).__name__}({digest(vars_of(value))})"
        case _ if type(value).__repr__ is not object.__repr__:
            return repr(value)
        case _:
            return f"{type(value).__name__}({digest(getattr(value, '__dict__', None))})"


def vars_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass instance, also of one with slots."""
    return {each.name: getattr(value, each.name, None) for each in dataclasses.fields(value)}


def operate(name: str, arguments: object, execute: Callable[[], Any]) -> Any:
    """One durable operation: answered from the recording, or executed once and kept."""
    tape = Stage.tape
    if tape is None or inside_step.get():
        return execute()
    if threading.current_thread() is not threading.main_thread():
        real_sleep(_jitter.random() * JITTER_SECONDS)
    position, known, answer = tape.take(name, arguments)
    if known:
        return tape.keep(position, name, answer)
    token = inside_step.set(True)
    try:
        answer = execute()
    except Exception as error:
        answer = error
    finally:
        inside_step.reset(token)
    return tape.keep(position, name, answer)


async def operate_async(name: str, arguments: object, execute: Callable[[], Any]) -> Any:
    """The same for a coroutine; how long it takes differs from world to world."""
    tape = Stage.tape
    if tape is None or inside_step.get():
        return await execute()
    position, known, answer = tape.take(name, arguments)
    await _real_async_sleep(_jitter.random() * JITTER_SECONDS)
    if known:
        return tape.keep(position, name, answer)
    token = inside_step.set(True)
    try:
        answer = await execute()
    except Exception as error:
        answer = error
    finally:
        inside_step.reset(token)
    return tape.keep(position, name, answer)
