"""Classes."""
from __future__ import annotations

import abc
import datetime
import enum
from typing import Generic, NamedTuple, TypeVar

import httpx
import redis

T = TypeVar("T")


class Session(httpx.Client):
    """Inherits its calls."""

    tenant: str


class Cached(httpx.Client):
    """Answers from memory: `get` is its own."""

    def get(self, url: str) -> httpx.Response:
        return httpx.Response()


class App:
    http: httpx.Client
    clients: list[httpx.Client]
    started: datetime.datetime
    title: str
    tags: set[str]

    def __init__(self) -> None:
        self.http = httpx.Client()
        self.clients = []

    @property
    def asynchronous(self) -> httpx.AsyncClient:
        return httpx.AsyncClient()


class Deps(NamedTuple):
    app: App
    cache: redis.Redis


class Registry(Generic[T]):
    def lookup(self, name: str) -> T:
        raise KeyError(name)


class Holder(Generic[T]):
    item: T


class Pool:
    """Entering it gives something else than itself."""

    def __enter__(self) -> httpx.Client:
        return httpx.Client()

    def __exit__(self, *error: object) -> None: ...


class Quiet:
    def __enter__(self) -> Options:
        return Options()

    def __exit__(self, *error: object) -> None: ...


class Options:
    def get(self, name: str) -> str:
        return name

    def post(self, name: str) -> None: ...


class Transport(abc.ABC):
    @abc.abstractmethod
    def send(self, text: str) -> None: ...


class Tenant(enum.Enum):
    GOLD = "gold"

    def get(self) -> str:
        return self.value
