from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from pathlib import Path

import httpx

from .ports import Mailer, PriceBook


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(timezone.utc)  # flags: DBS001


class FixedClock:
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


class UuidSource:
    prefix = "ord"

    def fresh(self) -> str:
        return f"{self.prefix}_{uuid.uuid4().hex}"  # flags: DBS104


class FilePriceBook(PriceBook):
    def __init__(self, path: Path) -> None:
        self._path = path

    def price_of(self, sku: str) -> int:
        return int(json.loads(self._path.read_text())[sku])  # flags: DBS203


class StaticPriceBook(PriceBook):
    PRICES = {"tea": 300, "cup": 900}

    def price_of(self, sku: str) -> int:
        return self.PRICES.get(sku, 0)


class PostmarkMailer(Mailer):
    def __init__(self, token: str) -> None:
        self._http = httpx.AsyncClient(headers={"X-Token": token})

    async def deliver(self, to: str, body: str) -> None:
        response = await self._http.post("https://api.example.com/email", json={"to": to, "body": body})
        response.raise_for_status()
