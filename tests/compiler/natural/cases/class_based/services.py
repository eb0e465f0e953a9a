"""Configured instances with injected clients."""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

import httpx
import redis
from dbos import DBOS, DBOSConfiguredInstance

logger = logging.getLogger(__name__)
T = TypeVar("T")


class Store(ABC, Generic[T]):
    @abstractmethod
    def get(self, key: str) -> T | None: ...

    @abstractmethod
    def put(self, key: str, value: T) -> None: ...


class RedisStore(Store[dict]):
    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(url)

    def get(self, key: str) -> dict | None:
        raw = self.redis.get(key)  # flags: DBS202
        return json.loads(raw) if raw else None

    def put(self, key: str, value: dict) -> None:
        self.redis.set(key, json.dumps(value), ex=3600)  # flags: DBS202


class Limits:
    """Pure arithmetic over what it was given."""

    def __init__(self, daily: int) -> None:
        self.daily = daily

    def allows(self, amount: int, spent: int) -> bool:
        return spent + amount <= self.daily


@DBOS.dbos_class()
class Transfers(DBOSConfiguredInstance):
    def __init__(self, name: str, store: Store[dict], limits: Limits) -> None:
        self.store = store
        self.limits = limits
        self.http = httpx.Client(base_url="https://bank.example.com")
        self.processed = 0
        super().__init__(config_name=name)

    @DBOS.step(retries_allowed=True, max_attempts=5)
    def send(self, account: str, amount: int) -> str:
        return self.http.post("/transfers", json={"account": account, "amount": amount}).json()["id"]

    @DBOS.step()
    def spent_today(self, account: str) -> int:
        return self.http.get(f"/accounts/{account}/spent").json()["amount"]

    def _rate(self, currency: str) -> float:
        return self.http.get(f"/rates/{currency}").json()["rate"]  # flags: DBS202

    @DBOS.workflow()
    def transfer(self, account: str, amount: int, currency: str = "EUR") -> str:
        cached = self.store.get(f"transfer:{DBOS.workflow_id}")
        if cached:
            return cached["id"]
        if currency != "EUR":
            amount = round(amount * self._rate(currency))
        if not self.limits.allows(amount, self.spent_today(account)):
            return "limit"
        reference = self.send(account, amount)
        self.store.put(f"transfer:{DBOS.workflow_id}", {"id": reference})
        self.processed += 1  # flags: DBS604
        return reference


transfers = Transfers("main", RedisStore("redis://localhost"), Limits(daily=10_000))
