from __future__ import annotations

import os
import time
from dataclasses import dataclass

import redis
from dependency_injector import containers, providers


@dataclass
class Limits:
    per_day: int = 10

    def allows(self, used: int) -> bool:
        return used < self.per_day


class Usage:
    def __init__(self, client: redis.Redis) -> None:
        self.client = client

    def used(self, user: str) -> int:
        return int(self.client.get(f"used:{user}") or 0)  # flags: DBS202

    def key(self, user: str) -> str:
        return f"used:{user}"


class Greeter:
    def __init__(self, limits: Limits, name: str = "service") -> None:
        self.limits = limits
        self.name = name

    def greet(self, user: str) -> str:
        return f"{self.name} greets {user}"

    def greet_timed(self, user: str) -> str:
        return f"{self.greet(user)} at {time.strftime('%H:%M')}"  # flags: DBS001


class Container(containers.DeclarativeContainer):
    config = providers.Configuration()
    limits = providers.Singleton(Limits, per_day=5)
    client = providers.Singleton(redis.Redis, host="localhost")
    usage = providers.Factory(Usage, client=client)
    greeter = providers.Factory(Greeter, limits=limits)


container = Container()
container.config.from_dict({"mode": os.environ.get("MODE", "x")})
