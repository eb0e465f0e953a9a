from __future__ import annotations

from typing import Protocol

import httpx
from twilio.rest import Client as TwilioClient


class Notifier(Protocol):
    def notify(self, to: str, text: str) -> str: ...


class Rates(Protocol):
    def rate(self, currency: str) -> float: ...


class SmsNotifier:
    def __init__(self, client: TwilioClient) -> None:
        self._client = client

    def notify(self, to: str, text: str) -> str:
        message = self._client.messages.create(to=to, from_="+1", body=text)  # flags: DBS202
        return message.sid


class FixedRates:
    def __init__(self, table: dict[str, float]) -> None:
        self.table = table

    def rate(self, currency: str) -> float:
        return self.table.get(currency, 1.0)


class RemoteRates:
    def __init__(self) -> None:
        self.http = httpx.Client(base_url="https://rates.example")

    def rate(self, currency: str) -> float:
        return float(self.http.get(f"/{currency}").text)  # flags: DBS202
