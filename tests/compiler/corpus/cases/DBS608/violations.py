"""Caches around durable calls: a warm process makes no call, a recovered one does."""

from functools import cache, cached_property, lru_cache
import functools

from dbos import DBOS


@DBOS.step()
def price(name: str) -> int:
    return len(name)


@cache
def cached_price(name: str) -> int:  # flags: DBS608
    return price(name)


@lru_cache(maxsize=128)
def recent_price(name: str) -> int:  # flags: DBS608
    return price(name) * 2


@functools.lru_cache
def deep_price(name: str) -> int:  # flags: DBS608
    return helper(name)


def helper(name: str) -> int:
    return price(name) + 1


class Catalogue:
    @cached_property
    def tea(self) -> int:  # flags: DBS608
        return price("tea")

    @classmethod
    @cache
    def cake(cls) -> int:  # flags: DBS608
        return price("cake")


catalogue = Catalogue()
quick = cache(lambda name: price(name))  # flags: DBS608


@DBOS.workflow()
def with_cache(name: str) -> int:
    return cached_price(name)


@DBOS.workflow()
def with_lru_cache(name: str) -> int:
    return recent_price(name) + recent_price(name)


@DBOS.workflow()
def through_a_helper(name: str) -> int:
    return deep_price(name)


@DBOS.workflow()
def with_cached_property(name: str) -> int:
    return catalogue.tea


@DBOS.workflow()
def with_class_method(name: str) -> int:
    return Catalogue.cake()


@DBOS.workflow()
def with_a_call(name: str) -> int:
    return quick(name)
