"""A generic task engine: handlers in a registry, payloads as dataclasses, results with status."""

from __future__ import annotations

import datetime
import enum
import itertools
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from dbos import DBOS

T = TypeVar("T")
_sequence = itertools.count(1)


class State(enum.Enum):
    NEW = "new"
    RUNNING = "running"
    DONE = "done"


@dataclass
class Status:
    state: State = State.NEW
    changed_at: float = field(default_factory=time.time)
    number: int = field(default_factory=lambda: next(_sequence))  # flags: DBS609
    log: list[str] = field(default_factory=list)

    def to(self, state: State) -> None:
        self.state = state
        self.changed_at = time.time()  # flags: DBS001
        self.log.append(f"{state.value}")


class Handler(ABC, Generic[T]):
    registry: ClassVar[dict[str, type["Handler[Any]"]]] = {}
    kind: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Handler.registry[cls.kind] = cls

    @abstractmethod
    def parse(self, text: str) -> T: ...

    @abstractmethod
    def run(self, value: T) -> str: ...

    def execute(self, text: str) -> str:
        return self.run(self.parse(text))


class Shout(Handler[str]):
    kind = "shout"

    def parse(self, text: str) -> str:
        return text.strip()

    def run(self, value: str) -> str:
        return value.upper()


class Stamp(Handler[int]):
    kind = "stamp"

    def parse(self, text: str) -> int:
        return int(text)

    def run(self, value: int) -> str:
        return f"{value}@{datetime.datetime.utcnow().isoformat()}"  # flags: DBS001


@DBOS.step()
def persist(kind: str, result: str) -> None:
    DBOS.logger.info("%s: %s", kind, result)


@DBOS.workflow()
def run_task(kind: str, text: str) -> str:
    status = Status()  # flags: DBS006
    handler = Handler.registry[kind]()
    status.to(State.RUNNING)
    result = handler.execute(text)
    persist(kind, result)
    status.to(State.DONE)
    return result


@DBOS.workflow()
def shout_all(texts: list[str]) -> list[str]:
    handler = Shout()
    return [handler.execute(text) for text in texts]
