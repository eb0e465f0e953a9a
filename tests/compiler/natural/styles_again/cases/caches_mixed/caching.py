from __future__ import annotations

import functools
import shelve
import sqlite3
import weakref
from typing import Any

import diskcache
from cachetools import TTLCache, cached
from dbos import DBOS

prices: TTLCache[str, int] = TTLCache(100, ttl=60)
disk = diskcache.Cache("cache")
objects: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()


@cached(prices)
def price(name: str) -> int:
    return len(name)


@functools.lru_cache(maxsize=None)
def square(number: int) -> int:
    return number * number


@functools.cache
def country(code: str) -> str:
    with sqlite3.connect("world.sqlite") as database:  # flags: DBS205
        row = database.execute("SELECT name FROM countries WHERE code = ?", (code,))  # flags: DBS205
        return str(row.fetchone()[0])  # maybe: DBS205


@functools.cache
def reserved(name: str) -> str:  # flags: DBS608
    return reserve(name)


@DBOS.step()
def reserve(name: str) -> str:
    with shelve.open("reservations") as shelf:
        shelf[name] = True
    return name + country("CH")


@DBOS.workflow()
def order(name: str) -> int:
    reserve(name)
    return square(len(name))


@DBOS.workflow()
def order_cached(name: str) -> str:
    return reserved(name)


@DBOS.workflow()
def order_known(code: str) -> str:
    known = disk.get(code)  # flags: DBS203
    return str(known) + country(code) + reserve(code)


@DBOS.workflow()
def order_alive(name: str) -> str:
    held = objects.get(name)  # flags: DBS304
    return reserve(name) if held is None else str(held)
