from __future__ import annotations

import uuid
from datetime import datetime, timezone

from twilio.rest import Client


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(tz=timezone.utc)  # flags: DBS001


class UuidSource:
    def next_id(self) -> str:
        return uuid.uuid4().hex  # flags: DBS104


class SmsNotifier:
    def __init__(self, sender: str) -> None:
        self._client = Client()
        self._sender = sender

    def notify(self, user: str, text: str) -> None:
        self._client.messages.create(to=user, from_=self._sender, body=text)  # flags: DBS202


class StaticTaxes:
    _rates = {"DE": 0.19, "FR": 0.2}

    def rate(self, country: str) -> float:
        return self._rates.get(country, 0.21)
