"""Functions that return clients, and others that return plain values."""
from __future__ import annotations

import datetime
import decimal
import pathlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypedDict, TypeVar

import httpx
import openai
import redis
import sqlalchemy

from acme.app import App, Cached, Deps, Holder, Options, Registry, Session

T = TypeVar("T")


class Clients(TypedDict):
    main: httpx.Client


def connect() -> httpx.Client:
    return httpx.Client()


async def connect_async() -> httpx.AsyncClient:
    return httpx.AsyncClient()


def find(name: str) -> httpx.Client | None:
    return None


def either() -> httpx.Client | redis.Redis:
    return httpx.Client()


def pool() -> Iterator[httpx.Client]:
    yield httpx.Client()


async def feed() -> AsyncIterator[httpx.AsyncClient]:
    yield httpx.AsyncClient()


def by_name() -> dict[str, httpx.Client]:
    return {}


def bundle() -> Clients:
    return {"main": httpx.Client()}


def pair() -> tuple[str, httpx.Client]:
    return "", httpx.Client()


@contextmanager
def lease() -> Iterator[httpx.Client]:
    yield httpx.Client()


@asynccontextmanager
async def lease_async() -> AsyncIterator[httpx.AsyncClient]:
    yield httpx.AsyncClient()


def first(items: list[T]) -> T:
    return items[0]


def session() -> Session:
    return Session()


def cached() -> Cached:
    return Cached()


def cache() -> redis.Redis:
    return redis.Redis()


def llm() -> openai.OpenAI:
    return openai.OpenAI()


def database() -> sqlalchemy.Connection:
    return sqlalchemy.Connection()


def data_file() -> pathlib.Path:
    return pathlib.Path("x")


def clock() -> type[datetime.datetime]:
    return datetime.datetime


def deps() -> Deps:
    return Deps(App(), redis.Redis())


def registry() -> Registry[httpx.Client]:
    return Registry()


def titles() -> Registry[str]:
    return Registry()


def holder() -> Holder[redis.Redis]:
    return Holder()


def options() -> Options:
    return Options()


def settings() -> dict[str, str]:
    return {}


def names() -> list[str]:
    return []


def price() -> decimal.Decimal:
    return decimal.Decimal(1)


def started() -> datetime.datetime:
    return datetime.datetime(2020, 1, 1)


def anything() -> Any: ...


def numbered() -> tuple[str, int]:
    return "", 1


DEFAULT: httpx.Client = httpx.Client()
