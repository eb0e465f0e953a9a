"""Durable functions as mypy sees them with our plugin; expected errors are trailing comments."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import IO, Any, ClassVar, Generic, NamedTuple, NewType, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from dbos import DBOS, Debouncer, Queue, SQLAlchemyDatasource, WorkflowHandle

T = TypeVar("T")
OrderId = NewType("OrderId", str)
Lines = list[IO[str]]


class Colour(Enum):
    RED = "red"


@dataclass
class Guarded:
    lock: threading.Lock = field(default_factory=threading.Lock)
    names: list[str] = field(default_factory=list)


@dataclass
class Shelf(Generic[T]):
    items: list[T]


@dataclass
class Nested:
    inner: dict[str, Guarded]


@dataclass
class Tree:
    children: list[Tree]
    shared: ClassVar[threading.Lock] = threading.Lock()


class Client:
    def __init__(self) -> None:
        self.connection = socket.socket()


class Stored(Client):
    def __reduce__(self) -> tuple[type[Stored], tuple[()]]:
        return Stored, ()


class Mail(TypedDict):
    attachment: io.BytesIO
    stream: IO[bytes]


class Place(NamedTuple):
    name: str
    lock: threading.RLock  # a function in older stubs, a class in newer ones


class Order(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    name: str
    _cache: threading.Lock = PrivateAttr(default_factory=threading.Lock)


class Open(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    stream: IO[bytes]


class Rows(Iterator[int]):
    def __next__(self) -> int:
        return 1


@DBOS.workflow()
def plain(number: int, colour: Colour, order: OrderId, tree: Tree, model: Order) -> list[str]:
    return []


@DBOS.workflow()
def anything(given: Any, function: Callable[[], int], rows: Rows, stored: Stored) -> Any:
    return None


@DBOS.workflow()
def optional(session: Session | None = None, lock: threading.Lock | None = None) -> None:
    return None


@DBOS.workflow()
def guarded(
    number: int,
    cart: Guarded,  # E: Parameter "cart" of workflow "guarded" cannot be stored: it holds `threading.Lock`, in `Guarded.lock`
) -> None:
    return None


@DBOS.step(name="other")
def deep(nested: Nested) -> int:  # E: Parameter "nested" of step "deep" cannot be stored: it holds `threading.Lock`, in `Guarded.lock`
    return 1


@DBOS.workflow()
def generic(shelf: Shelf[IO[str]]) -> None:  # E: Parameter "shelf" of workflow "generic" cannot be stored: it holds `typing.IO`, in `Shelf.items`
    return None


@DBOS.step()
def alias(lines: Lines) -> None:  # E: Parameter "lines" of step "alias" cannot be stored: it holds `typing.IO`
    return None


@DBOS.step()
def made() -> Client:  # E: The result of step "made" cannot be stored: it holds `socket.socket`, in `Client.connection`
    return Client()


@DBOS.step()
async def later() -> asyncio.Task[int]:  # E: The result of step "later" cannot be stored: it holds `asyncio.Task`
    return asyncio.create_task(asyncio.sleep(0, 1))


@DBOS.transaction()
def typed(mail: Mail) -> None:  # E: Parameter "mail" of transaction "typed" cannot be stored: it holds `typing.IO`, in `Mail['stream']`
    return None


@DBOS.step()
def model(given: Open) -> None:  # E: Parameter "given" of step "model" cannot be stored: it holds `typing.IO`, in `Open.stream`
    return None


@DBOS.step()
def engine() -> tuple[int, Engine]:  # E: The result of step "engine" cannot be stored: it holds `sqlalchemy.Engine`
    raise NotImplementedError


@DBOS.step()
def silenced() -> Iterator[int]:  # type: ignore[dbos-unstorable]
    return iter([])


class Methods:
    @staticmethod
    @DBOS.workflow()
    def static(lock: threading.Lock) -> None:  # E: Parameter "lock" of workflow "static" cannot be stored: it holds `threading.Lock`
        return None

    @DBOS.step()
    def method(self, lock: threading.Lock) -> None:  # E: Parameter "lock" of step "method" cannot be stored: it holds `threading.Lock`
        return None


def outside(lock: threading.Lock) -> None:  # E: Parameter "lock" of step "outside" cannot be stored: it holds `threading.Lock`
    return None


wrapped = DBOS.step()(outside)

if True:
    source = SQLAlchemyDatasource.create("sqlite:///x.sqlite")

    @source.transaction()
    def saved(stream: IO[str]) -> None:  # E: Parameter "stream" of transaction "saved" cannot be stored: it holds `typing.IO`
        return None


queue = Queue("orders")


@DBOS.workflow()
def sync(number: int, text: str = "") -> str:
    return text


@DBOS.workflow()
async def coroutine(number: int) -> str:
    return ""


@DBOS.workflow()
def keyed(partition_key: int) -> str:
    return ""


queue.enqueue(sync, 1, partition_key="a")
queue.enqueue(sync, 1, text="b", partition_key="a")
queue.enqueue(sync, "1", partition_key="a")  # E: Argument 1 to "sync" has incompatible type "str"; expected "int"
queue.enqueue(sync, partition_key="a")  # E: Missing positional argument "number" in call to "sync"
queue.enqueue(sync, 1, txt="b", partition_key="a")  # E: Unexpected keyword argument "txt" for "sync"
queue.enqueue(sync, *(1, "b"), partition_key="a")
queue.enqueue(keyed, partition_key=3)
queue.enqueue(lambda: 1, partition_key="a")

first: WorkflowHandle[str] = DBOS.start_workflow(coroutine, 1)
second: WorkflowHandle[str] = queue.enqueue(coroutine, 1)
third: WorkflowHandle[str] = queue.enqueue(coroutine, 1, partition_key="a")
fourth: WorkflowHandle[str] = Debouncer.create(coroutine).debounce("a", 1.0, 1)
bounced: WorkflowHandle[str] = Debouncer(coroutine, queue=queue).debounce("a", 1.0, 1)
fifth: WorkflowHandle[str] = DBOS.enqueue_workflow("orders", coroutine, 1)
sixth: WorkflowHandle[str] = DBOS.start_workflow(sync, 1)
Debouncer.create(coroutine).debounce("a", 1.0, "1")  # E: Argument 3 to "debounce" of "Debouncer" has incompatible type "str"; expected "int"
wrong: WorkflowHandle[int] = DBOS.start_workflow(coroutine, 1)  # E: Argument 1 to "start_workflow" of "DBOS" has incompatible type


start = DBOS.start_workflow
seventh: WorkflowHandle[str] = start(sync, 1)
eighth: WorkflowHandle[str] = start(coroutine, 1)
start(sync, "1")  # E: Argument 2 has incompatible type "str"; expected "int"
put = queue.enqueue
ninth: WorkflowHandle[str] = put(coroutine, 1)
tenth: WorkflowHandle[str] = put(coroutine, 1, partition_key="a")
put(sync, "1", partition_key="a")  # E: Argument 1 to "sync" has incompatible type "str"; expected "int"


def inside() -> None:
    again = Debouncer
    handle: WorkflowHandle[str] = again(coroutine).debounce("a", 1.0, 1)
    begin = DBOS.start_workflow
    handle = begin(coroutine, 1)
    begin(coroutine, "1")  # E: Argument 2 has incompatible type "str"; expected "int"


async def use() -> None:
    await queue.enqueue_async(coroutine, "1", partition_key="a")  # E: Argument 1 to "coroutine" has incompatible type "str"; expected "int"
    handle = await queue.enqueue_async(coroutine, 1, partition_key="a")
    text: str = await handle.get_result()
    started = await DBOS.start_workflow_async(coroutine, 1)
    text = await started.get_result()
