"""Workflows that contain no mistake of their own."""

import shop
import shop.prices.rules as rules
from dbos import DBOS
from shop import Timer, second
from shop import moment as when
from shop.prices.rules import NightTimer
from shop.steps import save

RULES = {"surcharge": rules.surcharge}


@DBOS.workflow()
def by_star(name: str) -> str:
    save(name, shop.moment())
    return when()


@DBOS.workflow()
def by_re_export(name: str) -> float:
    save(name, second())
    return 1.0


@DBOS.workflow()
def by_inheritance(name: str) -> list[bool]:
    nights = [NightTimer().night() for _ in range(20)]
    save(name, nights)
    return nights


@DBOS.workflow()
def by_property(name: str) -> float:
    value = Timer().deep
    save(name, value)
    return value


@DBOS.workflow()
def by_table(name: str) -> int:
    value = RULES["surcharge"]()
    save(name, value)
    return value


@DBOS.workflow()
def by_local_import(name: str) -> float:
    from shop.clock import deepest

    save(name, deepest())
    return deepest()
