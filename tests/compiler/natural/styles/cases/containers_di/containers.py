from __future__ import annotations

import redis
from dependency_injector import containers, providers


class Inventory:
    def __init__(self, cache: redis.Redis) -> None:
        self.cache = cache

    def stock(self, sku: str) -> int:
        return int(self.cache.get(sku) or 0)  # flags: DBS202


class Pricing:
    def __init__(self, markup: int) -> None:
        self.markup = markup

    def price(self, cents: int) -> int:
        return cents * (100 + self.markup) // 100


class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    cache = providers.Singleton(redis.Redis, host="cache")
    inventory = providers.Factory(Inventory, cache=cache)
    pricing = providers.Factory(Pricing, markup=20)


container = Container()
