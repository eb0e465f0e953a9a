"""Workflows that sound like clocks."""

import shop
from dbos import DBOS
from datetime import date
from shop import datetime, now
from shop.clock import time
from shop.datetime import datetime as clock
from shop.prices import rules
from shop.steps import save


@DBOS.workflow()
def own_datetime(name: str) -> str:
    save(name, datetime.now())
    return clock.utcnow()


@DBOS.workflow()
def own_time(name: str) -> float:
    save(name, time())
    return now()


@DBOS.workflow()
def by_package(name: str) -> int:
    save(name, shop.opening())
    return shop.opening()


@DBOS.workflow()
def given_day(year: int = 2026) -> int:
    return rules.opens_at(date(year, 12, 25))


@DBOS.workflow()
def clock_of_a_step(name: str) -> float:
    return rules.measured()


@DBOS.workflow()
def module_as_value(name: str) -> str:
    module = shop.clock
    save(name, module.opening())
    return module.__name__
